"""Tables of what listeners and speech recognisers make of recordings that were changed."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import (
    ATTACK,
    INPUT_UNIT,
    LABEL,
    RECORDING,
    SETTING_KEYS,
    VICTIM,
    VICTIM_KEYS,
    N,
    accuracy,
)

_PESQ = "Wide-band PESQ against the clean recording, 1 (bad) to 4.64 (no difference)."
_STOI = "Short-time objective intelligibility against the clean recording, 0 to 1."

QUALITY = Table(
    "Quality of one sound",
    "results/audio/<sound>/quality.csv",
    "How much worse each recording of a sound is than the clean one.",
    (
        RECORDING,
        LABEL,
        Column(
            "snr_db",
            "number",
            "Signal-to-noise ratio of the active speech.",
            "dB",
            optional=True,
        ),
        Column(
            "si_sdr_db",
            "number",
            "Scale-invariant signal-to-distortion ratio of the active speech.",
            "dB",
            optional=True,
        ),
        Column("pesq", "number", _PESQ, optional=True),
        Column("stoi", "number", _STOI, optional=True),
        Column("clipped", "number", "Fraction of the samples at full scale."),
        Column("note", "text", "Why something was not measured.", optional=True),
    ),
    ("recording",),
)

TRANSCRIPTS = Table(
    "Transcripts of one sound",
    "results/audio/<sound>/transcripts/<recogniser>.csv",
    "What a speech recogniser makes of each recording of a sound.",
    (
        RECORDING,
        LABEL,
        Column(
            "recognised_as",
            "text",
            "The class that the transcript stands for; empty for none.",
            optional=True,
        ),
        Column("transcript", "text", "The words recognised.", optional=True),
    ),
    ("recording",),
)

INVERTED = Table(
    "One inversion",
    "results/inversions/<victim>/<attack>/eps<eps>.csv",
    "What a victim predicts for each recording: from the input, and from the sound made of it.",
    (
        RECORDING,
        LABEL,
        Column("clean_prediction", "text", "Class predicted for the clean input."),
        Column("adversarial_prediction", "text", "Class predicted for the adversarial input."),
        Column(
            "round_trip_prediction",
            "text",
            "Class predicted for the sound made of the clean input.",
        ),
        Column(
            "inverted_prediction",
            "text",
            "Class predicted for the sound made of the adversarial input.",
        ),
    ),
    ("recording",),
)

_OF_AN_ATTACK = "; sounds of an attack alone"
SOUND = (
    *VICTIM[: len(SETTING_KEYS) - 1],
    Column("network", "text", f"Name of the network{_OF_AN_ATTACK}.", optional=True),
    Column("recipe", "text", f"Name of the training{_OF_AN_ATTACK}.", optional=True),
    Column("seed", "whole number", f"Seed of the training{_OF_AN_ATTACK}.", optional=True),
    Column(
        "defence",
        "text",
        "Name of the defence, then `@` and the source model of a transfer attack; sounds of an "
        "attack alone.",
        optional=True,
    ),
    Column(
        "kind",
        "text",
        "`clean`, `round-trip` (the clean inputs inverted to audio), `poisoned`, "
        "`waveform` (after an attack on the waveform) or `inverted` (after an attack on the "
        "input, inverted to audio).",
    ),
    Column("name", "text", "Name of the poison or of the attack.", optional=True),
    Column(
        "budget",
        "text",
        "What eps limits: `eps` for the norm of the change, `snr` for the signal-to-noise ratio.",
        optional=True,
    ),
    Column("eps", "number", "Amplitude of the poison, or eps of the attack.", optional=True),
)
SOUND_KEYS = tuple(column.name for column in SOUND)

AUDIO_QUALITY = Table(
    "Audio quality and recognition",
    "results/reports/<study>/audio_quality.csv",
    "How good the changed recordings sound, and how many of them each speech recogniser still "
    "recognises. A row for each sound and recogniser.",
    (
        *SOUND,
        Column(
            "recogniser", "text", "Name of the recogniser; empty if there is none.", optional=True
        ),
        N,
        *accuracy(
            "recognised",
            "Fraction of the recordings recognised as their class.",
            optional=True,
        ),
        *accuracy(
            "retained",
            "Fraction recognised as their class among those that are so when clean.",
            optional=True,
        ),
        Column("retained_n", "whole number", "Recordings recognised as their class when clean."),
        Column("median_snr_db", "number", "Median signal-to-noise ratio.", "dB", optional=True),
        Column(
            "median_si_sdr_db",
            "number",
            "Median scale-invariant signal-to-distortion ratio.",
            "dB",
            optional=True,
        ),
        Column("median_pesq", "number", f"Median. {_PESQ}", optional=True),
        Column("pesq_n", "whole number", "Recordings of which PESQ could be measured."),
        Column("median_stoi", "number", f"Median. {_STOI}", optional=True),
        Column("stoi_n", "whole number", "Recordings of which STOI could be measured."),
        Column("clipped", "number", "Mean fraction of the samples at full scale."),
    ),
    (*SOUND_KEYS, "recogniser"),
)

INVERSIONS = Table(
    "Inversions",
    "results/reports/<study>/inversions.csv",
    "How much of an attack on the input is left when the input is inverted to audio.",
    (
        *VICTIM,
        ATTACK,
        Column("eps", "number", "Size of the change allowed.", INPUT_UNIT),
        N,
        *accuracy("clean_accuracy", "Accuracy on the clean inputs.", "clean"),
        *accuracy(
            "adversarial_accuracy",
            "Fraction classified correctly before and after the attack.",
            "adversarial",
        ),
        *accuracy(
            "round_trip_accuracy",
            "Accuracy on the sound made of the clean inputs.",
            "round_trip",
        ),
        *accuracy(
            "inverted_accuracy",
            "Fraction classified correctly before the attack, and as the sound made of the "
            "adversarial input.",
            "inverted",
        ),
        *accuracy(
            "inverted_of_retained_accuracy",
            "Fraction classified correctly as the sound made of the adversarial input, among the "
            "recordings that are so after the round trip.",
            "inverted_of_retained",
            optional=True,
        ),
        Column(
            "retained_n",
            "whole number",
            "Recordings classified correctly after the round trip.",
        ),
    ),
    (*VICTIM_KEYS, "attack", "eps"),
)

INFINITE = "Infinite beyond the ratios that were run"
DEFENCE_AND_SOURCE = Column(
    "defence", "text", "Name of the defence, then `@` and the source model of a transfer attack."
)
RATIOS_RUN = (
    Column("highest_snr_db", "number", "Highest ratio that was run.", "dB"),
    Column("lowest_snr_db", "number", "Lowest ratio that was run.", "dB"),
)

SNR_AT_HALF = Table(
    "Signal-to-noise ratio at half the accuracy",
    "results/reports/<study>/snr_at_half.csv",
    "The signal-to-noise ratio at which an attack on the waveform halves the accuracy, with 95 % "
    "bootstrap intervals over the recordings.",
    (
        *VICTIM,
        DEFENCE_AND_SOURCE,
        ATTACK,
        N,
        Column("clean_accuracy", "number", "Accuracy on the clean recordings."),
        Column("half", "number", "Half of it."),
        Column(
            "snr_db",
            "number",
            f"Ratio at which the accuracy on what the attack returned falls to it. {INFINITE}.",
            "dB",
        ),
        Column("low", "number", "Lower limit of its interval.", "dB"),
        Column("high", "number", "Upper limit of its interval.", "dB"),
        Column(
            "saved_snr_db",
            "number",
            "The same for the recordings saved with 16 bits and read again.",
            "dB",
        ),
        Column("saved_low", "number", "Lower limit of its interval.", "dB"),
        Column("saved_high", "number", "Upper limit of its interval.", "dB"),
        *RATIOS_RUN,
    ),
    (*VICTIM_KEYS, "defence", "attack"),
)
