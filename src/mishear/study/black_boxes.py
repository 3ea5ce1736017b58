"""Attacks that use no gradient, known by the names of their classes."""

BLACK_BOXES = {
    "foolbox": {
        "BoundaryAttack",
        "GenAttack",
        "HopSkipJumpAttack",
        "LinearSearchBlendedUniformNoiseAttack",
        "PointwiseAttack",
    },
    "mishear": {"HopSkipJump", "LinfAutoAttack", "LinfSquare"},
}
"""Class names, by the package of the class: attacks that search with the victim's answers alone.

AutoAttack is one because its last part is Square; its version for randomised victims has none.
"""


WITHOUT_SEARCH = {
    "foolbox": {
        "BinarySearchContrastReductionAttack",
        "InversionAttack",
        "L2ContrastReductionAttack",
        "LinearSearchContrastReductionAttack",
        "SaltAndPepperNoiseAttack",
    },
    "mishear": {"LearnedPerturbation"},
}
"""The same for attacks that follow no gradient and search for little or nothing."""


def is_black_box(path: str, params: dict) -> bool:
    """Return whether an attack searches, at least at its end, without a gradient.

    Parameters
    ----------
    path
        Dotted path of its class.
    params
        Its parameters.
    """
    package, name = path.partition(".")[0], path.rpartition(".")[2]
    return name in BLACK_BOXES.get(package, ()) and params.get("version") != "rand"


def uses_gradient(path: str) -> bool:
    """Return whether an attack follows the victim's gradient, as far as that is known."""
    package, name = path.partition(".")[0], path.rpartition(".")[2]
    if package == "foolbox" and "Additive" in name and "Noise" in name:
        return False
    known = BLACK_BOXES.get(package, set()) | WITHOUT_SEARCH.get(package, set())
    return name == "LinfAutoAttack" or name not in known
