"""Tables of evaluations: of one, of all of a study, and the worst case over attacks."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.poisoning import POISON
from mishear.core.tables.shared import (
    CORRUPTION,
    DEFENCE,
    ENVIRONMENT,
    INPUT_UNIT,
    JOINED_ENVIRONMENT,
    LABEL,
    RECORDING,
    SECONDS,
    VICTIM,
    VICTIM_KEYS,
    N,
    accuracy,
)

RESULTS = Table(
    "One evaluation",
    "results/evaluations/<victim>/<defence>/<attack>/eps<eps>.csv",
    "What one attack at one eps, or one poison, does to each test recording.",
    (
        RECORDING,
        LABEL,
        Column("clean_prediction", "text", "Class predicted for the clean recording."),
        Column("adversarial_prediction", "text", "Class predicted after the attack."),
        Column("target", "text", "Target class; empty for none.", optional=True),
        Column(
            "success",
            "true or false",
            "Whether the attack succeeded. Empty where there was nothing to win: for an attack on "
            "a recording that was misclassified already, for a poison on one that it does not aim "
            "at.",
            optional=True,
        ),
        Column(
            "linf",
            "number",
            "L-infinity norm of the change: of the input in the unit of the front end, of the "
            "waveform with full scale 1.",
        ),
        Column("l2", "number", "L2 norm of the change, in the same unit."),
        Column(
            "snr_db",
            "number",
            "Signal-to-noise ratio of the active speech, where the waveform was changed.",
            "dB",
            optional=True,
        ),
        Column(
            "si_sdr_db",
            "number",
            "Scale-invariant signal-to-distortion ratio of the active speech, where the waveform "
            "was changed. Unlike `snr_db` it does not count a constant offset, which is inaudible.",
            "dB",
            optional=True,
        ),
        Column(
            "rejected",
            "text",
            "Why what the attack returned was not accepted, and so counted as a failure of the "
            "attack; empty where it was accepted.",
            optional=True,
        ),
        Column(
            "saved_prediction",
            "text",
            "Class predicted for the recording saved with 16 bits and read again; attacks on the "
            "waveform alone.",
            optional=True,
        ),
        Column(
            "queries",
            "number",
            "Queries of the attack to the victim, where it follows no gradient. Where recordings "
            "are attacked together, the mean over those of the batch.",
            optional=True,
        ),
        SECONDS,
        *ENVIRONMENT,
    ),
    ("recording",),
)

GRADIENT = Column(
    "gradient",
    "text",
    "How the gradient of the defended victim is computed; `none` for a model that gives only "
    "scores.",
)
DOMAIN = Column(
    "domain",
    "text",
    "What is changed: `spectrogram` for the network's input, `waveform` or `label`.",
)
_NORM = Column("norm", "text", "Norm in which eps is measured.", optional=True)
BUDGET = Column(
    "budget",
    "text",
    "What eps limits: `eps` for the norm of the change, `snr` for the signal-to-noise ratio.",
    optional=True,
)
EPS = Column(
    "eps",
    "number",
    "Size of the change allowed: on the input in the unit of the front end, on the waveform a "
    "fraction of full scale, or dB where `budget` is `snr`; of a poison its amplitude. `inf` for "
    "no limit.",
    optional=True,
)

SUMMARY = Table(
    "Summary",
    "results/reports/<study>/summary.csv",
    "A row for each evaluation of a study, and for each severity of each natural corruption, which "
    "has a `corruption` and no `attack`. Its intervals are of one victim; those of a recipe are in "
    "`summary_over_seeds.csv`.",
    (
        *VICTIM,
        *POISON,
        Column("training_eps", "number", "Eps of adversarial training.", INPUT_UNIT, optional=True),
        Column(
            "training_sigma",
            "number",
            "Standard deviation of the noise trained with.",
            INPUT_UNIT,
            optional=True,
        ),
        Column(
            "detector",
            "text",
            "Detector whose flagged recordings were left out of the training.",
            optional=True,
        ),
        DEFENCE,
        Column(
            "evaluation",
            "text",
            "`adaptive` if the attack knows the defence, `transfer` if its source is another "
            "model; empty for a poison and a corruption.",
            optional=True,
        ),
        Column("source", "text", "Source model of a transfer attack.", optional=True),
        GRADIENT,
        Column(
            "attack",
            "text",
            "Name of the attack, or of the poison; empty for a corruption.",
            optional=True,
        ),
        DOMAIN,
        _NORM,
        BUDGET,
        EPS,
        N,
        Column(
            "clean_accuracy",
            "number",
            "Fraction of the clean recordings that are classified correctly.",
        ),
        *accuracy(
            "accuracy",
            "Fraction classified correctly before and after the attack: what is misclassified "
            "when clean counts as misclassified, even where the attack puts it right. With a "
            "poison or a corruption, fraction of the changed recordings classified correctly.",
            "ci",
        ),
        *accuracy(
            "saved_accuracy",
            "Fraction classified correctly before and after the attack, saved with 16 bits and "
            "read again.",
            "saved",
            optional=True,
        ),
        *accuracy(
            "attack_success_rate",
            "Fraction of successes among the recordings tried.",
            "success",
            optional=True,
        ),
        Column(
            "tried",
            "whole number",
            "Recordings on which the attack could succeed: those classified correctly before or, "
            "for a poison that aims at a class, those of other classes.",
        ),
        Column("mean_linf", "number", "Mean L-infinity norm of the change."),
        Column("mean_l2", "number", "Mean L2 norm of the change."),
        Column(
            "median_l2", "number", "Median L2 norm of the change over the successes.", optional=True
        ),
        Column("median_snr_db", "number", "Median signal-to-noise ratio.", "dB", optional=True),
        Column(
            "median_si_sdr_db",
            "number",
            "Median scale-invariant signal-to-distortion ratio, which does not count a constant "
            "offset.",
            "dB",
            optional=True,
        ),
        Column(
            "rejected", "whole number", "Returned recordings that were not accepted as adversarial."
        ),
        Column(
            "mean_queries",
            "number",
            "Mean number of queries for a recording, over those on which an attack without "
            "gradients could succeed.",
            optional=True,
        ),
        Column("seconds", "number", "Time computed, over all recordings.", "s"),
        *JOINED_ENVIRONMENT,
        *CORRUPTION,
    ),
    (*VICTIM_KEYS, "defence", "source", "attack", "eps", "corruption", "severity"),
)

KINDS = ("transfer", "adaptive", "worst")
"""Groups of attacks over which the worst case is taken."""

_LIMIT = (*VICTIM, DEFENCE, GRADIENT, DOMAIN, _NORM, BUDGET, EPS)

ROBUSTNESS = Table(
    "Worst case",
    "results/reports/<study>/robustness.csv",
    "What is still classified correctly when a recording counts as misclassified as soon as one "
    "attack of the study succeeds, at this eps or at any that allows less. Its intervals are of "
    "one victim; those of a recipe are in `robustness_over_seeds.csv`.",
    (
        *_LIMIT,
        N,
        *accuracy(
            "clean_accuracy",
            "Fraction of the clean recordings that are classified correctly.",
            "clean",
        ),
        *(
            column
            for kind, attacks in zip(
                KINDS,
                ("every transfer attack", "every adaptive attack", "every attack"),
                strict=True,
            )
            for column in accuracy(
                f"{kind}_accuracy",
                f"Fraction classified correctly before and after {attacks}.",
                kind,
                optional=True,
            )
        ),
        Column("strongest", "text", "The attack that by itself leaves the fewest correct."),
        Column("attacks", "text", "All attacks that were run at this eps or at a smaller change."),
    ),
    tuple(column.name for column in _LIMIT),
)
