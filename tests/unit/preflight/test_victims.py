"""A look at each victim before the first job names what is wrong with it."""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.tables.corpora import INDEX
from mishear.preflight.checks import checked_settings
from mishear.preflight.victims import features_of_noise, look_at, number_of_classes, try_victim
from mishear.runtime.fingerprint import following, hashing

FEATURES = torch.randn(4, 1, 6, 5)


class Sound(nn.Module):
    """A network without a mistake, whose parts the others change."""

    def __init__(self, classes: int = 3):
        super().__init__()
        self.layer = nn.Linear(30, classes)

    def forward(self, inputs):
        return self.layer(self.before(inputs).flatten(1))

    def before(self, inputs):
        return inputs


class WithDropout(Sound):
    def before(self, inputs):
        return functional.dropout(inputs)


class AlwaysTraining(Sound):
    def before(self, inputs):
        return functional.batch_norm(inputs, None, None, training=True)


class Detached(Sound):
    def before(self, inputs):
        return inputs.detach()


class Graphless(Sound):
    @torch.no_grad()
    def forward(self, inputs):
        return super().forward(inputs)


class ThroughNumpy(Sound):
    def before(self, inputs):
        return torch.from_numpy(inputs.numpy())


class Rounded(Sound):
    def before(self, inputs):
        return inputs.round()


class Infinite(Sound):
    def before(self, inputs):
        return (inputs * 0).log()


class Flat(Sound):
    def forward(self, inputs):
        return super().forward(inputs).sum(1)


class Named(Sound):
    def forward(self, inputs):
        return {"logits": super().forward(inputs)}


class TooMany(Sound):
    def __init__(self, classes: int = 3):
        super().__init__(classes + 2)


class Wide(Sound):
    def __init__(self, classes: int = 3):
        super().__init__(classes)
        self.layer = nn.Linear(31, classes)


class Mistaken(Sound):
    def before(self, inputs):
        return {}["q"]


class Unfinished(nn.Module):
    pass


MISTAKES = {
    Mistaken: f"fails on inputs of front end 'mel': KeyError: 'q' ({__file__}, line ",
    Unfinished: "fails on inputs of front end 'mel': NotImplementedError: Module [Unfinished] is",
    Wide: "does not take inputs of shape (recordings, 1, 6, 5), which front end 'mel' gives",
    Named: "returns a dict, not a tensor",
    Flat: "returns the shape (4,) for 4 recordings",
    TooMany: "gives 5 scores for a recording, but there are 3 classes",
    Infinite: "gives scores that are not finite",
    WithDropout: "gives other scores for the same inputs in evaluation mode. Is dropout left on?",
    AlwaysTraining: "Is batch normalisation left in training mode?",
    Detached: "passes no gradient from its scores to its inputs",
    Graphless: "passes no gradient from its scores to its inputs",
    ThroughNumpy: "passes no gradient from its scores to its inputs",
    Rounded: "passes a zero or infinite gradient",
}


@pytest.mark.parametrize("mistaken", MISTAKES)
def test_each_mistake_has_its_sentence(mistaken):
    with pytest.raises(UserError) as caught:
        try_victim(mistaken().eval(), FEATURES, 3, "networks.mine: it", "mel")
    assert str(caught.value).startswith("networks.mine: it ")
    assert MISTAKES[mistaken] in str(caught.value)


@pytest.mark.parametrize("last", [nn.Identity(), nn.Softmax(1), nn.LogSoftmax(1)])
def test_a_network_without_a_mistake_passes(last):
    try_victim(nn.Sequential(Sound(), last).eval(), FEATURES, 3, "networks.mine: it", "mel")


def test_dropout_and_normalisation_of_modules_pass():
    network = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), Sound())
    try_victim(network.eval(), FEATURES, 3, "networks.mine: it", "mel")


class Scores:
    """A model that gives only scores, without a mistake."""

    def scores(self, waveforms, sample_rate):
        assert waveforms.shape[1] == sample_rate == 8000
        return np.stack([waveforms.mean(1), waveforms.std(1)], 1)


class Restless(Scores):
    def scores(self, waveforms, sample_rate):
        return super().scores(waveforms, sample_rate) + np.random.rand(len(waveforms), 2)


class Sociable(Scores):
    def scores(self, waveforms, sample_rate):
        return super().scores(waveforms / waveforms.std(), sample_rate)


class Forgetful(Scores):
    def scores(self, waveforms, sample_rate):
        return super().scores(waveforms, sample_rate)[:-1]


class Infinitesimal(Scores):
    def scores(self, waveforms, sample_rate):
        return np.log(super().scores(waveforms, sample_rate) * 0)


class Unwilling(Scores):
    def scores(self, waveforms, sample_rate):
        raise RuntimeError("no licence")


REPEATS = """
import sys
from scipy.io import wavfile
for line in sys.stdin:
    rate, waveform = wavfile.read(line.strip())
    print(waveform.mean(), waveform.std(), sep=",")
"""


@pytest.fixture
def scored(raw):
    """A study of a model that gives only scores, on the waveform."""
    raw["front_ends"]["samples"] = {"class": "Waveform", "sample_rate": 8000}
    raw["networks"]["mine"] = {"scores_only": True, "labels": ["a", "b"]}
    raw["study"] |= {"front_ends": ["samples"], "networks": ["mine"], "recipes": []}
    return raw


MISTAKEN_SCORES = {
    Restless: "gives other scores for the same waveforms the second time",
    Sociable: "gives a recording other scores when other recordings are beside it",
    Forgetful: "returns the shape (3, 2) for 4 recordings",
    Infinitesimal: "gives scores that are not finite numbers",
    Unwilling: "fails on waveforms of shape (recordings, 8000) at 8000 Hz: RuntimeError: no lic",
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("mistaken", MISTAKEN_SCORES)
def test_each_mistake_of_a_model_that_gives_only_scores_has_its_sentence(scored, mistaken):
    scored["networks"]["mine"]["class"] = f"{__name__}.{mistaken.__name__}"
    with pytest.raises(UserError) as caught:
        look_at(load(scored), "mine")
    assert str(caught.value).startswith(f"networks.mine: {__name__}.{mistaken.__name__} ")
    assert MISTAKEN_SCORES[mistaken] in str(caught.value)


def test_scores_without_a_gradient_pass(scored):
    scored["networks"]["mine"]["class"] = f"{__name__}.Scores"
    look_at(load(scored), "mine")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (REPEATS, None),
        (REPEATS.replace("waveform.std()", "'nan'"), "not finite"),
        (REPEATS.replace("waveform.std(),", ""), "gives 1 scores for a recording, but has 2 lab"),
        ("import random\nwhile True: input(); print(random.random(), 0, sep=',')", "second time"),
        ("while True: input(); print('1,2'); print('3,4')", "more than it is asked for"),
        (f"{REPEATS}\nimport time; time.sleep(0.5); print('3,4')", "more than it is asked for"),
    ],
)
def test_a_program_is_looked_at_as_a_class_and_ended(scored, code, said):
    scored["networks"]["mine"] = {
        "command": [sys.executable, "-c", code],
        "labels": ["a", "b"],
        "timeout": 20,
    }
    before = set(Path(tempfile.gettempdir()).glob("mishear-*"))
    if said is None:
        look_at(load(scored), "mine")
    else:
        with pytest.raises(UserError, match=f"networks.mine.*{said}"):
            look_at(load(scored), "mine")
    assert not {*Path(tempfile.gettempdir()).glob("mishear-*")} - before


@pytest.fixture
def study(raw):
    raw["networks"]["mine"] = {"class": "PaperCNN"}
    raw["study"]["networks"] = ["mine"]
    return raw


def test_a_mistake_stops_the_plan_until_the_code_is_another(study, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    code = "from torch import nn\nclass Mine(nn.Module):\n    def __init__(self, classes):\n"
    code += "        super().__init__()\n        self.layer = nn.LazyLinear(classes)\n"
    code += "    def forward(self, inputs):\n        return self.layer(inputs.flatten(1))"
    module = tmp_path / "own_networks_of_a_test.py"
    module.write_text(code)
    study["networks"]["mine"]["class"] = "own_networks_of_a_test.Mine"
    checked_settings(study, tmp_path / "cache")
    before = len(list((tmp_path / "cache").iterdir()))
    checked_settings(study, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == before == 1
    module.write_text(f"{code}.detach()")
    for each in (*vars(hashing).values(), *vars(following).values()):
        if hasattr(each, "cache_clear"):
            each.cache_clear()
    with pytest.raises(UserError, match="networks.mine: own_networks_of_a_test.Mine passes no gra"):
        checked_settings(study, tmp_path / "cache")


def test_a_trained_model_is_tried_with_its_own_weights(study, tmp_path):
    file = tmp_path / "mine.safetensors"
    definition = {"class": f"{__name__}.Fixed", "weights": str(file), "labels": ["a", "b"]}
    study["networks"]["mine"] = definition
    save_file(Fixed().state_dict(), file)
    look_at(load(study), "mine")
    save_file({"layer.weight": torch.ones(2, 30)}, file)
    with pytest.raises(UserError, match="the file lacks 'layer.bias', which Fixed needs"):
        look_at(load(study), "mine")
    save_file({"layer.weight": torch.ones(2, 30), "layer.bias": torch.full((2,), torch.nan)}, file)
    with pytest.raises(UserError, match="gives scores that are not finite"):
        look_at(load(study), "mine")


class Fixed(nn.Module):
    """A network whose constructor does not ask for the number of classes."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(30, 2)

    def forward(self, inputs):
        return self.layer(functional.adaptive_avg_pool2d(inputs, (6, 5)).flatten(1))


def test_a_look_leaves_the_random_numbers_as_they_were(study):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    look_at(load(study), "mine")
    assert torch.equal(torch.rand(1), expected)


def test_the_number_of_classes_is_the_sources_the_indexs_or_a_stand_in(raw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert number_of_classes(load(raw), "paper-cnn") == 10
    raw["corpora"]["own"] = {"source": "folder", "path": ".", "pattern": "(?P<label>.)"}
    raw["study"]["corpora"] = ["own"]
    assert number_of_classes(load(raw), "paper-cnn") == 10
    rows = [dict.fromkeys(INDEX.names, 1) | {"label": name, "recording": name} for name in "abc"]
    INDEX.write(rows, tmp_path / "results/corpora/own/index.csv")
    assert number_of_classes(load(raw), "paper-cnn") == 3


def test_noise_has_the_shape_of_the_front_ends_features(raw):
    assert features_of_noise(load(raw), "mel64").shape == (4, 1, 64, 48)


def test_a_network_is_tried_with_the_front_ends_that_it_is_combined_with(raw):
    raw["front_ends"]["samples"] = {"class": "Waveform", "sample_rate": 8000}
    raw["networks"]["m5"] = {"class": "M5", "params": {"channels": 4}}
    study = raw["study"]
    study |= {"front_ends": ["mel64", "samples"], "networks": ["paper-cnn", "m5"]}
    with pytest.raises(UserError, match="networks.m5: M5 does not take .*1, 64, 48.*'mel64'"):
        look_at(load(raw), "m5")
    study["victims"] = [
        {"front_ends": ["mel64"], "networks": ["paper-cnn"]},
        {"front_ends": ["samples"], "networks": ["m5"]},
    ]
    look_at(load(raw), "m5")
    look_at(load(raw), "paper-cnn")
