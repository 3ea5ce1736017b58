"""Rows as a card holds them: nothing is None, of text too."""

from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.card.rows import interval_of, read_rows


def test_missing_values_are_none(invented):
    rows = read_rows(SUMMARY_OVER_SEEDS, invented.inputs["summary_over_seeds"])
    assert {row["source"] for row in rows} == {None}
    assert {row["attack"] for row in rows} == {"pgd", "cw", None}


def test_what_is_not_a_number_has_no_interval():
    row = {"accuracy": float("nan"), "ci_low": float("nan"), "ci_high": float("nan")}
    assert set(interval_of(row, "accuracy", "ci").model_dump().values()) == {None}
