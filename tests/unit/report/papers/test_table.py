"""The main table compiles, whatever is in it."""

import re

from mishear.report.papers.table import HEADS, MOST, main_table
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import invent


def rows(text):
    return re.search(r"\\midrule\n(.*)\\bottomrule", text, re.S)[1].splitlines()


def test_every_row_has_every_column(card):
    text = main_table(card)
    for row in rows(text):
        assert row.endswith(r" \\")
        assert len(re.findall(r"(?<!\\)&", row)) == len(HEADS) - 1
    assert text.isascii()
    assert text.count("{") == text.count("}")


def test_units_of_the_user_are_escaped(card):
    found = [row for row in rows(main_table(card)) if "babble" in row]
    assert len(found) == 4  # two severities, two defences
    assert all(r"\% lost" in row for row in found)


def test_accuracies_have_their_intervals(card):
    result = card.results[0]
    value = result.accuracy
    cell = f"{value.value:.3f} [{value.low:.3f}, {value.high:.3f}]"
    assert rows(main_table(card))[0].count("[") == 2
    assert cell in rows(main_table(card))[0]


def test_of_many_sizes_three_are_shown(tmp_path):
    many = {"pgd": {"class": "LinfPGD", "eps": [1, 2, 3, 4, 5]}}
    card = invent(tmp_path, studied(attacks=many)).card
    shown = [row.split(" & ")[3] for row in rows(main_table(card)) if "pgd" in row]
    assert shown == ["1 dB", "3 dB", "5 dB"]
    assert len(shown) == MOST


def test_victims_are_named_by_what_differs(tmp_path):
    card = invent(tmp_path, studied(recipes={"a_1": {}, "b": {}})).card
    assert {row.split(" & ")[0] for row in rows(main_table(card))} == {r"a\_1", "b"}
