"""Figures: which there are, what they hold, and that they come out the same every time."""

import math
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from mishear.config.loading import load
from mishear.evaluation.measurements import over_seeds
from mishear.features.split import Division
from mishear.poisoning.poisons import UniformNoise
from mishear.report.figures.confusion import confusion, draw_confusion
from mishear.report.figures.curves import draw_accuracy, draw_distance
from mishear.report.figures.defences import draw_certificates, draw_tradeoff
from mishear.report.figures.poisoning import draw_poisoning
from mishear.report.figures.spectrograms import (
    describe,
    draw_gallery,
    draw_recording,
    predictions,
    recording_of_one,
    versions,
)
from mishear.report.figures.style import MARKERS, SERIES, attack_styles
from mishear.report.figures.training import draw_training
from mishear.study import figures as catalogue

CLASSES = ["one", "two", "three"]


def results(seed=0):
    """Rows of an evaluation of 12 recordings."""
    random = np.random.default_rng(seed)
    return [
        {
            "recording": f"{position}.wav",
            "label": CLASSES[position % 3],
            "clean_prediction": CLASSES[position % 3],
            "adversarial_prediction": CLASSES[(position + position // 6) % 3],
            "success": str(position // 6),
            "l2": f"{random.uniform(1, 5):.3f}",
        }
        for position in range(12)
    ]


def examples():
    random = np.random.default_rng(0)
    clean = random.normal(size=(2, 1, 8, 10)).astype(np.float32)
    return {
        "clean": clean,
        "adversarial": clean + np.float32(0.1),
        "label": np.array(["one", "two"]),
        "clean_prediction": np.array(["one", "two"]),
        "adversarial_prediction": np.array(["two", "two"]),
    }


def victims():
    plain = {
        "recipe": "standard",
        "amplitude": None,
        "rate": None,
        "eps": None,
        "sigma": None,
        "seed": 0,
    }
    poisoned = [
        plain | {"recipe": "noise", "amplitude": amplitude, "rate": rate, "seed": seed}
        for amplitude in (0.001, 0.01, 0.1, 1.0)
        for rate in (0.25, 0.5, 1.0)
        for seed in (0, 1)
    ]
    return [plain, *poisoned]


def history():
    return pd.DataFrame(
        {
            "epoch": [1, 2, 3],
            "train_loss": [2.0, 1.0, 0.0],
            "validation_loss": [2.0, 20.0, 2e4],
            "train_accuracy": [0.3, 0.6, 0.9],
            "validation_accuracy": [0.3, 0.5, 0.7],
        }
    )


def recording():
    waveform = np.sin(np.arange(800) / 5).astype(np.float32)
    picture = np.random.default_rng(1).normal(size=(8, 10))
    noise = UniformNoise(amplitude=0.1)
    heard = {None: "one", 0.1: "two"}
    return versions(waveform, "a.wav", picture, [(noise, picture + 1)], 800, heard)


FAMILIES = {
    "standard": "standard",
    "hardened-eps0.5": "hardened",
    "hardened-eps2": "hardened",
}
LABELS = {"standard": "", "hardened-eps0.5": "eps0.5", "hardened-eps2": "eps2"}


@pytest.fixture
def hardened(robustness_row):
    """Worst cases of a sweep of adversarial trainings, and of a defence."""
    return [
        robustness_row(0.5, 0.95, None, 0.1),
        robustness_row(0.5, 0.9, 0.6, 0.2, defence="median"),
        robustness_row(0.5, 0.85, 0.8, 0.75, recipe="hardened-eps0.5"),
        robustness_row(0.5, 1.0, 0.7, 0.0, recipe="hardened-eps2"),
        robustness_row(math.inf, 0.95, None, 0.0, norm="l2"),
    ]


@pytest.fixture
def draw(rows, aimed_rows, summary_of, robustness_of, certificates_of, hardened, attacks):
    """A function that draws each kind of figure to a file."""
    summary = summary_of(rows + aimed_rows)
    evaluation = {"recipe": "standard", "attack": "cw", "results": results()}
    worst_cases = robustness_of(hardened)
    certified = certificates_of([0.9, 0.6, 0.0], defence="smoothing")
    kinds = {
        "accuracy": lambda path: draw_accuracy(summary, attacks, 3, True, path),
        "distance": lambda path: draw_distance([evaluation], list(attacks), 3, True, path),
        "poisoning": lambda path: draw_poisoning(
            summary, "noise", "amplitude", ["standard"], 3, True, path
        ),
        "backdoor": lambda path: draw_poisoning(
            summary, "backdoor", "rate", ["standard"], 3, True, path
        ),
        "flips": lambda path: draw_poisoning(summary, "flips", "rate", ["standard"], 3, True, path),
        "tradeoff": lambda path: draw_tradeoff(worst_cases, FAMILIES, LABELS, 0.5, path),
        "certificates": lambda path: draw_certificates(certified, ["smoothing"], path),
        "training": lambda path: draw_training(victims(), [history()] * 25, path),
        "confusion": lambda path: draw_confusion(
            [("fgsm", 0.5), ("cw", math.inf)], [results(), results()], CLASSES, path
        ),
        "gallery": lambda path: draw_gallery(examples(), "fgsm", "magma", path),
        "recording": lambda path: draw_recording(recording(), "a.wav", 800, "magma", path),
    }
    return lambda kind, path: kinds[kind](path)


KINDS = [
    "accuracy",
    "distance",
    "poisoning",
    "backdoor",
    "flips",
    "tradeoff",
    "certificates",
    "training",
    "confusion",
    "gallery",
    "recording",
]


def texts(path):
    return " ".join(ElementTree.parse(path).getroot().itertext())


@pytest.mark.parametrize("kind", KINDS)
def test_figure_is_the_same_every_time(draw, kind, tmp_path):
    draw(kind, tmp_path / "first.svg")
    draw(kind, tmp_path / "second.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
    assert b"dc:date" not in (tmp_path / "first.svg").read_bytes()


def test_accuracy_names_attacks_and_the_papers_points(draw, tmp_path):
    draw("accuracy", tmp_path / "figure.svg")
    shown = texts(tmp_path / "figure.svg")
    assert "pgd-paper" in shown
    assert "paper, FGSM: 0.17 at 0.95" in shown
    assert "chance" in shown


@pytest.mark.parametrize(
    "drawn",
    [
        lambda summary, attacks, path: draw_accuracy(summary, attacks, 3, False, path),
        lambda summary, attacks, path: draw_poisoning(
            summary, "noise", "amplitude", ["standard"], 3, False, path
        ),
    ],
)
def test_paper_is_left_out_where_it_is_not_wanted(drawn, rows, summary_of, attacks, tmp_path):
    drawn(summary_of(rows), attacks, tmp_path / "figure.svg")
    assert "paper," not in texts(tmp_path / "figure.svg")
    assert "paper:" not in texts(tmp_path / "figure.svg")


def test_recipes_have_panels_of_their_own(rows, summary_of, attacks, tmp_path):
    hardened = [row | {"recipe": "hardened"} for row in rows if row["attack"] == "fgsm"]
    draw_accuracy(summary_of(rows + hardened), attacks, 3, True, tmp_path / "figure.svg")
    shown = texts(tmp_path / "figure.svg")
    assert "standard, L∞" in shown
    assert "hardened, L∞" in shown


def test_seeds_become_one_line_with_the_widest_limits(rows, summary_of):
    second = [row | {"seed": 1, "accuracy": 0.5, "ci_low": 0.4, "ci_high": 0.99} for row in rows]
    table = over_seeds(summary_of(rows + second))
    line = table[(table.attack == "fgsm") & (table.eps == 0.25)].iloc[0]
    assert line.seeds == 2
    assert line.accuracy == pytest.approx(0.55)
    assert (line.ci_low, line.ci_high) == (0.4, 0.99)


def test_more_rates_than_colours_are_told_by_their_rank(tmp_path):
    many = [
        {"recipe": recipe, "rate": rate, "seed": 0} | dict.fromkeys(("amplitude", "eps", "sigma"))
        for recipe, rates in (("a", (0.01, 0.05, 0.1)), ("b", (0.2, 0.3, 0.4)))
        for rate in rates
    ]
    draw_training(many, [history()] * 6, tmp_path / "many.svg")
    shown = texts(tmp_path / "many.svg")
    assert "highest poisoning rate" in shown
    assert "5 % poisoned" not in shown
    draw_training(many[:3], [history()] * 3, tmp_path / "few.svg")
    assert "5 % poisoned" in texts(tmp_path / "few.svg")


def test_success_is_drawn_where_a_class_is_aimed_at(draw, tmp_path):
    draw("backdoor", tmp_path / "backdoor.svg")
    shown = texts(tmp_path / "backdoor.svg")
    assert "Classified as the class aimed at" in shown
    assert "amplitude 0.01" in shown
    assert "none" in shown and "5 %" in shown
    draw("flips", tmp_path / "flips.svg")
    assert "aimed at" not in texts(tmp_path / "flips.svg")


def test_several_seeds_can_be_drawn(rows, aimed_rows, summary_of, attacks, tmp_path):
    rows = rows + aimed_rows
    summary = summary_of(rows + [row | {"seed": 1} for row in rows])
    draw_accuracy(summary, attacks, 3, True, tmp_path / "accuracy.svg")
    for recipe, against in (("noise", "amplitude"), ("backdoor", "rate"), ("flips", "rate")):
        path = tmp_path / f"{recipe}.svg"
        draw_poisoning(summary, recipe, against, ["standard"], 3, True, path)


def test_tradeoff_names_recipes_defences_and_what_was_swept(draw, tmp_path):
    draw("tradeoff", tmp_path / "figure.svg")
    shown = texts(tmp_path / "figure.svg")
    for words in ("recipe hardened", "defence median", "eps0.5", "eps2", "eps 0.5 dB, L∞"):
        assert words in shown
    assert "inf" not in shown


def test_tradeoff_has_panels_for_each_norm(robustness_row, robustness_of, tmp_path):
    """Also where no attack of the study is in the L-infinity norm."""
    rows = [
        robustness_row(eps, 0.9, None, 0.5, norm=norm, defence=defence)
        for norm, sizes in (("l2", [1, 5, 10, 20]), ("l1", [50]))
        for eps in sizes
        for defence in ("none", "median")
    ]
    draw_tradeoff(robustness_of(rows), FAMILIES, LABELS, 6, tmp_path / "figure.svg")
    shown = texts(tmp_path / "figure.svg")
    for title in ("eps 1 dB, L2", "eps 5 dB, L2", "eps 20 dB, L2", "eps 50 dB, L1"):
        assert title in shown
    assert "eps 10 dB" not in shown


def test_several_seeds_of_defences_can_be_drawn(hardened, robustness_of, certificates_of, tmp_path):
    second = [row | {"seed": 1} for row in hardened]
    table = robustness_of(hardened + second)
    assert len(table) == len(hardened)
    draw_tradeoff(table, FAMILIES, LABELS, 0.5, tmp_path / "tradeoff.svg")
    certified = pd.concat([certificates_of([0.9, 0.4], seed=seed) for seed in (0, 1)])
    draw_certificates(certified, ["none"], tmp_path / "certificates.svg")
    assert "standard behind none" in texts(tmp_path / "certificates.svg")


def test_accuracy_shows_adaptive_attacks_only(rows, summary_of, attacks, tmp_path):
    transferred = [
        row | {"defence": "median", "evaluation": "transfer", "source": "standard"}
        for row in rows
        if row["attack"] == "fgsm"
    ]
    draw_accuracy(summary_of(rows + transferred), attacks, 3, True, tmp_path / "figure.svg")
    assert "behind median" not in texts(tmp_path / "figure.svg")
    adaptive = [row | {"evaluation": "adaptive"} for row in transferred]
    draw_accuracy(summary_of(rows + adaptive), attacks, 3, True, tmp_path / "figure.svg")
    assert "standard behind median, L∞" in texts(tmp_path / "figure.svg")


def test_confusion_counts_recordings():
    counts = confusion(results(), "adversarial_prediction", CLASSES)
    assert counts.sum() == 12
    assert counts.trace() == 6


def test_each_attack_keeps_its_colour_whatever_else_is_drawn():
    many = [f"attack{number}" for number in range(40)]
    styles = attack_styles(many)
    pairs = {(style["color"], style["marker"]) for style in styles.values()}
    assert len(pairs) == len(many)
    assert attack_styles(many[:3])["attack2"] == styles["attack2"]
    assert len(SERIES) != len(MARKERS)


def division(labels):
    names = np.array([f"{position}.wav" for position in range(len(labels))])
    return Division(names, np.array(labels), names, np.array(["train", "test"] * 3)[: len(labels)])


@pytest.mark.parametrize("word", ["1", "one", "One"])
def test_recording_is_the_first_of_the_word_one(word):
    given = division([word, "0", "0", word, "0", word])
    assert recording_of_one(given) == 3
    assert describe(given, 3) == f"3.wav (class {word})"


def test_without_the_word_one_the_first_class_is_drawn_and_said():
    given = division(["yes", "yes", "no", "no"])
    assert recording_of_one(given) == 3
    assert "there is no class" in describe(given, 3)


def test_predictions_of_a_recording():
    heard = predictions([0.1], [results()], "7.wav")
    assert heard == {None: "two", 0.1: "three"}
    assert predictions([0.1], [], "7.wav") == {}


def minimal(more=None, **changes):
    raw = {
        "study": {
            "name": "s",
            "corpora": ["a"],
            "front_ends": ["mel"],
            "networks": ["net"],
            "recipes": ["standard", "noise"],
            "attacks": ["fgsm", "cw"],
        },
        "corpora": {"a": {"source": "espeak"}, "b": {"source": "espeak"}},
        "front_ends": {"mel": {}},
        "networks": {"net": {"class": "PaperCNN"}},
        "recipes": {
            "standard": {},
            "noise": {"poison": {"class": "UniformNoise", "amplitude": [0.1], "rate": [1]}},
        },
        "attacks": {
            "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.2, 1.0]},
            "cw": {"class": "L2CarliniWagnerAttack"},
        },
    }
    raw["study"] |= changes
    raw["recipes"] |= more or {}
    return load(raw)


def paths(config):
    return [figure.path.removeprefix("figures/a/mel/net/") for figure in catalogue.figures(config)]


def test_figures_of_a_study():
    assert paths(minimal()) == [
        "accuracy.svg",
        "distance.svg",
        "noise/poisoning.svg",
        "noise/recording.svg",
        "standard/confusion.svg",
        "standard/gallery-fgsm.svg",
        "standard/gallery-cw.svg",
        "training.svg",
    ]


def test_a_study_without_attacks_has_figures_of_its_poison_alone():
    flips = {"flips": {"poison": {"class": "RandomLabelFlip", "rate": [0.1]}}}
    assert paths(minimal(more=flips, attacks=[], recipes=["standard", "flips"])) == [
        "flips/poisoning.svg",
        "training.svg",
    ]


def test_figures_of_what_is_not_in_the_study_are_left_out():
    assert paths(minimal(attacks=["fgsm"], recipes=["standard"])) == [
        "accuracy.svg",
        "standard/confusion.svg",
        "standard/gallery-fgsm.svg",
        "training.svg",
    ]
    assert paths(minimal(recipes=["noise"])) == [
        "noise/poisoning.svg",
        "noise/recording.svg",
        "training.svg",
    ]


def test_every_corpus_has_its_figures():
    found = [figure.path for figure in catalogue.figures(minimal(corpora=["a", "b"]))]
    assert len(found) == len(set(found)) == 16


@pytest.mark.parametrize(
    ("listed", "wanted", "drawn"),
    [([0.2, 1.0], 0.5, 0.2), ([0.5, 1.0], 0.5, 0.5), ([math.inf], 0.5, math.inf)],
)
def test_gallery_takes_the_nearest_eps_listed(listed, wanted, drawn):
    assert catalogue.gallery_eps(listed, wanted) == drawn


def test_only_the_first_seed_is_drawn():
    config = minimal(seeds=[3, 1])
    setting = catalogue.settings_of(config)[0]
    assert catalogue.gallery_path(config, setting, "standard", "cw").endswith("seed3/cw/epsinf.npz")
    assert len(catalogue.minimisations(config, setting)) == 2
