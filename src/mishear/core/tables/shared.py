"""Columns that stand in several tables."""

from dataclasses import replace

from mishear.core.tables.base import Column, Table

SETTING = (
    Column("corpus", "text", "Name of the corpus."),
    Column("front_end", "text", "Name of the front end."),
    Column("network", "text", "Name of the network."),
)
VICTIM = (
    *SETTING,
    Column("recipe", "text", "Name of the training: the recipe, with what varies within it."),
    Column("seed", "whole number", "Seed of the training."),
    Column(
        "fold",
        "whole number",
        "Fold whose speakers are the test; empty where there are no folds.",
        optional=True,
    ),
)
CORRUPTION = (
    Column("corruption", "text", "Name of a natural corruption; empty for others.", optional=True),
    Column("severity", "whole number", "Its severity, 1 the mildest.", optional=True),
    Column("level", "number", "What this severity is, in `level_unit`.", optional=True),
    Column("level_unit", "text", "Unit of `level`.", optional=True),
)
DEFENCE = Column("defence", "text", "Name of the defence before the network, `none` for none.")
ATTACK = Column("attack", "text", "Name of the attack.")
RECORDING = Column("recording", "text", "The recording: its path below the corpus's folder.")
LABEL = Column("label", "text", "Its true class.")
SECONDS = Column("seconds", "number", "Its share of the time computed.", "s")
DEVICE = Column("device", "text", "Where it was computed: `cpu` or `cuda`.")
ENVIRONMENT = (
    DEVICE,
    Column("gpu", "text", "Model of the GPU; empty on the CPU.", optional=True),
    Column("cpu", "text", "Model of the processor."),
    Column("cpu_capability", "text", "Instruction set that torch used on the processor."),
    Column("threads", "whole number", "Threads that torch computed with."),
    Column("libraries", "text", "Versions of the libraries that numbers depend on."),
)
JOINED_ENVIRONMENT = tuple(
    Column(each.name, "text", f"{each.text} Several are joined by ` / `.", optional=each.optional)
    for each in ENVIRONMENT
)


COMPUTED = Table(
    "What a table was computed with",
    "any table of :func:`computed` and its like",
    "The columns of any table that records what it was computed with, whatever others it has.",
    ENVIRONMENT,
    (),
)


def computed(table: Table) -> Table:
    """Return a table with the columns of :data:`ENVIRONMENT` after its own.

    Those who read the table for its results need not know of them.
    """
    return replace(table, columns=(*table.columns, *ENVIRONMENT))


N = Column("n", "whole number", "Test recordings.")

OVER_SEEDS = ("seed", "fold")
"""Columns that tell the victims of one recipe apart."""
VICTIM_KEYS = tuple(column.name for column in VICTIM)
SETTING_KEYS = tuple(column.name for column in SETTING)
CORRUPTION_KEYS = tuple(column.name for column in CORRUPTION)
ENVIRONMENT_KEYS = tuple(column.name for column in ENVIRONMENT)


def accuracy(name: str, text: str, stem: str = "", optional: bool = False) -> tuple[Column, ...]:
    """Return the columns of a fraction with its 95 % Wilson interval over the recordings.

    Parameters
    ----------
    name, text
        Of the fraction.
    stem
        What the names of the limits begin with; empty: ``name``.
    optional
        Whether there may be none.
    """
    stem = stem or name
    limit = "limit of its 95 % Wilson interval over the recordings, of this one victim."
    return (
        Column(name, "number", text, optional=optional),
        Column(f"{stem}_low", "number", f"Lower {limit}", "", optional),
        Column(f"{stem}_high", "number", f"Upper {limit}", "", optional),
    )


INPUT_UNIT = "unit of the front end"
"""Unit of what has that of the network's inputs, see :mod:`mishear.features.front_ends`."""
