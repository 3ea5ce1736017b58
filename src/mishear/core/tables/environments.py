"""The table of what a study was computed with."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import (
    ENVIRONMENT_KEYS,
    JOINED_ENVIRONMENT,
    SETTING,
    SETTING_KEYS,
)

ENVIRONMENTS = Table(
    "Environments",
    "results/reports/<study>/environments.csv",
    "What the results of a study were computed with, as recorded when they were. The report names "
    "what is mixed. Libraries of all results are put together as long as their versions agree. Not "
    "counted are sounds, whose tables of quality and transcripts have these columns themselves.",
    (
        *SETTING,
        Column(
            "kind",
            "text",
            "`victims`, `evaluations`, `checks`, `targeted attacks`, `transfers`, `detections`, "
            "`certificates` or `inversions`.",
        ),
        *JOINED_ENVIRONMENT,
        Column("count", "whole number", "How many were computed with these."),
    ),
    (*SETTING_KEYS, "kind", *ENVIRONMENT_KEYS),
)
