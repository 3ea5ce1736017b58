"""Find the files of data that code names."""

import os

from mishear.runtime.fingerprint.resolving import Source


def named_file(text: str, source: Source, roots: tuple[str, ...]) -> str | None:
    """Return the file that a text names, beside the module or in the working directory."""
    folder = os.path.dirname(source.path)
    if source.is_own:
        places = [] if not source.module or text.endswith(".py") else [folder]
    else:
        places = [folder, os.getcwd()]
        while folder not in roots and folder != os.path.dirname(folder):
            folder = os.path.dirname(folder)
            places.append(folder)
    files = (os.path.join(place, os.path.expanduser(text)) for place in places)
    return next(filter(os.path.isfile, files), None)
