"""Tables of poisoned recordings, and of how well detectors find them."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import RECORDING, VICTIM, VICTIM_KEYS, accuracy

POISON = (
    Column("poison", "text", "The poison trained on; empty for none.", optional=True),
    Column(
        "poison_amplitude",
        "number",
        "Amplitude of that poison, where it has one; full scale is 1.",
        optional=True,
    ),
    Column(
        "poisoning_rate",
        "number",
        "Fraction of the training recordings that were poisoned.",
        optional=True,
    ),
)

DISTORTIONS = Table(
    "Distortions by a poison",
    "results/spectrograms/<corpus>/<front_end>/<poison>-amplitude<amplitude>/distortions.csv",
    "How much a poison changes the waveform of each recording; full scale is 1.",
    (
        RECORDING,
        Column("linf", "number", "L-infinity norm of what is added to the waveform."),
        Column("l2", "number", "L2 norm of what is added to the waveform."),
        Column("snr_db", "number", "Signal-to-noise ratio of the active speech.", "dB"),
        Column(
            "si_sdr_db",
            "number",
            "Scale-invariant signal-to-distortion ratio of the active speech, which does not count "
            "a constant offset; empty where the recording is silent or constant.",
            "dB",
            optional=True,
        ),
    ),
    ("recording",),
)

DETECTION = Table(
    "One detector on one training",
    "results/detections/<victim>/<detector>.csv",
    "What a detector of poisoned recordings says of each training recording.",
    (
        RECORDING,
        Column("label", "text", "The class it was labelled as in the training."),
        Column("is_poisoned", "true or false", "Whether it was poisoned."),
        Column("score", "number", "The detector's score; larger is more suspicious."),
        Column("flagged", "true or false", "Whether the detector takes it for poisoned."),
    ),
    ("recording",),
)

DETECTOR = Column("detector", "text", "Name of the detector.")
TRUE_POSITIVES = "Fraction of flagged recordings among the poisoned."
FALSE_POSITIVES = "Fraction of flagged recordings among those that are not poisoned."

DETECTIONS = Table(
    "Detectors",
    "results/reports/<study>/detections.csv",
    "How well each detector finds the poisoned training recordings of each poisoned victim.",
    (
        *VICTIM,
        *POISON,
        DETECTOR,
        Column("n", "whole number", "Training recordings."),
        Column("poisoned", "whole number", "How many of them were poisoned."),
        Column("flagged", "whole number", "How many the detector flagged."),
        Column(
            "precision",
            "number",
            "Fraction of poisoned recordings among the flagged.",
            optional=True,
        ),
        *accuracy("true_positive_rate", TRUE_POSITIVES, "tpr", optional=True),
        *accuracy("false_positive_rate", FALSE_POSITIVES, "fpr", optional=True),
        Column(
            "tpr_at_5_percent_fpr",
            "number",
            "True positive rate of the threshold on the scores at which the false positive rate "
            "is at most 5 %.",
            optional=True,
        ),
        Column(
            "emptied_classes",
            "text",
            "Classes, as recordings are labelled, of which every recording was flagged.",
            optional=True,
        ),
    ),
    (*VICTIM_KEYS, "detector"),
)
