"""The files beside the report."""

from dataclasses import replace

from mishear.report.files import files_beside


def test_tables_are_told_with_what_they_hold(study):
    found = files_beside(replace(study, tables=("summary.csv",), files={"card.json": "A card."}))
    assert list(found) == ["summary.csv", "card.json"]
    assert len(found["summary.csv"]) > 10
