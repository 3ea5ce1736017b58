"""Front ends that no network or attack could use are refused before the first job."""

import re
import sys

import pytest
import yaml

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.features import front_ends
from mishear.preflight.classes import check_classes
from tests.projects import REPOSITORY

OWN = """
import torch
from mishear.defences.base import Defence
from mishear.features.front_ends import Waveform

class Halved(torch.nn.Module):
    def __init__(self, sample_rate):
        super().__init__()
    def forward(self, waveforms):
        return waveforms / 2

class Detached(Halved):
    def forward(self, waveforms):
        return waveforms.detach()

class Flat(Halved):
    def forward(self, waveforms):
        return waveforms.flatten(1)

class Silent(Halved):
    def forward(self, waveforms):
        return waveforms.abs().log()

class Rooted(Halved):
    def forward(self, waveforms):
        return waveforms.square().sqrt()

class Failing(Halved):
    def forward(self, waveforms):
        raise RuntimeError("no such window")

class Double(Halved):
    def forward(self, waveforms):
        return waveforms.double()

class Together(Halved):
    def forward(self, waveforms):
        return waveforms / waveforms.std()

class Cutting(Defence):
    def transform(self, inputs):
        return inputs[..., :-1]

class Rateless(torch.nn.Module):
    def __init__(self):
        super().__init__()
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_front_ends.py").write_text(OWN)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("own_front_ends", None)


def refused(raw, definition, said):
    raw["front_ends"]["x"] = {"sample_rate": 8000, **definition}
    with pytest.raises(UserError, match=said):
        check_classes(load(raw))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Detached", "front_ends.x: Detached passes no gradient"),
        ("Flat", r"\(2, 1, 8000\) to \(2, 8000\); the first two dimensions must stay"),
        ("Silent", "values that are not finite for a recording padded with silence"),
        ("Rooted", "gradient that is not finite for a recording padded with silence"),
        ("Failing", "fails on waveforms of shape .*: no such window"),
        ("Double", "must return a tensor of float32, not torch.float64"),
        ("Together", "gives a recording other values alone"),
        ("Rateless", "takes no argument 'sample_rate', which Mishear passes"),
    ],
)
def test_a_mistake_of_ones_own_class_is_named(raw, own, name, said):
    refused(raw, {"class": f"own_front_ends.{name}"}, said)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"params": {"n_ftt": 512}}, "front_ends.x.params.n_ftt.*Did you mean 'n_fft'"),
        ({"params": {"top_db": -80}}, "front_ends.x: MelSpectrogram refuses its params: top_db"),
        ({"params": {"scale": "bel"}}, "front_ends.x.params.scale: 'bel'"),
        ({"seconds": 0.1}, "front_ends.x: MelSpectrogram fails on waveforms of shape"),
    ],
)
def test_a_wrong_parameter_is_named(raw, definition, said):
    refused(raw, definition, said)


@pytest.mark.parametrize(
    ("section", "definition", "said"),
    [
        ("defences", {"class": "JpegCompression"}, "JpegCompression fails: JPEG compresses images"),
        (
            "defences",
            {"class": "MedianSmoothing", "params": {"size": 20001}},
            "too large for inputs of 8000 points. .* Front end 'raw' gives inputs of shape",
        ),
        ("defences", {"class": "own_front_ends.Cutting"}, "must keep the shape, not return"),
        ("detectors", {"class": "StretchTransplants"}, "needs inputs in dB, and those of front"),
    ],
)
def test_what_does_not_fit_a_front_end_of_the_study_is_refused(raw, own, section, definition, said):
    raw["front_ends"]["raw"] = {"sample_rate": 8000, "class": "Waveform"}
    raw[section] = {"x": definition}
    if section == "defences":
        raw["study"]["defences"] = ["none", "x"]
    else:
        raw["recipes"]["noise"]["poison"]["detectors"] = ["x"]
    raw["study"]["front_ends"] = ["raw"]
    with pytest.raises(UserError, match=f"{section}.x: .*{said}"):
        check_classes(load(raw))


def test_the_front_ends_of_the_page_can_be_used_and_every_class_is_on_it(raw):
    page = (REPOSITORY / "docs" / "front-ends.md").read_text()
    (definitions,) = re.findall(r"```yaml\n(.*?)```", page, flags=re.S)
    raw["front_ends"] |= yaml.safe_load(definitions)["front_ends"]
    assert check_classes(load(raw)) == []
    for name in set(front_ends.__all__) - {"FrontEnd"}:
        assert f"| `{name}` |" in page


def test_ones_own_front_end_passes_unless_it_is_to_be_inverted(raw, own):
    raw["front_ends"]["x"] = {"sample_rate": 8000, "class": "own_front_ends.Halved"}
    raw["listening"] = {"inversion": {"attacks": ["pgd"]}}
    assert check_classes(load(raw)) == []
    raw["study"]["front_ends"] = ["x"]
    raw["networks"]["paper-cnn"] = {"class": "M5", "params": {"channels": 4}}
    with pytest.raises(UserError, match="front_ends.x: Halved has no method 'inverse'"):
        check_classes(load(raw))
    raw["listening"] = {}
    assert check_classes(load(raw)) == []
