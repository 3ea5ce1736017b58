"""The methods section of a study, in Markdown for Pandoc, with its references."""

from pathlib import Path

from mishear.core.card.parts import Card
from mishear.core.files import atomic_path
from mishear.report.papers.data import data, front_ends
from mishear.report.papers.further import detectors, listening, targeted, transfer
from mishear.report.papers.models import defences, networks, training
from mishear.report.papers.procedure import checks, software, statistics
from mishear.report.papers.sources import bibliography, cited
from mishear.report.papers.table import main_table
from mishear.report.papers.threats import attacks, corruptions

PARTS = (
    *(data, front_ends, networks, training, detectors, defences, attacks, transfer, targeted),
    *(corruptions, listening, checks, statistics, software),
)
REFERENCES = "references.bib"


def methods(card: Card) -> str:
    """Return the methods section of a study.

    Pandoc turns it into LaTeX, Word or HTML: ``pandoc --citeproc methods.md -o methods.docx``.
    """
    paragraphs = [
        f'---\ntitle: "Methods of the study {card.study}"\nbibliography: {REFERENCES}\n---',
        "# Methods",
        "This section was generated from what was run. Names in code are those of the config.",
    ]
    for part in PARTS:
        paragraphs += part(card)
    return "\n\n".join(paragraphs) + "\n"


def write_papers(card: Card, text: Path, references: Path, table: Path) -> None:
    """Write what a paper on a study can begin with.

    Parameters
    ----------
    card
        Of the study.
    text
        Gets the methods section.
    references
        Gets the BibTeX entries that it cites.
    table
        Gets the main table as LaTeX.
    """
    section = methods(card)
    for path, content in (
        (text, section),
        (references, bibliography(cited(section))),
        (table, main_table(card)),
    ):
        with atomic_path(path) as temporary:
            temporary.write_text(content, encoding="utf-8")
