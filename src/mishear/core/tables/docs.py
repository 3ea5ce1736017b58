"""The data dictionary ``docs/tables.md``, made from the declarations of the tables."""

from mishear.core.tables import (
    certificates,
    checks,
    comparison,
    corpora,
    corruptions,
    detections,
    environments,
    evaluation,
    libraries,
    listening,
    listening_over_seeds,
    over_seeds,
    poisoning,
    smallest_change,
    targeted,
    training,
    transfer,
)
from mishear.core.tables.base import Column, Table
from mishear.core.tables.shared import computed

INTRODUCTION = """# Tables

Every table of results is a CSV file in UTF-8 with a header. Numbers have six significant digits,
`inf` stands for no limit, true and false are 1 and 0, and a cell is empty where there is nothing
to say. This page is made from the declarations in `src/mishear/core/tables`, by which the files
are written and read: `python -m mishear.config.docs` writes it anew.

Paths are given by names. On disk a digest of the definition follows the names, as in
`results/splits/fsdd-c058f31a0d.csv`; see [results.md](results.md).

In Python, `Table.frame` reads a file with the right types:

```python
from mishear.core.tables.evaluation import SUMMARY

summary = SUMMARY.frame("results/reports/demo/summary.csv")
```
"""

SECTIONS: dict[str, tuple[Table, ...]] = {
    "Of a study": (
        evaluation.SUMMARY,
        over_seeds.SUMMARY_OVER_SEEDS,
        evaluation.ROBUSTNESS,
        over_seeds.ROBUSTNESS_OVER_SEEDS,
        smallest_change.SMALLEST_CHANGE,
        over_seeds.BY_SPEAKER,
        checks.CHECKS,
        certificates.CERTIFICATES,
        certificates.CERTIFICATES_OVER_SEEDS,
        transfer.TRANSFER,
        targeted.TARGETED,
        poisoning.DETECTIONS,
        detections.DETECTIONS_OVER_SEEDS,
        listening.AUDIO_QUALITY,
        listening_over_seeds.AUDIO_QUALITY_OVER_SEEDS,
        listening.INVERSIONS,
        listening_over_seeds.INVERSIONS_OVER_SEEDS,
        listening.SNR_AT_HALF,
        listening_over_seeds.SNR_AT_HALF_OVER_SEEDS,
        environments.ENVIRONMENTS,
        comparison.COMPARISON,
    ),
    "Of recordings, by job": (
        evaluation.RESULTS,
        corruptions.CORRUPTED,
        certificates.CERTIFICATE,
        computed(transfer.TRANSFERRED),
        targeted.TARGETED_RESULTS,
        computed(checks.CHECK_RUNS),
        computed(poisoning.DETECTION),
        poisoning.DISTORTIONS,
        computed(listening.QUALITY),
        computed(listening.TRANSCRIPTS),
        computed(listening.INVERTED),
    ),
    "Of corpora, trainings and libraries": (
        corpora.INDEX,
        corpora.INSPECTED,
        corpora.REJECTED,
        corpora.SPLIT,
        training.HISTORY,
        libraries.PROBE,
    ),
}
TABLES = tuple(table for tables in SECTIONS.values() for table in tables)
"""Every table that Mishear writes."""


def dictionary() -> str:
    """Return the text of ``docs/tables.md``."""
    parts = [INTRODUCTION]
    for title, tables in SECTIONS.items():
        parts.append(f"## {title}\n")
        parts += [_table(table) for table in tables]
    return "\n".join(parts)


def _table(table: Table) -> str:
    keys = ", ".join(f"`{name}`" for name in table.keys)
    lines = [
        f"### {table.name}\n",
        f"`{table.path}`: {table.text[0].lower()}{table.text[1:]}\n",
        f"A row is known by {keys}.\n",
        "| column | type | unit | meaning |",
        "|---|---|---|---|",
        *map(_row, table.columns),
    ]
    return "\n".join(lines) + "\n"


def _row(column: Column) -> str:
    kind = f"{column.kind} or empty" if column.optional else column.kind
    return f"| `{column.name}` | {kind} | {column.unit} | {column.text} |"
