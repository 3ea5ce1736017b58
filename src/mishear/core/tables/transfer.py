"""Tables of transfer between victims: of one victim, and of all of a study."""

from collections.abc import Iterator

from mishear.core.tables.base import Column, Table
from mishear.core.tables.evaluation import BUDGET, DOMAIN, EPS
from mishear.core.tables.over_seeds import accuracy_over_seeds
from mishear.core.tables.shared import ATTACK, LABEL, RECORDING, SETTING, N

RELATIONS = ("itself", "seeds", "victims")
"""How a target is related to the source model, see :data:`TRANSFER`."""

_NAMES = {"front_end": "front end", "network": "network", "recipe": "training"}


def _names_of(which: str, whose: str) -> Iterator[Column]:
    for key, words in _NAMES.items():
        yield Column(f"{which}_{key}", "text", f"Name of the {words} of the {whose}.")


SOURCE = tuple(_names_of("source", "source model"))
TARGET = tuple(_names_of("target", "victim that is evaluated"))

TRANSFERRED = Table(
    "Transfer to one victim",
    "results/transfers/<victim>/<attack>.csv",
    "What a victim predicts for the adversarial examples of its source models.",
    (
        *SOURCE,
        Column("source_seed", "whole number", "Seed of the source model."),
        EPS,
        RECORDING,
        LABEL,
        Column("aim", "text", "Target class of the attack; empty for none.", optional=True),
        Column(
            "source_clean_prediction",
            "text",
            "Class predicted by the source model for the clean recording.",
        ),
        Column("clean_prediction", "text", "The same by this victim."),
        Column("adversarial_prediction", "text", "Class predicted by this victim for the example."),
    ),
    (*(column.name for column in SOURCE), "source_seed", "eps", "recording"),
)

TRANSFER = Table(
    "Transfer",
    "results/reports/<study>/transfer.csv",
    "How often the adversarial examples of one victim mislead another one, or itself; only in "
    "studies with a section `transfer`. Examples on the waveform are judged as they are saved with "
    "16 bits.",
    (
        SETTING[0],
        *SOURCE,
        *TARGET,
        Column(
            "relation",
            "text",
            "`itself`: the target is the source model, which is the attack on it; `seeds`: it is "
            "the same training with another seed; `victims`: it has another training, network or "
            "front end. For `seeds`, intervals may be too narrow (`docs/transfer.md`).",
        ),
        ATTACK,
        DOMAIN,
        BUDGET,
        EPS,
        N,
        Column("pairs", "whole number", "Pairs of a source model and a target."),
        *accuracy_over_seeds(
            "clean_accuracy",
            "Fraction of the clean recordings, as the source model's front end receives them, "
            "that the target classifies correctly.",
            "clean",
        ),
        *accuracy_over_seeds(
            "accuracy",
            "Fraction that the target classifies correctly both clean and as the examples of "
            "the source model.",
            "ci",
        ),
        Column(
            "tried",
            "whole number",
            "Recordings, over all pairs, that source model and target both classify correctly "
            "when clean.",
        ),
        *accuracy_over_seeds(
            "success_rate",
            "Transfer success rate: fraction of these whose example the target misclassifies "
            "or, for an attack that aims at a class, classifies as that class. Whether the example "
            "misleads the source model does not matter.",
            "success",
            optional=True,
        ),
    ),
    (
        "corpus",
        *(column.name for column in (*SOURCE, *TARGET)),
        "relation",
        "attack",
        "eps",
    ),
)
