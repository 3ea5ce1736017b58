"""Tables of the checks of attacks: their runs, and their verdicts."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import ATTACK, DEFENCE, INPUT_UNIT, RECORDING, VICTIM, VICTIM_KEYS

CHECK_RUNS = Table(
    "Runs of a check",
    "results/checks/<victim>/<defence>/<attack>.csv",
    "What an attack, changed in a way that is known to help it or not, does to a few test "
    "recordings.",
    (
        Column("run", "text", "Name of the run."),
        Column("eps", "number", "Size of the change allowed, see `summary.csv`.", format=""),
        Column("norm", "text", "Norm in which eps is measured."),
        RECORDING,
        Column(
            "correct_clean", "true or false", "Whether the clean recording is classified correctly."
        ),
        Column(
            "correct_adversarial",
            "true or false",
            "Whether it is classified correctly before and after the attack.",
        ),
        Column(
            "size",
            "number",
            "Size of the change where the attack succeeded: its L-infinity norm where `norm` is "
            "`linf`, else its L2 norm.",
            INPUT_UNIT,
            optional=True,
            format="",
        ),
        Column("note", "text", "What the run spent.", optional=True),
    ),
    ("run", "recording"),
)

CHECKS = Table(
    "Checks",
    "results/reports/<study>/checks.csv",
    "Whether attacks can be trusted to have found what there is to find (Carlini et al. 2019; "
    "Zimmermann et al. 2022).",
    (
        *VICTIM,
        DEFENCE,
        ATTACK,
        Column("check", "text", "What was checked."),
        Column(
            "verdict",
            "text",
            "`failure`, `no failure found`, `cannot tell` or `not applicable`; see "
            "`docs/checks.md`.",
        ),
        Column("n", "whole number", "Recordings it rests on.", optional=True),
        Column("evidence", "text", "The numbers it rests on."),
        Column(
            "p",
            "number",
            "Probability of so large a difference if there is none, corrected for all comparisons "
            "of the study (Benjamini and Hochberg 1995); a failure below .05.",
            optional=True,
        ),
        Column(
            "smallest_difference",
            "number",
            "Smallest difference that would be called a failure with a probability of 80 %: a "
            "fraction of the recordings, for attacks without a limit a relative reduction of the "
            "size.",
            optional=True,
        ),
    ),
    (*VICTIM_KEYS, "defence", "attack", "check"),
)
