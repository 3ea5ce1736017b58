"""Other libraries: installed by runs that use them and by no others, and what they do in one."""

import csv
import html
import io
import json
import re
from collections import Counter

import pytest

from mishear.libraries.defences import ADVERTORCH, ART
from mishear.libraries.packages import REQUIREMENTS, write_installed
from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS
from mishear.paper.claims import CANNOT_TELL, FALLS, IN_PART, NOT_MEASURED, STANDS
from mishear.paper.defence_claims import OTHER_METHODS
from tests.projects import TINY, new_project, write_wheel

pytestmark = pytest.mark.workflow

SETTING = "tiny/mel16/paper-cnn"
VICTIM = f"{SETTING}/standard/seed0"
POISONED = "noise-amplitude0.01-rate1"
PROBE = f"results/probes/{VICTIM}/libraries.csv"
PACKAGES = "results/libraries/packages"
LISTING = "results/libraries/packages.txt"
SURROGATE = "bpda, the identity as the surrogate"
REPORT = "results/reports/tiny"

NOISE = TINY["recipes"]["noise"]["poison"]
LIBRARIES = {
    "recipes": {
        "standard": TINY["recipes"]["standard"],
        "by-art": {
            "epochs": 1,
            "adversarial": {"library": "art", "eps": [0.5], "steps": 2},
            "defences": ["none"],
        },
        "noise": TINY["recipes"]["noise"]
        | {"poison": NOISE | {"detectors": ["art-signatures"]}, "defences": ["none"]},
    },
    "detectors": {
        "art-signatures": {
            "class": "mishear.libraries.detectors.ArtSpectralSignatures",
            "params": {"expected_pp_poison": 0.1},
        }
    },
    "defences": {
        "art-squeezing": {
            "class": "mishear.libraries.defences.ArtPreprocessor",
            "params": {"preprocessor": "FeatureSqueezing", "bit_depth": 4},
        },
        "advertorch-median": {
            "class": "mishear.libraries.defences.AdvertorchFilter",
            "params": {"filter": "MedianSmoothing2D", "kernel_size": 3},
        },
    },
    "attacks": {"fgsm": TINY["attacks"]["fgsm"] | {"eps": [0.5]}},
    "report": TINY["report"] | {"other_libraries": True},
}
CHOSEN = {
    "recipes": ["standard", "by-art", "noise"],
    "defences": ["none", "art-squeezing", "advertorch-median"],
    "attacks": ["fgsm"],
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return new_project(tmp_path_factory.mktemp("libraries") / "project", TINY)


@pytest.fixture(scope="module")
def run(libraries_folder, finished, tmp_path_factory):
    """The tiny study run again with ART and advertorch in it, and what was printed."""
    project = finished.copy(tmp_path_factory.mktemp("with-libraries") / "project")
    link_packages(project, libraries_folder)
    config = project.config | LIBRARIES
    config["study"] |= CHOSEN
    project.config = config
    return project, project.run()


@pytest.fixture(scope="module")
def studied(run):
    return run[0]


def link_packages(project, folder):
    """Leave what the rule that installs the packages would, without a second installation.

    The folder itself is real: were the rule to run after all, Snakemake would empty it.
    """
    packages = project.folder / PACKAGES
    packages.mkdir(parents=True)
    for part in folder.iterdir():
        (packages / part.name).symlink_to(part.resolve())
    write_installed(packages, project.folder / LISTING)


def rows(project, path):
    return list(csv.DictReader(io.StringIO(project.text(path))))


def test_a_study_without_other_libraries_does_not_install_them(project):
    plan = project.run("--dry-run")
    assert "rule train:" in plan
    assert "rule library_packages:" not in plan
    assert "results/libraries" not in plan


def test_a_probe_installs_them(project):
    plan = project.run("--dry-run", PROBE)
    assert "rule library_packages:" in plan
    assert PACKAGES in plan


def test_no_network_is_said_without_a_traceback(project, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    said = project.failure(LISTING)
    assert "cannot be installed" in said
    assert "PIP_FIND_LINKS" in said
    assert not (project.folder / PACKAGES).exists()


def test_what_is_required_is_installed_and_listed_without_a_network(tmp_path, monkeypatch):
    project = new_project(tmp_path / "project", TINY)
    write_wheel(tmp_path, "libraryone", "1.2")
    (project.folder / REQUIREMENTS).write_text("# One package.\nlibraryone==1.2\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    project.run(LISTING)
    assert project.text(LISTING) == "libraryone==1.2\n"
    assert (project.folder / PACKAGES / "libraryone.py").exists()
    assert "Nothing to be done" in project.run(LISTING)


def test_packages_that_are_there_are_not_installed_again(run):
    project, said = run
    assert "rule library_packages:" not in said
    installed = project.text(LISTING)
    for name in ("adversarial-robustness-toolbox==1.20.1", "advertorch==0.2.3"):
        assert name in installed


def test_a_second_run_has_nothing_to_do(studied):
    assert "Nothing to be done" in studied.run()


def test_their_defences_are_attacked_both_ways(studied):
    found = [
        (row["recipe"], row["defence"], row["evaluation"], row["source"], row["gradient"])
        for row in rows(studied, f"{REPORT}/summary.csv")
        if row["attack"] == "fgsm"
    ]
    assert found == [
        ("standard", "none", "adaptive", "", "exact"),
        (
            "standard",
            "art-squeezing",
            "transfer",
            "standard",
            SURROGATE,
        ),
        ("standard", "art-squeezing", "adaptive", "", SURROGATE),
        ("standard", "advertorch-median", "transfer", "standard", "exact"),
        ("standard", "advertorch-median", "adaptive", "", "exact"),
        ("by-art-eps0.5", "none", "transfer", "standard", "exact"),
        ("by-art-eps0.5", "none", "adaptive", "", "exact"),
    ]


def test_their_worst_cases_are_in_the_table_of_robustness(studied):
    found = {
        (row["recipe"], row["defence"]): row for row in rows(studied, f"{REPORT}/robustness.csv")
    }
    for place in (
        ("standard", "art-squeezing"),
        ("standard", "advertorch-median"),
        ("by-art-eps0.5", "none"),
    ):
        row = found[place]
        both = [float(row[f"{kind}_accuracy"]) for kind in ("transfer", "adaptive")]
        assert float(row["worst_accuracy"]) <= min(both)


def test_attacks_on_their_defences_are_checked(studied):
    found = rows(studied, f"{REPORT}/checks.csv")
    for defence in ("art-squeezing", "advertorch-median"):
        checked = [row for row in found if row["defence"] == defence]
        assert "adaptive no weaker than transfer" in {row["check"] for row in checked}
        assert {row["verdict"] for row in checked} <= {
            "failure",
            "no failure found",
            "cannot tell",
            "not applicable",
        }
        assert all(row["evidence"] for row in checked)


def test_art_trains_a_victim_of_its_own(run):
    project, said = run
    assert said.count("rule train_with_art:") == 1
    folder = f"results/victims/{SETTING}/by-art-eps0.5/seed0"
    assert [row["epoch"] for row in rows(project, f"{folder}/history.csv")] == ["1"]
    accuracy = json.loads(project.text(f"{folder}/accuracy.json"))["test"]
    (attacked,) = [
        row
        for row in rows(project, f"{REPORT}/summary.csv")
        if row["recipe"] == "by-art-eps0.5" and row["evaluation"] == "adaptive"
    ]
    assert float(attacked["clean_accuracy"]) == pytest.approx(accuracy["accuracy"], abs=1e-5)
    assert attacked["training_eps"] == "0.5"


def test_a_detector_of_art_looks_for_poison(studied):
    (table,) = rows(studied, f"{REPORT}/detections.csv")
    found = rows(studied, f"results/detections/{SETTING}/{POISONED}/seed0/art-signatures.csv")
    assert (table["recipe"], table["detector"]) == (POISONED, "art-signatures")
    assert int(table["n"]) == len(found)
    flagged = [row for row in found if row["flagged"] == "1"]
    assert int(table["flagged"]) == len(flagged)
    # One and a half times the expected tenth, of 14 recordings of each class.
    assert set(Counter(row["label"] for row in flagged).values()) == {2}
    kept = f"results/victims/{SETTING}/{POISONED}-kept-art-signatures/seed0/victim.pt"
    assert studied.file(kept).exists()


def test_the_probe_says_of_every_component_what_came_of_it(studied):
    found = {(row["component"], row["usage"]): row for row in rows(studied, PROBE)}
    for library, names in (("ART", ART), ("advertorch", ADVERTORCH)):
        for name in names:
            for usage in (AS_DOCUMENTED, OWN_ARGUMENTS, ADAPTER):
                row = found[name, usage]
                assert row["library"] == library
                assert row["outcome"]
                assert (row["outcome"] == WORKS) == bool(row["clean_accuracy"])
    for name in ("AdversarialTrainerMadryPGD", "ActivationDefence", "SpectralSignatureDefense"):
        assert found[name, AS_DOCUMENTED]["outcome"]
        assert found[name, ADAPTER]["outcome"] == WORKS


def test_the_report_judges_the_papers_claims(studied):
    page = studied.text(f"{REPORT}/report.html")
    _, _, after = page.partition("The paper's claims on defences</h3>")
    table = after.partition("</table>")[0]
    found = re.findall(r'<th scope="row">(.*?)<span.*?</th><td>(.*?)</td><td>(.*?)</td>', table)
    judged = {html.unescape(claim): verdict for claim, verdict, _ in found}
    assert len(judged) == len(found) == 5
    assert all(evidence for _, _, evidence in found)
    # The study has no defence of Mishear's own to compare with.
    assert judged.pop(OTHER_METHODS.text) == NOT_MEASURED
    assert set(judged.values()) <= {STANDS, IN_PART, FALLS, CANNOT_TELL}
