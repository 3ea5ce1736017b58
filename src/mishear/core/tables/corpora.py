"""Tables of corpora: their recordings, those that cannot be used, and their splits."""

from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import LABEL, RECORDING

_SPEAKER = Column(
    "speaker", "text", "The speaker; empty where the corpus names none.", optional=True
)
_CONTENT = Column(
    "content",
    "text",
    "Hash of the decoded audio. All that is drawn at random for a recording is drawn from it, so "
    "that names of files and folders change no result.",
)
_INDEXED = (
    RECORDING,
    LABEL,
    _SPEAKER,
    Column(
        "take",
        "text",
        "Which of the speaker's recordings of the class it is; empty where the corpus does not "
        "say.",
        optional=True,
    ),
    Column("sample_rate", "whole number", "Sample rate.", "Hz"),
    Column("channels", "whole number", "Number of channels."),
    Column("samples", "whole number", "Length in samples of one channel."),
    Column("seconds", "number", "Length.", "s", format=".6f"),
    _CONTENT,
    Column("clipped", "whole number", "Number of samples at or beyond full scale."),
    Column("peak", "number", "Largest absolute value of the channels mixed to one.", "full scale"),
    Column(
        "cancelled_db",
        "number",
        "By how much the mix has less power than the channels have on average.",
        "dB",
    ),
    Column(
        "speech_end",
        "number",
        "When the mix falls 30 dB below its peak for good.",
        "s",
        format=".6f",
    ),
)

INSPECTED = Table(
    "Inspected recordings",
    "results/corpora/<corpus>/inspected.csv",
    "Every usable recording of a corpus, before it is checked that these are enough.",
    _INDEXED,
    ("recording",),
)
INDEX = Table(
    "Index of a corpus",
    "results/corpora/<corpus>/index.csv",
    "Every usable recording of a corpus, in the order of label and content.",
    _INDEXED,
    ("recording",),
)
REJECTED = Table(
    "Rejected recordings",
    "results/corpora/<corpus>/rejected.csv",
    "Every recording of a corpus that cannot be used, and why.",
    (RECORDING, Column("reason", "text", "The kind of fault, then a detail.")),
    ("recording",),
)
SPLIT = Table(
    "Split of a corpus",
    "results/splits/<corpus><fold>.csv",
    "Which recordings are used for what. With folds each has a table of its own, such as "
    "`fsdd@fold0.csv`.",
    (
        RECORDING,
        LABEL,
        _SPEAKER,
        _CONTENT,
        Column(
            "split",
            "text",
            "`train`, `validation` or `test`; empty where the user's own split leaves it out.",
            optional=True,
        ),
    ),
    ("recording",),
)
