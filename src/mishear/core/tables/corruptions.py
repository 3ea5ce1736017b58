"""The table of one corruption of the test recordings."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import ENVIRONMENT, LABEL, RECORDING, SECONDS

CORRUPTED = Table(
    "One corruption",
    "results/corruptions/<victim>/<defence>/<corruption>.csv",
    "What a natural corruption does to each test recording, at each of its severities.",
    (
        RECORDING,
        Column("severity", "whole number", "Severity, 1 the mildest."),
        Column("level", "number", "What this severity is, in `level_unit`."),
        Column("level_unit", "text", "Unit of `level`."),
        LABEL,
        Column("clean_prediction", "text", "Class predicted for the clean recording."),
        Column("corrupted_prediction", "text", "Class predicted for the corrupted recording."),
        Column("linf", "number", "L-infinity norm of the change of the waveform, full scale 1."),
        Column("l2", "number", "L2 norm of the same change."),
        Column(
            "snr_db",
            "number",
            "Signal-to-noise ratio of the active speech, where the change is noise.",
            "dB",
            optional=True,
        ),
        Column(
            "si_sdr_db",
            "number",
            "Scale-invariant signal-to-distortion ratio of the active speech, where the change is "
            "noise.",
            "dB",
            optional=True,
        ),
        SECONDS,
        *ENVIRONMENT,
    ),
    ("severity", "recording"),
)
