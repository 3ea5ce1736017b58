"""The methods section says what was run, and cites what stands in its references."""

import re

from mishear.report.papers.methods import methods, write_papers
from mishear.report.papers.sources import cited
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import HOSTILE, invent


def test_every_part_of_the_study_is_described(card):
    text = methods(card)
    for heading in ("Data", "Inputs of the networks", "Networks", "Training", "Defences"):
        assert f"\n## {heading}\n" in text
    for heading in ("Attacks", "Natural corruptions", "Checks of attacks", "Statistics"):
        assert f"\n## {heading}\n" in text
    for part in ("rel_stepsize=", "eps in L∞ 0.5, 1 dB", "without a limit", "20, 5 % lost"):
        assert part in text.replace("\\", "")


def test_references_are_those_cited(card, tmp_path):
    paths = [tmp_path / name for name in ("methods.md", "references.bib", "table.tex")]
    write_papers(card, *paths)
    text, references, table = (path.read_text() for path in paths)
    keys = re.findall(r"^@\w+\{(\w+),", references, flags=re.MULTILINE)
    assert keys == cited(text)
    assert {"madry2018towards", "carlini2017towards", "attacks2024"} <= set(keys)
    assert "croce2020reliable" not in keys
    assert table.startswith("% Generated")


def test_hostile_labels_are_text(card):
    text = methods(card)
    assert "evil" not in cited(text)
    assert r"\[\@evil\] \*x\* \<b\>\$y\$\^\~" in text
    assert all(ord(character) in map(ord, text) for character in "日本")
    assert HOSTILE[0].replace("&", r"\&").replace("_", r"\_") in text


def test_what_was_not_run_is_not_described(tmp_path):
    config = studied()
    study = config.study.model_copy(update={"corruptions": []})
    text = methods(invent(tmp_path, config.model_copy(update={"study": study})).card)
    assert "## Natural corruptions" not in text
    assert "## Defences" not in text
    assert "hendrycks2019benchmarking" not in cited(text)
