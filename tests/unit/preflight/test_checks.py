"""A config that passed is remembered; one that did not, or not wholly, is checked again."""

import logging
import sys

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight import checks
from mishear.preflight.checks import check_writable, checked_settings
from mishear.preflight.classes import check_classes


@pytest.fixture(autouse=True)
def libraries(raw):
    """What checks import, here once instead of in the process of each check."""
    if "torchaudio" not in sys.modules:
        check_classes(load(raw))


@pytest.fixture
def looked_at(monkeypatch):
    """The configs whose classes were looked at."""
    found = []
    look = checks.look_at_classes
    monkeypatch.setattr(
        checks, "look_at_classes", lambda config: found.append(config) or look(config)
    )
    return found


def test_what_passed_is_not_looked_at_again(raw, tmp_path, looked_at):
    for _ in range(2):
        assert checked_settings(raw, tmp_path / "cache").study.name == "demo"
    assert len(looked_at) == 1
    # What no class depends on changes nothing.
    raw["study"]["seeds"] = [1]
    raw["checks"] = {"recordings": 5}
    checked_settings(raw, tmp_path / "cache")
    assert len(looked_at) == 1


def test_the_spelling_of_numbers_is_remembered_too(raw, tmp_path, looked_at):
    raw["attacks"]["pgd"]["params"] = {"steps": "3"}
    for _ in range(2):
        config = checked_settings(raw, tmp_path)
        assert repr(config.attacks["pgd"].params["steps"]) == "3"
    assert len(looked_at) == 1


@pytest.mark.parametrize(
    ("section", "name", "change"),
    [
        ("attacks", "pgd", {"params": {"steps": 3}}),
        ("networks", "x", {"class": "PaperCNN"}),
        ("recipes", "noise", {"poison": {"class": "RandomLabelFlip", "rate": [0.1]}}),
        ("front_ends", "mel64", {"seconds": 2}),
        ("corpora", "espeak", {"source": "espeak", "seed": 3}),
    ],
)
def test_what_changed_is_looked_at_again(raw, tmp_path, looked_at, section, name, change):
    checked_settings(raw, tmp_path)
    raw[section][name] = raw[section].get(name, {}) | change
    checked_settings(raw, tmp_path)
    assert len(looked_at) == 2


def test_a_class_whose_code_changed_is_looked_at_again(raw, tmp_path, looked_at, monkeypatch):
    raw["defences"] = {"mine": {"class": "remembered_defences.Mine"}}
    places = [tmp_path / name for name in ("one", "same", "other")]
    for place, default in zip(places, (1, 1, 2), strict=True):
        place.mkdir()
        (place / "remembered_defences.py").write_text(
            "from mishear.defences import Defence\n\n\nclass Mine(Defence):\n"
            f"    def __init__(self, bounds, strength: int = {default}): ...\n"
            "    def forward(self, inputs): return inputs\n"
        )
    for place in places:
        with monkeypatch.context() as here:
            here.syspath_prepend(place)
            here.setenv("PYTHONPATH", str(place))
            checked_settings(raw, tmp_path / "cache")
    assert len(looked_at) == 2


def test_a_mistake_is_never_remembered(raw, tmp_path):
    raw["attacks"]["pgd"]["params"] = {"step": 3}
    for _ in range(2):
        with pytest.raises(UserError, match="attacks.pgd.params.step"):
            checked_settings(raw, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_could_not_be_checked_is_said_every_time(raw, tmp_path, monkeypatch, caplog):
    (tmp_path / "needy_networks.py").write_text("import tqdm\n")
    monkeypatch.syspath_prepend(tmp_path)
    raw["networks"]["x"] = {"class": "needy_networks.Mine"}
    with monkeypatch.context() as without, caplog.at_level(logging.WARNING):
        without.setitem(sys.modules, "tqdm", None)
        for _ in range(2):
            checked_settings(raw, tmp_path / "cache")
    assert [record.getMessage()[:34] for record in caplog.records] == [
        "The package 'tqdm' is not installed"[:34]
    ] * 2
    with pytest.raises(UserError, match="'needy_networks' has no class 'Mine'"):
        checked_settings(raw, tmp_path / "cache")


def test_two_trainings_of_one_name_are_refused(raw, tmp_path):
    raw["recipes"]["noise-amplitude0.01-rate1"] = {}
    with pytest.raises(UserError, match=r"'noise-amplitude0\.01-rate1'.*Rename"):
        checked_settings(raw, tmp_path)


def test_a_cache_that_cannot_be_written_is_said(raw, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(UserError, match="cannot write .*cache"):
        checked_settings(raw, tmp_path / "cache")


def test_results_need_a_folder(tmp_path):
    check_writable(tmp_path)
    check_writable(tmp_path / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="is not a folder"):
        check_writable(tmp_path / "file")


def test_a_module_that_ends_the_process_is_a_mistake(raw, tmp_path, monkeypatch):
    (tmp_path / "ending_networks.py").write_text("import os\nos._exit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)
    raw["networks"]["x"] = {"class": "ending_networks.Mine"}
    for _ in range(2):
        with pytest.raises(UserError, match=r"networks\.x: .* by os\._exit\(0\)"):
            checked_settings(raw, tmp_path / "cache")
