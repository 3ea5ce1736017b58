"""Tables of evaluations over the seeds of a recipe."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.evaluation import KINDS, ROBUSTNESS, SUMMARY
from mishear.core.tables.shared import CORRUPTION, OVER_SEEDS, N

SEEDS = Column("seeds", "whole number", "Victims, each trained with a seed of its own.")


def accuracy_over_seeds(
    name: str, text: str, stem: str, optional: bool = False
) -> tuple[Column, ...]:
    """Return the columns of a fraction over seeds, with its 95 % interval and its spread.

    Parameters
    ----------
    name, text
        Of the fraction.
    stem
        What the names of the limits of the interval begin with.
    optional
        Whether there may be none.
    """
    limit = "limit of its 95 % interval over victims and recordings; with one seed, of this victim."
    return (
        Column(name, "number", text, optional=optional),
        Column(f"{stem}_low", "number", f"Lower {limit}", "", optional),
        Column(f"{stem}_high", "number", f"Upper {limit}", "", optional),
        Column(
            f"{name}_sd",
            "number",
            "Standard deviation over the seeds; empty with one.",
            optional=True,
        ),
        Column(f"{name}_lowest", "number", "Lowest value of a seed.", "", optional),
        Column(f"{name}_highest", "number", "Highest value of a seed.", "", optional),
    )


def difference(name: str, what: str) -> tuple[Column, ...]:
    """Return the columns of the difference of a fraction to the reference training's.

    Parameters
    ----------
    name
        The fraction.
    what
        In what the two are alike.
    """
    text = (
        f"`{name}` minus that of the reference training without a defence {what}, paired over "
        "victims and recordings; empty for the reference, and where it was not attacked in the "
        "same way."
    )
    return (
        Column("difference", "number", text, optional=True),
        Column("difference_low", "number", "Lower limit of its 95 % interval.", "", True),
        Column("difference_high", "number", "Upper limit of its 95 % interval.", "", True),
    )


def _gain(name: str, of: str, more: str = "") -> tuple[Column, ...]:
    text = f"{of} minus that of the counterpart, paired over victims and recordings.{more}"
    return (
        Column(name, "number", text, optional=True),
        Column(f"{name}_low", "number", "Lower limit of its 95 % interval.", "", True),
        Column(f"{name}_high", "number", "Upper limit of its 95 % interval.", "", True),
    )


def _before(table: Table, name: str) -> tuple[Column, ...]:
    """Return the columns before one, without those that tell the victims of a recipe apart."""
    columns = table.columns[: table.names.index(name)]
    return tuple(column for column in columns if column.name not in OVER_SEEDS)


def _column(table: Table, name: str) -> Column:
    return table.columns[table.names.index(name)]


_CLEAN = accuracy_over_seeds("clean_accuracy", _column(SUMMARY, "clean_accuracy").text, "clean")

_COUNTERPART = Column(
    "counterpart",
    "text",
    "Training that this one is compared with: of a training by another library Mishear's with the "
    "same settings; of one without what a detector flagged, the same with it. Empty for other "
    "trainings, and where it was not evaluated in the same way.",
    optional=True,
)

SUMMARY_OVER_SEEDS = Table(
    "Summary over the seeds",
    "results/reports/<study>/summary_over_seeds.csv",
    "A row for each evaluation of a recipe: means over the victims that were trained with the "
    "seeds of the study and tested on the same recordings.",
    (
        *_before(SUMMARY, "n"),
        N,
        SEEDS,
        *_CLEAN,
        *accuracy_over_seeds("accuracy", _column(SUMMARY, "accuracy").text, "ci"),
        *(
            column
            for name, stem in (("saved_accuracy", "saved"), ("attack_success_rate", "success"))
            for column in accuracy_over_seeds(
                name, _column(SUMMARY, name).text, stem, optional=True
            )
        ),
        *difference("accuracy", "under the same attack at the same eps"),
        Column(
            "loss",
            "number",
            "`accuracy` minus the clean accuracy of the reference training without a defence, "
            "paired over victims and recordings; empty for a poison and a corruption.",
            optional=True,
        ),
        Column("loss_low", "number", "Lower limit of its 95 % interval.", "", True),
        Column("loss_high", "number", "Upper limit of its 95 % interval.", "", True),
        Column(
            "change",
            "number",
            "`accuracy` minus the clean accuracy of the same victims, paired.",
            optional=True,
        ),
        Column("change_low", "number", "Lower limit of its 95 % interval.", "", True),
        Column("change_high", "number", "Upper limit of its 95 % interval.", "", True),
        _COUNTERPART,
        *_gain("gain", "`accuracy`"),
        *_gain("clean_gain", "`clean_accuracy`"),
        *_gain(
            "success_gain",
            "`attack_success_rate`",
            " Empty also where it is not of the same recordings for all victims.",
        ),
        Column("tried", "number", "Recordings on which the attack could succeed, mean."),
        Column(
            "median_l2",
            "number",
            "Mean over the seeds of the median L2 norm of the change.",
            optional=True,
        ),
        Column(
            "median_snr_db",
            "number",
            "Mean over the seeds of the median signal-to-noise ratio.",
            "dB",
            optional=True,
        ),
        Column(
            "median_si_sdr_db",
            "number",
            "Mean over the seeds of the median scale-invariant signal-to-distortion ratio.",
            "dB",
            optional=True,
        ),
        Column(
            "rejected",
            "whole number",
            "Returned recordings that were not accepted as adversarial, of all seeds together.",
        ),
        *CORRUPTION,
    ),
    tuple(name for name in SUMMARY.keys if name not in OVER_SEEDS),
)
"""The columns before ``n`` and those of a corruption tell a row from the others."""

_WORST = accuracy_over_seeds("worst_accuracy", _column(ROBUSTNESS, "worst_accuracy").text, "worst")

ROBUSTNESS_OVER_SEEDS = Table(
    "Worst case over the seeds",
    "results/reports/<study>/robustness_over_seeds.csv",
    "The worst case of a recipe: means over the victims that were trained with the seeds of the "
    "study and tested on the same recordings.",
    (
        *_before(ROBUSTNESS, "n"),
        N,
        SEEDS,
        *_CLEAN,
        *(
            column
            for kind in KINDS
            for column in accuracy_over_seeds(
                f"{kind}_accuracy",
                _column(ROBUSTNESS, f"{kind}_accuracy").text,
                kind,
                optional=True,
            )
        ),
        *difference("worst_accuracy", "at the same limit"),
        _COUNTERPART,
        *_gain("gain", "`worst_accuracy`"),
        Column(
            "strongest", "text", "The attack that by itself leaves the fewest correct, on average."
        ),
        _column(ROBUSTNESS, "attacks"),
    ),
    tuple(name for name in ROBUSTNESS.keys if name not in OVER_SEEDS),
)

BY_SPEAKER = Table(
    "Accuracy by speaker",
    "results/reports/<study>/by_speaker.csv",
    "The worst case of a recipe on the test recordings of each speaker, of corpora that name "
    "several. Its intervals are over victims and recordings of that speaker.",
    (
        *_before(ROBUSTNESS, "n"),
        Column("speaker", "text", "The speaker."),
        N,
        SEEDS,
        *_CLEAN,
        *_WORST,
    ),
    (*ROBUSTNESS_OVER_SEEDS.keys, "speaker"),
)
