"""Tables of what listeners and recognisers make of recordings, over the seeds of a recipe."""

from collections.abc import Iterator

from mishear.core.tables.base import Column, Table
from mishear.core.tables.listening import (
    AUDIO_QUALITY,
    DEFENCE_AND_SOURCE,
    INFINITE,
    INVERSIONS,
    RATIOS_RUN,
    SOUND,
    SOUND_KEYS,
)
from mishear.core.tables.over_seeds import SEEDS, accuracy_over_seeds
from mishear.core.tables.shared import ATTACK, OVER_SEEDS, VICTIM, VICTIM_KEYS, N


def _mean(column: Column) -> Column:
    return Column(
        column.name, column.kind, f"Mean over the seeds that have one. {column.text}", "", True
    )


def _fewest(column: Column) -> Column:
    return Column(column.name, column.kind, f"Fewest of a seed. {column.text}")


_OF_SOUND = {column.name: column for column in AUDIO_QUALITY.columns}

AUDIO_QUALITY_OVER_SEEDS = Table(
    "Audio quality and recognition, over the seeds",
    "results/reports/<study>/audio_quality_over_seeds.csv",
    "The rows of `audio_quality.csv`, means over the seeds of a recipe. A sound made without a "
    "victim, such as the clean recordings, has one row in each table; its intervals are over the "
    "recordings alone.",
    (
        *(column for column in SOUND if column.name not in OVER_SEEDS),
        _OF_SOUND["recogniser"],
        N,
        Column(
            "seeds", "whole number", "Number of victims; 1 for a sound that was made without one."
        ),
        *accuracy_over_seeds(
            "recognised", _OF_SOUND["recognised"].text, "recognised", optional=True
        ),
        *accuracy_over_seeds("retained", _OF_SOUND["retained"].text, "retained", optional=True),
        _OF_SOUND["retained_n"],
        Column(
            "difference",
            "number",
            "`recognised` minus that of the clean recordings, paired over the recordings; empty "
            "for those.",
            optional=True,
        ),
        Column("difference_low", "number", "Lower limit of its 95 % interval.", "", True),
        Column("difference_high", "number", "Upper limit of its 95 % interval.", "", True),
        _mean(_OF_SOUND["median_snr_db"]),
        _mean(_OF_SOUND["median_si_sdr_db"]),
        _mean(_OF_SOUND["median_pesq"]),
        _fewest(_OF_SOUND["pesq_n"]),
        _mean(_OF_SOUND["median_stoi"]),
        _fewest(_OF_SOUND["stoi_n"]),
        _mean(_OF_SOUND["clipped"]),
    ),
    (*(name for name in SOUND_KEYS if name not in OVER_SEEDS), "recogniser"),
)

_OF_INVERSION = {column.name: column for column in INVERSIONS.columns}

INVERSIONS_OVER_SEEDS = Table(
    "Inversions, over the seeds",
    "results/reports/<study>/inversions_over_seeds.csv",
    "The rows of `inversions.csv`, means over the seeds of a recipe.",
    (
        *(column for column in VICTIM if column.name not in OVER_SEEDS),
        ATTACK,
        _OF_INVERSION["eps"],
        N,
        SEEDS,
        *(
            column
            for stage in ("clean", "adversarial", "round_trip", "inverted", "inverted_of_retained")
            for column in accuracy_over_seeds(
                f"{stage}_accuracy",
                _OF_INVERSION[f"{stage}_accuracy"].text,
                stage,
                optional=stage == "inverted_of_retained",
            )
        ),
        Column("retained_n", "number", f"Mean. {_OF_INVERSION['retained_n'].text}"),
        *accuracy_over_seeds(
            "inverted_success_rate",
            "Attack success rate as sound: fraction misclassified as the sound made of the "
            "adversarial input, among the recordings on which the attack succeeded as an input and "
            "that are classified correctly after the round trip.",
            "inverted_success",
            optional=True,
        ),
    ),
    (*(name for name in VICTIM_KEYS if name not in OVER_SEEDS), "attack", "eps"),
)


def _at_half(prefix: str, what: str) -> Iterator[Column]:
    limit = "limit of its 95 % interval over victims and recordings; with one seed, of this victim."
    yield Column(f"{prefix}snr_db", "number", f"{what} {INFINITE}.", "dB")
    yield Column(f"{prefix}low", "number", f"Lower {limit}", "dB")
    yield Column(f"{prefix}high", "number", f"Upper {limit}", "dB")
    yield Column(f"{prefix}snr_db_lowest", "number", "Lowest value of a seed.", "dB")
    yield Column(f"{prefix}snr_db_highest", "number", "Highest value of a seed.", "dB")


SNR_AT_HALF_OVER_SEEDS = Table(
    "Signal-to-noise ratio at half the accuracy, over the seeds",
    "results/reports/<study>/snr_at_half_over_seeds.csv",
    "The signal-to-noise ratio at which an attack on the waveform halves the accuracy of a recipe, "
    "the mean over its seeds.",
    (
        *(column for column in VICTIM if column.name not in OVER_SEEDS),
        DEFENCE_AND_SOURCE,
        ATTACK,
        N,
        SEEDS,
        Column("clean_accuracy", "number", "Accuracy on the clean recordings, mean."),
        Column("half", "number", "Half of it."),
        *_at_half("", "Ratio at which the mean accuracy on what the attack returned falls to it."),
        *_at_half("saved_", "The same for the recordings saved with 16 bits and read again."),
        *RATIOS_RUN,
    ),
    (*(name for name in VICTIM_KEYS if name not in OVER_SEEDS), "defence", "attack"),
)
