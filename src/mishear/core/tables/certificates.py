"""Tables of certified radii: of one victim, and of all of a study."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.over_seeds import SEEDS, accuracy_over_seeds
from mishear.core.tables.shared import (
    DEFENCE,
    ENVIRONMENT,
    INPUT_UNIT,
    LABEL,
    OVER_SEEDS,
    RECORDING,
    SECONDS,
    VICTIM,
    VICTIM_KEYS,
    N,
    accuracy,
)

CERTIFICATE = Table(
    "Certificates of one victim",
    "results/certificates/<victim>/<defence>.csv",
    "The certified radius of each test recording (Cohen et al. 2019).",
    (
        RECORDING,
        LABEL,
        Column(
            "prediction",
            "text",
            "Class predicted by the smoothed network; empty where it abstains.",
            optional=True,
        ),
        Column(
            "radius",
            "number",
            "L2 radius within which the prediction cannot change; empty where it abstains.",
            INPUT_UNIT,
            optional=True,
        ),
        Column(
            "largest_radius",
            "number",
            "The radius if all draws had agreed: no larger one can be shown with so many draws.",
            INPUT_UNIT,
        ),
        SECONDS,
        *ENVIRONMENT,
    ),
    ("recording",),
)

_CONFIDENCE = Column(
    "confidence", "number", "Confidence with which each recording's certificate holds."
)
_RADIUS = Column("radius", "number", "L2 radius.", INPUT_UNIT)
_CERTIFIED = "Fraction classified correctly whatever is changed within that radius."

CERTIFICATES = Table(
    "Certified accuracies",
    "results/reports/<study>/certificates.csv",
    "The fraction of recordings certainly classified correctly within a radius, for a grid of "
    "radii.",
    (
        *VICTIM,
        DEFENCE,
        _CONFIDENCE,
        _RADIUS,
        N,
        Column("abstained", "whole number", "Recordings without a certificate."),
        Column(
            "largest_radius",
            "number",
            "The largest radius that the number of draws can show at this confidence.",
            INPUT_UNIT,
        ),
        Column(
            "capped",
            "whole number",
            "Recordings at the largest radius: theirs is limited by the draws, not by the victim.",
        ),
        *accuracy("certified_accuracy", _CERTIFIED, "ci"),
    ),
    (*VICTIM_KEYS, "defence", "radius"),
)

CERTIFICATES_OVER_SEEDS = Table(
    "Certified accuracies over the seeds",
    "results/reports/<study>/certificates_over_seeds.csv",
    "The certified accuracy of a recipe, for a grid of radii: means over the victims that were "
    "trained with the seeds of the study and tested on the same recordings.",
    (
        *(column for column in VICTIM if column.name not in OVER_SEEDS),
        DEFENCE,
        _CONFIDENCE,
        _RADIUS,
        N,
        SEEDS,
        *accuracy_over_seeds("certified_accuracy", _CERTIFIED, "ci"),
    ),
    (*(name for name in VICTIM_KEYS if name not in OVER_SEEDS), "defence", "radius"),
)
