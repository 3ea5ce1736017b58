"""The figures, a module each, found by the names in :data:`mishear.study.figures.FIGURES`.

Every module has three functions: ``draw(figure, inputs, options, path)`` writes the SVG file,
``caption(figure, study)`` gives the text below it, and ``alternative(figure, results)`` describes
it with its main numbers to readers who cannot see it. ``figure`` is a
:class:`~mishear.study.figure_types.Figure`, ``inputs`` maps keys to files and ``options`` holds
keyword arguments, both as the figure's entry gives them.
"""
