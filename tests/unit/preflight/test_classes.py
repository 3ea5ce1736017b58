"""Classes of all families are checked before any job, or it is said that they could not be."""

import sys

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.classes import check_classes


def test_the_classes_of_the_shipped_config_pass(raw):
    assert check_classes(load(raw)) == []


@pytest.mark.parametrize(
    ("section", "definition", "said"),
    [
        ("attacks", {"class": "LinfPGDD", "eps": [1]}, "attacks.x.class"),
        ("attacks", {"class": "LinfPGD"}, "attacks.x.eps: LinfPGD needs the size"),
        (
            "attacks",
            {"class": "SparseL1DescentAttack", "domain": "waveform", "budget": "snr", "eps": [40]},
            "attacks.x.budget",
        ),
        ("networks", {"class": "PaperCNN", "params": {"depth": 1}}, "networks.x.params.depth"),
        ("detectors", {"class": "Neighbours"}, "detectors.x.class"),
        ("recognisers", {"class": "collections.OrderedDict"}, "recognisers.x.class"),
        ("defences", {"class": "MedianSmoothing", "params": {"size": 4}}, "defences.x: Median"),
        ("defences", {"class": "MedianSmoothing", "certificate": {}}, "defences.x.certificate"),
        (
            "recipes",
            {"poison": {"class": "Backdoor", "rate": [0.1], "amplitude": [0.1]}},
            "recipes.x.poison.target",
        ),
    ],
)
def test_a_mistake_in_every_family_is_found_though_no_study_uses_it(raw, section, definition, said):
    raw.setdefault(section, {})["x"] = definition
    with pytest.raises(UserError, match=said):
        check_classes(load(raw))


def test_a_class_that_exits_does_not_end_the_check(raw, tmp_path, monkeypatch):
    text = """
from mishear.training.networks import PaperCNN

class Network(PaperCNN):
    def __init__(self, classes):
        raise SystemExit(0)
"""
    (tmp_path / "exiting_network.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    raw["networks"]["x"] = {"class": "exiting_network.Network"}
    raw["study"]["networks"] = ["x"]
    with pytest.raises(UserError, match="networks.x: "):
        check_classes(load(raw))


def test_targeted_attacks_must_be_able_to_aim(raw):
    raw["targeted"] = {"attacks": ["pgd", "waveform-pgd"]}
    assert check_classes(load(raw)) == []
    raw["targeted"] = {"attacks": ["pgd", "square"]}
    with pytest.raises(UserError, match=r"targeted\.attacks \(square\)\.targets"):
        check_classes(load(raw))


def test_class_and_key_of_a_universal_attack_must_agree(raw):
    raw["attacks"]["universal"]["universal"] = False
    with pytest.raises(UserError, match=r"attacks\.universal\.class: .* Add universal: true"):
        check_classes(load(raw))


def test_a_chain_is_checked_as_a_whole(raw):
    raw["defences"] = {
        "median": {"class": "MedianSmoothing"},
        "smoothed": {"class": "RandomisedSmoothing"},
        "early": {"chain": ["smoothed", "median"], "certificate": {}},
    }
    assert check_classes(load(raw)) == []
    raw["defences"]["late"] = {"chain": ["median", "smoothed"], "certificate": {}}
    with pytest.raises(UserError, match="defences.late.certificate"):
        check_classes(load(raw))


def test_all_mistakes_are_listed_at_once(raw):
    raw["attacks"]["x"] = {"class": "LinfPGDD", "eps": [1]}
    raw["networks"]["x"] = {"class": "PaperCNNN"}
    with pytest.raises(UserError, match=r"(?s)2 mistakes:.*attacks\.x.*networks\.x"):
        check_classes(load(raw))


def test_what_cannot_be_checked_is_named_with_its_package(raw, tmp_path, monkeypatch):
    (tmp_path / "my_untested_networks.py").write_text("import tqdm\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    raw["networks"] |= {name: {"class": f"my_untested_networks.{name}"} for name in ("One", "Two")}
    (warning,) = check_classes(load(raw))
    assert warning == (
        "The package 'tqdm' is not installed, so the classes of these definitions are not "
        "checked: networks.One, networks.Two. Install it: pip install tqdm."
    )


@pytest.mark.parametrize(
    ("definition", "attacks", "warned"),
    [
        ({"class": "JpegCompression"}, ["fgsm"], True),
        ({"class": "JpegCompression", "attacks": ["fgsm", "square"]}, ["fgsm"], False),
        ({"class": "JpegCompression"}, ["fgsm", "square"], False),
        ({"class": "RandomisedSmoothing"}, ["fgsm"], True),
        ({"class": "MedianSmoothing"}, ["fgsm"], False),
    ],
)
def test_a_defence_without_an_exact_gradient_and_a_black_box_is_warned_of(
    raw, definition, attacks, warned
):
    raw["defences"] = {"mine": definition}
    raw["study"] |= {"defences": ["none", "mine"], "attacks": attacks}
    warnings = check_classes(load(raw))
    assert len(warnings) == warned
    assert all("defences.mine" in warning and "LinfSquare" in warning for warning in warnings)
