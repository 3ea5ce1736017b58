"""The tiny study with defences: attacked by transfer and adaptively, certified, and checked."""

import copy
import csv
import io
from typing import get_args

import numpy as np
import pytest

from mishear.evaluation.checks.verdicts import Verdict
from mishear.evaluation.evaluated import Evaluated
from mishear.evaluation.results import read_results
from mishear.evaluation.worst_case import worst_case
from tests.browsing import text_cut_off
from tests.workflow.test_reruns import planned
from tests.workflow.test_tiny_study import VICTIM

REPORT = "results/reports/tiny"
SETTING = "tiny/mel16/paper-cnn"
HARDENED = f"{SETTING}/hardened-eps0.5/seed0"

DEFENDED = {
    "recipes": {
        "standard": {"epochs": 2},
        "hardened": {
            "epochs": 1,
            "adversarial": {"eps": [0.5], "steps": 2},
            "defences": ["none"],
        },
    },
    "defences": {
        "median": {"class": "MedianSmoothing"},
        "noise": {
            "class": "RandomisedSmoothing",
            "params": {"sigma": 3, "votes": 5, "gradient_samples": 2},
        },
        "noise-median": {
            "chain": ["noise", "median"],
            "certificate": {"selection": 10, "samples": 40, "confidence": 0.9},
        },
    },
}
CHOSEN = {
    "recipes": ["standard", "hardened"],
    "defences": ["none", "median", "noise-median"],
    "attacks": ["pgd"],
}
PLACES = [
    ("standard", "none"),
    ("standard", "median"),
    ("standard", "noise-median"),
    ("hardened-eps0.5", "none"),
]


@pytest.fixture(scope="module")
def defended(finished, tmp_path_factory):
    """The tiny study's project after defences were added to its config and it was run again."""
    project = finished.copy(tmp_path_factory.mktemp("defended") / "project")
    config = project.config | DEFENDED
    config["study"] |= CHOSEN
    project.config = config
    project.run()
    return project


def table(project, path):
    return list(csv.DictReader(io.StringIO(project.text(path))))


def changed(project, tmp_path, path, value):
    """A copy of the project in which one key of the config is another."""
    again = project.copy(tmp_path / "copy")
    config = copy.deepcopy(again.config)
    *sections, key = path.split("/")
    node = config
    for section in sections:
        node = node.setdefault(section, {})
    node[key] = value
    again.config = config
    return again


def test_what_was_there_without_defences_is_left_alone(finished, defended):
    for folder in ("spectrograms", "victims", "evaluations", "checks"):
        for path in (finished.folder / "results" / folder).rglob("*"):
            if path.name.startswith("none@baselines-"):
                continue  # FGSM, whose results it used, is no attack of the study any more
            again = defended.folder / path.relative_to(finished.folder)
            assert again.stat().st_mtime == path.stat().st_mtime or path.is_dir()


def test_a_second_run_has_nothing_to_do(defended):
    assert "Nothing to be done" in defended.run()


def test_every_defence_is_attacked_both_ways_on_the_same_recordings(defended):
    rows = table(defended, f"{REPORT}/summary.csv")
    found = [
        (row["recipe"], row["defence"], row["evaluation"], row["source"], row["gradient"])
        for row in rows
    ]
    assert found == [
        ("standard", "none", "adaptive", "", "exact"),
        ("standard", "median", "transfer", "standard", "exact"),
        ("standard", "median", "adaptive", "", "exact"),
        ("standard", "noise-median", "transfer", "standard", "eot, mean of 2 draws"),
        ("standard", "noise-median", "adaptive", "", "eot, mean of 2 draws"),
        ("hardened-eps0.5", "none", "transfer", "standard", "exact"),
        ("hardened-eps0.5", "none", "adaptive", "", "exact"),
    ]
    assert len({row["n"] for row in rows}) == 1
    assert {row["training_eps"] for row in rows if row["source"] == ""} == {"", "0.5"}
    for defence in ("median", "noise-median"):
        clean = {row["clean_accuracy"] for row in rows if row["defence"] == defence}
        assert len(clean) == 1, "the same recordings, draws included"


def test_a_transferred_attack_is_what_was_made_on_the_undefended_victim(defended):
    own, behind = (
        table(defended, f"results/evaluations/{VICTIM}/{defence}/pgd/eps0.5.csv")
        for defence in ("none", "median@standard")
    )
    assert [row["recording"] for row in own] == [row["recording"] for row in behind]
    assert [row["l2"] for row in own] == [row["l2"] for row in behind]
    adaptive = table(defended, f"results/evaluations/{VICTIM}/median/pgd/eps0.5.csv")
    assert [row["l2"] for row in own] != [row["l2"] for row in adaptive]


def test_worst_cases_follow_from_the_rows_per_recording(defended):
    rows = table(defended, f"{REPORT}/robustness.csv")
    assert [(row["recipe"], row["defence"]) for row in rows] == PLACES
    for row in rows:
        victim = f"{SETTING}/{row['recipe']}/seed0"
        undefended = (row["recipe"], row["defence"]) == PLACES[0]
        kinds = {"adaptive": ""} if undefended else {"adaptive": "", "transfer": "@standard"}
        found = worst_case(
            [
                Evaluated.of(
                    {"attack": "pgd", "evaluation": kind},
                    read_results(defended.file(f"results/evaluations/{path}")),
                )
                for kind, source in kinds.items()
                for path in [f"{victim}/{row['defence']}{source}/pgd/eps0.5.csv"]
            ]
        )
        for kind in ("clean", "transfer", "adaptive", "worst"):
            expected = found[f"{kind}_accuracy"]
            if expected is None:
                assert row[f"{kind}_accuracy"] == ""
                continue
            assert float(row[f"{kind}_accuracy"]) == pytest.approx(expected, abs=1e-5)
            assert float(row[f"{kind}_low"]) <= expected <= float(row[f"{kind}_high"])
            assert float(row["worst_accuracy"]) <= expected + 1e-5


def test_certified_accuracies_follow_from_the_certificates(defended):
    rows = table(defended, f"results/certificates/{VICTIM}/noise-median.csv")
    tests = table(defended, f"results/evaluations/{VICTIM}/none/pgd/eps0.5.csv")
    assert [row["recording"] for row in rows] == [row["recording"] for row in tests]
    summed = table(defended, f"{REPORT}/certificates.csv")
    assert {(row["recipe"], row["defence"]) for row in summed} == {("standard", "noise-median")}
    accuracies = [float(row["certified_accuracy"]) for row in summed]
    assert accuracies == sorted(accuracies, reverse=True)
    sure = [row["prediction"] == row["label"] for row in rows]
    assert accuracies[0] == pytest.approx(np.mean(sure), abs=1e-5)
    assert {int(row["n"]) for row in summed} == {len(tests)}
    assert {int(row["abstained"]) for row in summed} == {
        sum(row["prediction"] == "" for row in rows)
    }


def test_every_attack_on_every_victim_is_checked(defended):
    rows = table(defended, f"{REPORT}/checks.csv")
    assert list(dict.fromkeys((row["recipe"], row["defence"]) for row in rows)) == PLACES
    assert {row["attack"] for row in rows} == {"pgd"}
    assert {row["verdict"] for row in rows} <= set(get_args(Verdict))
    for place in PLACES:
        checks = [row["check"] for row in rows if (row["recipe"], row["defence"]) == place]
        assert len(checks) == len(set(checks))
        assert ("adaptive no weaker than transfer" in checks) == (place != PLACES[0])
        assert "passes the attack unit test" in checks
        assert "finds examples planted in the victim" in checks
    for row in rows:
        assert row["evidence"]
        assert bool(row["n"]) == (row["verdict"] != "not applicable")


def test_the_report_shows_defences_and_checks(defended):
    page = defended.text(f"{REPORT}/report.html")
    for words in (
        ">Defences</h2>",
        "Can these attacks be trusted?",
        "Defended victims",
        "Best defence at 0.5 dB",
        "noise-median",
    ):
        assert words in page
    for name in ("tradeoff", "certificates"):
        assert (defended.folder / f"{REPORT}/figures/{SETTING}/{name}.svg").exists()


def test_no_figure_cuts_its_text_off(browser, defended):
    assert text_cut_off(browser, defended.folder / REPORT / "report.html") == []


def test_another_parameter_of_a_defence_reruns_what_it_stands_in(defended, tmp_path):
    again = changed(defended, tmp_path, "defences/median/params", {"size": 5})
    evaluated = {
        f"evaluations/{VICTIM}/{defence}{source}/pgd/eps0.5.csv"
        for defence in ("median", "noise-median")
        for source in ("", "@standard")
    }
    checked = {
        f"checks/{VICTIM}/{defence}{part}.csv"
        for defence in ("median", "noise-median")
        for part in ("/pgd", "@baselines")
    }
    tables = {"summary", "checks", "certificates", "environments"}
    figures = {"accuracy", "tradeoff", "certificates"}
    assert {path for _, path in planned(again)} == {
        *evaluated,
        *checked,
        f"certificates/{VICTIM}/noise-median.csv",
        *(f"reports/tiny/{name}.csv" for name in tables),
        *(f"reports/tiny/figures/{SETTING}/{name}.svg" for name in figures),
        "reports/tiny/report.html",
        "reports/tiny/card.json",
        "reports/tiny/methods.md",
    }


def test_more_samples_of_a_certificate_rerun_it_alone(defended, tmp_path):
    again = changed(defended, tmp_path, "defences/noise-median/certificate/samples", 80)
    assert {rule for rule, _ in planned(again)} == {
        "certify",
        "summarise_certificates",
        "summarise_environments",
        "draw_figure",
        "report",
        "card",
        "methods",
    }


def test_a_study_of_transfer_alone_is_a_part_of_it(defended, tmp_path):
    """Nothing new is computed, and what is left is judged without what is missing."""
    again = changed(defended, tmp_path, "study/evaluation", ["transfer"])
    assert {rule for rule, _ in planned(again)} == {
        "summarise",
        "summarise_checks",
        "summarise_environments",
        "draw_figure",
        "card",
        "methods",
        "report",
    }
    again.run()
    rows = table(again, f"{REPORT}/checks.csv")
    assert "adaptive no weaker than transfer" not in {row["check"] for row in rows}
    (median,) = [
        row for row in table(again, f"{REPORT}/robustness.csv") if row["defence"] == "median"
    ]
    assert median["adaptive_accuracy"] == ""
