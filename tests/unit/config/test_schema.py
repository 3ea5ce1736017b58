"""A config mistake is found before any job, and its message says where and what is allowed."""

import copy
from pathlib import Path

import pytest
import yaml
from snakemake.utils import update_config

from mishear.config.schema import load
from mishear.core.errors import UserError

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture
def raw():
    return yaml.safe_load((CONFIG / "config.yaml").read_text())


@pytest.mark.parametrize(
    "name", ["config.yaml", "fsdd.yaml", "paper.yaml", "defences.yaml", "poisoning.yaml"]
)
def test_shipped_configs_are_valid(raw, name):
    on_top = yaml.safe_load((CONFIG / name).read_text())
    update_config(raw, on_top)
    assert load(raw).study.name == {"config.yaml": "demo"}.get(name, name.removesuffix(".yaml"))


def test_the_readmes_example_is_valid(raw):
    readme = (CONFIG.parent / "README.md").read_text()
    example = yaml.safe_load(readme.split("```yaml")[1].split("```")[0])
    for section, content in example.items():
        raw[section] = {**raw.get(section, {}), **content}
    assert load(raw).split.by == "speaker"


def test_the_default_grid_is_the_papers(raw):
    attacks = load(raw).attacks
    grid = [round(0.05 * step, 2) for step in range(1, 21)]
    assert attacks["fgsm"].eps == attacks["pgd-paper"].eps == attacks["pgd"].eps == grid
    assert attacks["pgd-paper"].params == {"abs_stepsize": 0.1, "steps": 5}
    assert attacks["cw"].params == {"stepsize": 0.01, "steps": 200, "binary_search_steps": 9}


def test_text_from_the_command_line_becomes_numbers(raw):
    raw["study"]["seeds"] = ["0", "1"]
    raw["corpora"]["espeak"]["speakers"] = "6"
    raw["recipes"]["standard"]["learning_rate"] = "1e-3"
    config = load(raw)
    assert config.study.seeds == [0, 1]
    assert config.corpora["espeak"].speakers == 6
    assert config.recipes["standard"].learning_rate == 0.001


MEDIAN = {"class": "MedianSmoothing"}


def put(path, value):
    def change(raw):
        *sections, key = path.split("/")
        node = raw
        for section in sections:
            node = node.setdefault(section, {})
        node[key] = value

    return change


def flips(**poison):
    return studied("flips", {"class": "RandomLabelFlip", "rate": [0.1], **poison})


def studied(name, poison):
    def change(raw):
        raw["recipes"][name] = {"poison": poison}
        raw["study"]["recipes"] = ["standard", name]

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("attacks/fgsm/epz", [1]), ["attacks.fgsm.epz", "did you mean 'eps'", "class, params"]),
        (put("studdy", {}), ["studdy", "did you mean 'study'", "Allowed here: study, corpora"]),
        (put("corpora/espeak/speekers", 3), ["corpora.espeak.speekers", "'speakers'"]),
        (put("recipes/noise/poison/amplitud", 1), ["recipes.noise.poison.amplitud", "amplitude"]),
        (put("attacks/fgsm/eps", [-0.1]), ["attacks.fgsm.eps", "-0.1", "above 0"]),
        (put("attacks/fgsm/budget", "snr"), ["attacks.fgsm.budget", "domain: waveform"]),
        (
            put("attacks/fgsm", {"class": "L2PGD", "domain": "waveform", "budget": "snr"}),
            ["attacks.fgsm.eps", "list of ratios"],
        ),
        (put("attacks/fgsm/domain", "sound"), ["attacks.fgsm.domain", "'sound'", "'waveform'"]),
        (put("listening", {"recognisers": ["no"]}), ["listening.recognisers", "'no'"]),
        (
            put("listening", {"recognisers": [], "inversion": {"attacks": ["no"]}}),
            ["listening.inversion.attacks", "'no'", "Defined: "],
        ),
        (put("attacks/fgsm/eps", [0.1, 0.1]), ["attacks.fgsm.eps", "more than once: 0.1"]),
        (put("attacks/fgsm/eps", ["much"]), ["attacks.fgsm.eps.0", "'much'", "number"]),
        (put("attacks/fgsm/domain", "image"), ["attacks.fgsm.domain", "'image'", "spectrogram"]),
        (put("study/attacks", ["fgms"]), ["study.attacks", "'fgms'", "did you mean 'fgsm'"]),
        (put("study/corpora", ["librispeech"]), ["'librispeech' is not defined", "Defined: es"]),
        (put("study/defences", ["magic"]), ["study.defences", "'magic'", "Defined: none"]),
        (put("study/seeds", [-1]), ["study.seeds.0", "-1"]),
        (put("study/name", "../up"), ["study.name", "'../up'", "no name"]),
        (put("corpora/x", {"source": "zip"}), ["corpora.x.source", "'zip'", "'folder'"]),
        (put("corpora/x", {}), ["corpora.x.source", "needed"]),
        (
            put("corpora/x", {"source": "folder", "path": "p", "pattern": "("}),
            ["corpora.x.pattern", "not a regular expression"],
        ),
        (
            put("corpora/x", {"source": "folder", "path": "p", "pattern": "a"}),
            ["corpora.x.pattern", "group named 'label'"],
        ),
        (put("corpora/fsdd/sha256", "abc"), ["corpora.fsdd.sha256", "'abc'"]),
        (put("split/train", 0.9), ["split", "train + validation + test is 1.1"]),
        (put("recipes/standard/attacks", ["no"]), ["recipes.standard.attacks", "'no'"]),
        (put("recipes/fgsm", {"poison": {"class": "Mine", "rate": [1]}}), ["same name"]),
        (put("recipes/a", {"adversarial": {"eps": []}}), ["recipes.a.adversarial.eps", "1 item"]),
        (put("recipes/a", {"adversarial": {"eps": [0]}}), ["recipes.a.adversarial.eps.0"]),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "method": "trades"}}),
            ["recipes.a.adversarial", "needs a beta"],
        ),
        (
            put("recipes/a", {"adversarial": {"eps": [1], "beta": 6}}),
            ["recipes.a.adversarial", "pgd has no beta"],
        ),
        (
            put(
                "recipes/a/adversarial",
                {"eps": [1], "method": "trades", "beta": 6, "random_start": False},
            ),
            ["recipes.a.adversarial", "random_start: true"],
        ),
        (put("recipes/noise/noise", {"sigma": [1, 3]}), ["recipes.noise", "recipe for each"]),
        (put("recipes/noise/adversarial", {"eps": [1, 3]}), ["recipes.noise", "recipe for each"]),
        (
            put("recipes/noise/poison", {"amplitude": [1], "rate": [1]}),
            ["recipes.noise.poison.class", "needed"],
        ),
        (
            put("recipes/noise/poison", {"class": "UniformNoise"}),
            ["recipes.noise.poison.rate", "needed"],
        ),
        (put("recipes/noise/poison/kind", "uniform"), ["recipes.noise.poison.kind", "unknown key"]),
        (flips(sources=[1]), ["recipes.flips.poison", "sources need a target"]),
        (flips(target=1, sources=[1]), ["target '1' is among the sources"]),
        (flips(target=True), ["recipes.flips.poison.target", "in quotes"]),
        (flips(detectors=["x"]), ["recipes.flips.poison.detectors", "'x'", "Defined: none"]),
        (flips(amplitude=[0]), ["recipes.flips.poison.amplitude.0", "0"]),
        (flips(rate=[1.5]), ["recipes.flips.poison.rate.0", "1.5"]),
        (put("recipes/standard/defences", ["no"]), ["recipes.standard.defences", "'no'"]),
        (put("recipes/standard/defences", []), ["recipes.standard.defences", "1 item"]),
        (
            put("defences", {"m": MEDIAN, "both": {"chain": ["m", "mm"]}}),
            ["defences.both.chain", "'mm' is not defined", "did you mean 'm'"],
        ),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m"]}, "b": {"chain": ["a", "m"]}}),
            ["defences.b.chain", "'a' is a chain itself"],
        ),
        (put("defences", {"a": {"chain": ["a"]}}), ["defences.a.chain", "a chain itself"]),
        (
            put("defences", {"a": {"chain": ["none"]}}),
            ["defences.a.chain", "'none'", "not defined"],
        ),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m", "m"]}}),
            ["defences.a.chain", "more than once: m"],
        ),
        (put("defences", {"a": {"chain": []}}), ["defences.a.chain", "1 item"]),
        (put("defences", {"none": MEDIAN}), ["defences.none", "stands for no defence"]),
        (put("defences", {"a": {**MEDIAN, "chain": ["b"]}}), ["defences.a", "'class' or 'chain'"]),
        (put("defences", {"a": {}}), ["defences.a", "'class' or 'chain'"]),
        (
            put("defences", {"m": MEDIAN, "a": {"chain": ["m"], "params": {"size": 3}}}),
            ["defences.a", "'params' belong to a 'class'"],
        ),
        (put("defences", {"m@x": MEDIAN}), ["'m@x'", "no name"]),
        (
            put("defences", {"a": {**MEDIAN, "certificate": {"confidence": 0.4}}}),
            ["defences.a.certificate.confidence", "0.4", "0.5"],
        ),
        (put("study/evaluation", []), ["study.evaluation", "1 item"]),
        (put("study/evaluation", ["adaptiv"]), ["study.evaluation.0", "'adaptiv'", "'adaptive'"]),
        (put("checks/attacks", ["fgms"]), ["checks.attacks", "'fgms'", "did you mean 'fgsm'"]),
        (put("checks/more", 1), ["checks.more", "1", "2"]),
        (put("checks/eps", 0), ["checks.eps", "0"]),
        (put("device", "gpu"), ["device", "'gpu'", "cuda"]),
        (put("attacks/fgsm", "FGSM"), ["attacks.fgsm", "'FGSM'"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    change(raw)
    with pytest.raises(UserError) as error:
        load(raw)
    for words in said:
        assert words in str(error.value)


def test_classes_may_be_given_as_numbers(raw):
    flips(target=7, sources=[1, "2"])(raw)
    poison = load(raw).recipes["flips"].poison
    assert (poison.target, poison.sources) == ("7", ["1", "2"])


def test_all_mistakes_are_listed_at_once(raw):
    broken = copy.deepcopy(raw)
    broken["attacks"]["fgsm"]["epz"] = 1
    broken["device"] = "gpu"
    with pytest.raises(UserError, match=r"2 mistake\(s\)"):
        load(broken)
