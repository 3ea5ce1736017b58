"""The labels of a trained model's outputs, matched to the classes of a corpus."""

import difflib
from collections.abc import Sequence

from mishear.core.errors import UserError

SHOWN = 5


def order_of_outputs(labels: Sequence[str], classes: Sequence[str]) -> list[int]:
    """Return for each class of a corpus the number of the model's output that stands for it.

    Parameters
    ----------
    labels
        Of the model's outputs, in their order; those of the classes in any order.
    classes
        Of the corpus.
    """
    numbers = {label: number for number, label in enumerate(labels)}
    return [numbers[label] for label in classes]


def check_labels(labels: Sequence[str], classes: Sequence[str], corpus: str, where: str) -> None:
    """Check that a model's labels are the classes of a corpus, in any order.

    Parameters
    ----------
    labels, classes
        As for :func:`order_of_outputs`.
    corpus
        Name of the corpus, for the message.
    where
        Key of the network in the config.

    Raises
    ------
    UserError
        Naming the classes that are no labels, and the labels that are no classes.
    """
    missing = [label for label in classes if label not in labels]
    if missing:
        close = difflib.get_close_matches(missing[0], labels, n=1)
        hint = f" (did you mean '{missing[0]}' where you wrote '{close[0]}'?)" if close else ""
        raise UserError(
            f"{where}.labels: corpus '{corpus}' has the {_named('class', missing)}, which the "
            f"model has no output for{hint}. Its labels: {', '.join(labels)}. Write the labels as "
            f"the corpus does, or leave recordings of other classes out of it."
        )
    unknown = [label for label in labels if label not in classes]
    if unknown:
        raise UserError(
            f"{where}.labels: the model has an output for {_named('label', unknown)}, but corpus "
            f"'{corpus}' has no such class. Its classes: {', '.join(classes)}. A victim is tested "
            f"on all classes that it knows: give the corpus recordings of all of them, or keep the "
            f"rows of these {len(classes)} labels in the weights of the model's last layer, which "
            f"makes it a victim that chooses among them."
        )


def _named(noun: str, names: Sequence[str]) -> str:
    """Name some classes: all of a few, else the first and how many there are."""
    shown = ", ".join(f"'{name}'" for name in names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    plural = {"class": "classes", "label": "labels"}[noun] if len(names) > 1 else noun
    return f"{plural} {shown}{more}"
