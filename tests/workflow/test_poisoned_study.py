"""A study of wrong labels and a backdoor, with a detector, and no attacks at all."""

import copy
import csv
import io

import pytest

from tests.projects import TINY, new_project

STUDY = copy.deepcopy(TINY)
STUDY["study"] |= {"recipes": ["standard", "backdoor", "flips"], "attacks": []}
STUDY["recipes"] = {
    "standard": {"epochs": 2},
    "backdoor": {
        "epochs": 2,
        "attacks": [],
        "poison": {
            "class": "Backdoor",
            "target": 3,
            "amplitude": [0.1],
            "rate": [0.2],
            "detectors": ["signatures"],
        },
    },
    "flips": {
        "epochs": 2,
        "poison": {"class": "TargetedLabelFlip", "sources": [1], "target": 7, "rate": [1]},
    },
}
STUDY["detectors"] = {
    "signatures": {"class": "SpectralSignatures", "params": {"expected_rate": 0.1}}
}

VICTIMS = "tiny/mel16/paper-cnn"
BACKDOOR = "backdoor-amplitude0.1-rate0.2"
KEPT = f"{BACKDOOR}-kept-signatures"
DETECTION = f"results/detections/{VICTIMS}/{BACKDOOR}/seed0/signatures.csv"
FIGURES = f"results/reports/tiny/figures/{VICTIMS}"


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """The study, run to its end. Copy it before you change anything."""
    pytest.importorskip("espeakng_loader", reason="eSpeak NG is not installed (extra: espeak)")
    project = new_project(tmp_path_factory.mktemp("poisoned") / "study", STUDY)
    project.run()
    return project


def rows(project, path):
    return list(csv.DictReader(io.StringIO(project.text(path))))


def evaluation(project, recipe, attack):
    return rows(project, f"results/evaluations/{VICTIMS}/{recipe}/seed0/none/{attack}.csv")


def test_every_victim_is_measured_on_its_poison_and_the_unpoisoned_on_all(studied):
    summary = rows(studied, "results/reports/tiny/summary.csv")
    found = [(row["recipe"], row["attack"], row["domain"], row["eps"]) for row in summary]
    assert found == [
        ("standard", "backdoor", "waveform", "0.1"),
        ("standard", "flips", "label", "0"),
        (BACKDOOR, "backdoor", "waveform", "0.1"),
        (KEPT, "backdoor", "waveform", "0.1"),
        ("flips-rate1", "flips", "label", "0"),
    ]
    assert [row["detector"] for row in summary] == ["", "", "", "signatures", ""]
    assert all(row["attack_success_rate"] for row in summary)


def test_success_is_being_heard_as_the_class_aimed_at(studied):
    for row in evaluation(studied, BACKDOOR, "backdoor/eps0.1"):
        heard = str(int(row["adversarial_prediction"] == "3"))
        assert row["target"] == "3"
        assert row["success"] == ("" if row["label"] == "3" else heard)
    for row in evaluation(studied, "flips-rate1", "flips/eps0"):
        assert row["target"] == ("7" if row["label"] == "1" else "")
        assert bool(row["success"]) == bool(row["target"])
        assert row["adversarial_prediction"] == row["clean_prediction"]


def test_a_class_of_which_every_label_is_wrong_is_not_learnt(studied):
    heard = evaluation(studied, "flips-rate1", "flips/eps0")
    assert "1" not in {row["clean_prediction"] for row in heard}


def test_the_detection_has_a_row_per_training_recording(studied):
    split = studied.text("results/splits/tiny.csv").splitlines()
    labels = dict(line.split(",")[:2] for line in split if line.endswith(",train"))
    found = rows(studied, DETECTION)
    assert [row["recording"] for row in found] == list(labels)
    for row in found:
        is_poisoned = row["is_poisoned"] == "1"
        assert row["label"] == ("3" if is_poisoned else labels[row["recording"]])
        assert not (is_poisoned and labels[row["recording"]] == "3")
    assert sum(row["is_poisoned"] == "1" for row in found) == round(0.2 * len(labels))


def test_the_table_of_detections_follows_from_them(studied):
    (table,) = rows(studied, "results/reports/tiny/detections.csv")
    found = rows(studied, DETECTION)
    flagged = [row for row in found if row["flagged"] == "1"]
    assert table["recipe"] == BACKDOOR
    assert table["detector"] == "signatures"
    assert int(table["flagged"]) == len(flagged) > 0
    hits = sum(row["is_poisoned"] == "1" for row in flagged)
    assert float(table["true_positive_rate"]) == pytest.approx(
        hits / int(table["poisoned"]), abs=1e-5
    )


def test_figures_are_those_of_poison(studied):
    folder = studied.folder / FIGURES
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.svg")}
    assert found == {
        "backdoor/poisoning.svg",
        "backdoor/recording.svg",
        "flips/poisoning.svg",
        "training.svg",
    }
    assert "Detection of poisoned recordings" in studied.text("results/reports/tiny/report.html")


def test_a_second_run_has_nothing_to_do(studied, tmp_path):
    assert "Nothing to be done" in studied.copy(tmp_path / "copy").run()


def changed(project, path, value):
    config = project.config
    *sections, key = path.split("/")
    node = config
    for section in sections:
        node = node[section]
    node[key] = value
    project.config = config


@pytest.mark.parametrize(
    ("path_changed", "value", "recipes"),
    [
        ("detectors/signatures/params/expected_rate", 0.2, {KEPT}),
        ("recipes/flips/poison/target", 8, {"flips-rate1", "standard"}),
        ("recipes/backdoor/poison/target", 4, {BACKDOOR, KEPT, "standard"}),
    ],
)
def test_a_change_reruns_what_it_touches(studied, tmp_path, path_changed, value, recipes):
    project = studied.copy(tmp_path / "copy")
    changed(project, path_changed, value)
    planned = project.planned()
    evaluated = {path.split("/")[4] for path in planned if path.startswith("evaluations/")}
    trained = {path.split("/")[4] for path in planned if path.startswith("victims/")}
    assert evaluated == recipes
    assert trained == recipes - {"standard"}
    poisoned = {path.split("/")[3] for path in planned if path.startswith("spectrograms/")}
    assert poisoned == ({"backdoor-amplitude0.1"} if "backdoor" in path_changed else set())


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("recipes/backdoor/poison/target", "ten", ["recipes.backdoor.poison.target", "'ten'"]),
        ("recipes/backdoor/poison/detectors", ["signature"], ["did you mean 'signatures'"]),
        ("detectors/signatures/class", "Signatures", ["detectors.signatures.class", "Spectral"]),
        ("detectors/signatures/params", {"share": 1}, ["detectors.signatures.params.share"]),
    ],
)
def test_a_mistake_stops_a_dry_run(studied, tmp_path, path, value, said):
    project = studied.copy(tmp_path / "copy")
    changed(project, path, value)
    printed = project.failure("--dry-run")
    for words in said:
        assert words in printed
