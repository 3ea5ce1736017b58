"""The whole chain on the real recordings of FSDD, downloaded from a server on loopback.

The reference figures are those of an independent single-process script on the same recordings
and settings (240 test recordings, one seed).
"""

import csv
import functools
import http.server
import io
import threading

import pytest
import yaml

from tests.projects import REPOSITORY, new_project

REFERENCE = {
    "fgsm": {"0.05": 0.896, "0.5": 0.138, "0.95": 0.012},
    "pgd-paper": {"0.5": 0.250, "0.95": 0.163},
    "pgd": {"0.5": 0.087, "0.95": 0.0},
}
# Victims of different seeds differ by more than samples of 240 do: .13 at eps .5 was seen.
TOLERANCE = 0.15


@pytest.fixture(scope="module")
def server(fsdd_archive):
    """An address of the archive on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(fsdd_archive.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/{fsdd_archive.name}"
        serving.shutdown()


@pytest.fixture(scope="module")
def study(server, tmp_path_factory):
    """config/fsdd.yaml with fewer eps, checks and poisonings, run to its end."""
    config = yaml.safe_load((REPOSITORY / "config" / "fsdd.yaml").read_text())
    config["corpora"] = {"fsdd": {"archive": server}}
    config["attacks"] = {
        name: {"eps": [float(eps) for eps in figures]} for name, figures in REFERENCE.items()
    }
    config["study"]["seeds"] = [0]
    config["checks"] = {"attacks": ["pgd-paper"]}
    config["recipes"] = {"noise": {"poison": {"amplitude": [0.01], "rate": [1.0]}}}
    project = new_project(tmp_path_factory.mktemp("fsdd") / "project", config)
    project.run()
    return project


@pytest.fixture(scope="module")
def rows(study):
    text = study.text("results/reports/fsdd/summary.csv")
    return {
        (row["recipe"], row["attack"], row["eps"]): row for row in csv.DictReader(io.StringIO(text))
    }


def accuracy(rows, attack, eps, recipe="standard"):
    return float(rows[recipe, attack, eps]["accuracy"])


def test_all_3000_recordings_are_used(study):
    assert len(study.text("results/corpora/fsdd/index.csv").splitlines()) == 1 + 3000
    assert len(study.text("results/corpora/fsdd/rejected.csv").splitlines()) == 1


def test_clean_accuracy_on_240_test_recordings(rows):
    row = rows["standard", "fgsm", "0.05"]
    assert row["n"] == "240"
    assert float(row["clean_accuracy"]) >= 0.90


@pytest.mark.parametrize("attack", REFERENCE)
def test_curves_are_the_reference_ones(rows, attack):
    for eps, reference in REFERENCE[attack].items():
        assert accuracy(rows, attack, eps) == pytest.approx(reference, abs=TOLERANCE)


def test_relative_step_pgd_breaks_the_victim(rows):
    assert accuracy(rows, "pgd", "0.95") <= 0.02


def test_the_papers_pgd_is_weaker_than_fgsm_beyond_the_distance_it_travels(rows):
    assert accuracy(rows, "pgd-paper", "0.95") > accuracy(rows, "fgsm", "0.95")
    assert accuracy(rows, "pgd", "0.5") <= accuracy(rows, "fgsm", "0.5") + 0.01


def test_the_papers_pgd_fails_sanity_checks_and_the_report_says_so(study):
    checks = csv.DictReader(io.StringIO(study.text("results/reports/fsdd/checks.csv")))
    failed = {row["check"] for row in checks if row["verdict"] == "failure"}
    assert {"an unbounded attack leaves nothing correct", "more iterations change little"} <= failed
    page = study.text("results/reports/fsdd/report.html")
    assert f"pgd-paper, the paper&#39;s PGD, shows a failure in {len(failed)} of " in page


def test_carlini_wagner_breaks_the_victim(rows):
    row = rows["standard", "cw", "inf"]
    assert float(row["accuracy"]) <= 0.05
    assert row["rejected"] == "0"
    assert 2 < float(row["median_l2"]) < 40


def test_poisoning_is_a_mismatch_of_training_and_test(rows):
    retrained = rows["noise-amplitude0.01-rate1", "noise", "0.01"]
    assert accuracy(rows, "noise", "0.01") < 0.4
    assert float(retrained["accuracy"]) > 0.8
    assert float(retrained["clean_accuracy"]) < 0.4
    assert float(retrained["median_snr_db"]) == pytest.approx(18, abs=2)


def test_the_report_is_made(study):
    assert "<html" in study.text("results/reports/fsdd/report.html")
