"""Two studies on the command line."""

import shutil

import pytest

from mishear.commands.compare import read_study
from mishear.commands.main import main
from mishear.core.errors import UserError
from mishear.core.tables.comparison import COMPARISON
from tests.unit.report.card.conftest import REQUIRED, studied
from tests.unit.report.card.studies import invent


@pytest.fixture
def folders(tmp_path):
    attack = {"class": "LinfPGD", "params": {"steps": 7}, "eps": [0.5, 1]}
    studies = [
        invent(tmp_path / "a", studied(require=REQUIRED), 0.3),
        invent(tmp_path / "b", studied(), 0.9),
        invent(tmp_path / "c", studied(attacks={"pgd": attack})),
    ]
    return [str(study.write_card().parent) for study in studies]


def test_differences_are_printed_and_written(folders, tmp_path, capsys):
    table = tmp_path / "differences.csv"
    assert main(["compare", *folders[:2], "--csv", str(table)]) == 0
    text = capsys.readouterr().out
    assert "requirements failed" in text
    assert "net on a, mel, recipe standard, defence none" in text
    assert "  pgd, eps 0.5, adaptive: +0." in text
    rows = COMPARISON.read(table)
    assert [row["quantity"] for row in rows] == ["clean_accuracy", *["accuracy"] * 5]
    assert {row["interval"] for row in rows} == {"paired"}
    assert [row["eps"] for row in rows] == [None, 0.5, 1.0, float("inf"), None, None]
    for row in rows:
        difference = row["accuracy_b"] - row["accuracy_a"]
        assert row["difference"] == pytest.approx(difference, abs=1e-5)


def test_what_is_not_compared_is_named(folders, capsys):
    assert main(["compare", folders[0], folders[2]]) == 0
    text = capsys.readouterr().out
    assert "Not compared, because these differ:" in text
    assert text.count("params.steps (40 in A, 7 in B)") == 1
    assert "defence none: pgd, eps 0.5, adaptive; pgd, eps 1, adaptive\n" in text


def test_cards_alone_are_compared_independently(folders, tmp_path, capsys):
    paths = [tmp_path / f"card{number}.json" for number in (0, 1)]
    for path, folder in zip(paths, folders, strict=False):
        shutil.copy(f"{folder}/card.json", path)
    assert main(["compare", *map(str, paths)]) == 0
    text = capsys.readouterr().out
    assert "the table by recording does not exist (6 of 6 comparisons; the first: " in text
    assert text.count("the table by recording does not exist") == 1
    assert "(n = 40; independent); A " in text


def test_a_folder_without_a_card_is_refused(tmp_path):
    with pytest.raises(UserError, match="after the study has run"):
        read_study(tmp_path)
