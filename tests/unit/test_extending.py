"""The page on classes of one's own is true: its examples are checked, built and run."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from mishear.attacks.judging import Threat
from mishear.attacks.running import attack_batch
from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.corruptions.base import Context
from mishear.corruptions.building import build_corruptions
from mishear.defences.chains import gradient_of_chain
from mishear.defences.defended import DefendedVictim
from mishear.features.front_ends.building import build_front_end, range_of, unit_of
from mishear.features.split import Division
from mishear.listening.recognisers import recognise
from mishear.poisoning.building import build_poison, targets
from mishear.poisoning.detectors import Evidence, detected
from mishear.poisoning.training_set import training_set
from mishear.preflight.classes import check_classes
from mishear.study.poisons import poison_definition
from mishear.training.networks import PaperCNN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text()
BOUNDS = (-80.0, 40.0)
CPU = torch.device("cpu")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.S)


@pytest.fixture(scope="module", autouse=True)
def module(tmp_path_factory):
    """The page's examples in a module where the user would put it."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "my_classes.py").write_text("\n".join(blocks("python")))
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))
    sys.modules.pop("my_classes", None)


@pytest.fixture(scope="module")
def config():
    """The shipped config with the page's definitions; its study is poisoned."""
    raw = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    (definitions,) = blocks("yaml")
    for section, defined in yaml.safe_load(definitions).items():
        raw[section] = raw.get(section, {}) | defined
    raw["study"]["recipes"] = ["standard", "hum"]
    return load(raw)


@pytest.fixture
def spectrograms():
    generator = torch.Generator().manual_seed(0)
    low, high = BOUNDS
    return low + (high - low) * torch.rand(6, 1, 16, 12, generator=generator)


@pytest.fixture
def victim():
    torch.manual_seed(0)
    return PaperCNN(3).eval().requires_grad_(False)


def test_every_family_has_an_example_and_a_row(config):
    assert check_classes(config) == []
    (definitions,) = blocks("yaml")
    sections = {"poisons" if name == "recipes" else name for name in yaml.safe_load(definitions)}
    assert sections == set(FAMILIES)
    for family in FAMILIES.values():
        (row,) = re.findall(rf"^\| {family.noun} \|.*$", PAGE, flags=re.M)
        for given in family.given:
            assert f"`{given}`" in row
        for path in family.interface:
            assert "Protocol" in str(_bases(path)) or path.rpartition(".")[2] in row


def _bases(path):
    module, _, name = path.rpartition(".")
    return getattr(sys.modules[module], name).__mro__


def test_the_front_end(config):
    section = config.front_ends["envelope"]
    front_end = build_front_end(section.model_dump(by_alias=True))
    seconds = torch.arange(8000) / 8000
    tones = torch.stack([seconds.clamp(max=0.5) * torch.sin(600 * seconds), 0 * seconds])
    levels = front_end(tones.unsqueeze(1))
    assert levels.shape == (2, 1, 100)
    low, high = range_of(front_end)
    assert low <= levels.min() and levels.max() <= high
    assert levels[0].max() == pytest.approx(0.5 / 2**0.5, rel=0.1)
    assert unit_of(front_end) == "full scale"


def test_the_attack(config, spectrograms, victim):
    attack = FAMILIES["attacks"].build(config.attacks["random-signs"], "attacks.random-signs")
    assert attack.draws == 20
    labels = victim(spectrograms).argmax(1)
    outcome = attack_batch(
        DefendedVictim(victim), attack, spectrograms, labels, Threat(2.0, BOUNDS), seed=0
    )
    assert not any(outcome.rejected)
    assert outcome.linf.max() <= 2.0 * (1 + 1e-5)


def test_the_network(config, spectrograms):
    network = FAMILIES["networks"].build(config.networks["linear"], "networks.linear", classes=3)
    logits = network(spectrograms)
    assert logits.shape == (6, 3)
    logits.sum().backward()
    assert network.classifier.weight.grad.abs().max() > 0
    assert network.classifier.in_features == 16


def test_the_corruption(config):
    section = config.corruptions["dropouts"].model_dump(by_alias=True)
    mild, *_, harsh = build_corruptions({"name": "dropouts", **section})
    recording, context = np.ones(8000, np.float32), Context("a", 8000)
    assert harsh.milliseconds == 20
    (lost,) = np.nonzero(harsh.corrupted(recording, context) == 0)
    assert 0.2 < len(lost) / len(recording) < 0.6
    assert len(lost) % 160 == 0
    assert set(np.flatnonzero(mild.corrupted(recording, context) == 0)) <= set(lost)


def test_the_poison(config):
    definition = poison_definition(config, "hum", 0.01, 0.1)
    names = np.array([f"{number}.wav" for number in range(100)])
    labels = np.array([str(number % 4) for number in range(100)])
    splits = np.array(["train"] * 80 + ["test"] * 20)
    division = Division(names, labels, names, splits, names)
    chosen = training_set(division, definition, seed=0)
    assert chosen.is_poisoned.sum() == 6
    assert set(chosen.labels[chosen.is_poisoned]) == {0}
    assert "0" not in division.labels[chosen.rows[chosen.is_poisoned]]
    assert set(targets(definition, division, division.rows("test"))) == {"0"}
    hum = build_poison(definition).poisoned_waveform(np.zeros(6000, np.float32), "a", 6000, True)
    assert hum.dtype == np.float32
    assert np.abs(hum).max() == pytest.approx(0.01, rel=1e-3)
    assert np.abs(np.fft.rfft(hum)).argmax() == 60


def test_the_defence(config, spectrograms, victim):
    section = config.defences["rounding"]
    defence = FAMILIES["defences"].build(section, "defences.rounding", bounds=BOUNDS)
    rounded = defence(spectrograms)
    assert torch.equal(rounded, (spectrograms / 2).round() * 2)
    inputs = spectrograms.requires_grad_()
    DefendedVictim(victim, [defence])(inputs).sum().backward()
    assert inputs.grad.abs().max() > 0
    definition = section.model_dump(by_alias=True)
    assert gradient_of_chain([definition]) == "bpda, the identity as the surrogate"
    with pytest.raises(UserError, match="defences.x: Rounding refuses its params: step must be"):
        wrong = definition | {"params": {"step": 0}}
        FAMILIES["defences"].build(wrong, "defences.x", bounds=BOUNDS)


def test_the_detector(config, spectrograms, victim):
    section = config.detectors["large-losses"]
    detector = FAMILIES["detectors"].build(section, "detectors.large-losses")
    inputs, labels = spectrograms.numpy(), np.array([0, 1, 2, 0, 1, 2])
    evidence = Evidence(victim, inputs.__getitem__, labels, CPU, seed=0)
    detection = detected(detector, evidence)
    assert detection.flagged.sum() == 1
    assert detection.flagged.argmax() == detection.scores.argmax()


def test_the_recogniser(config):
    section, classes = config.recognisers["pitch"], ["high", "low"]
    recogniser = FAMILIES["recognisers"].build(section, "recognisers.pitch", classes=classes)
    seconds = np.arange(8000) / 8000
    voices = np.stack([np.sin(2 * np.pi * hertz * seconds) for hertz in (100, 1000)])
    voices = voices.astype(np.float32)
    rows = list(recognise(recogniser, voices, voices, 8000, ["a", "b"], ["low", "high"]))
    assert [row["transcript"] for row in rows] == ["100 Hz", "1000 Hz"]
    assert [recogniser.classify(row["transcript"]) for row in rows] == ["low", "high"]


def test_the_page_is_one_page():
    assert len(PAGE.splitlines()) < 300
