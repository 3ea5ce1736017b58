"""Other libraries are installed by runs that use them alone, and run in the workflow."""

import copy
import csv
import io

import pytest

from tests.projects import REPOSITORY, TINY, new_project

pytestmark = pytest.mark.workflow

REPORT = "results/reports/tiny"
PROBE = "results/probes/tiny/mel16/paper-cnn/standard/seed0/peers.csv"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return new_project(tmp_path_factory.mktemp("peers") / "project", TINY)


def test_a_study_without_other_libraries_does_not_install_them(project):
    plan = project.run("--dry-run")
    assert "rule train:" in plan
    assert "rule peer_packages:" not in plan
    assert "results/peers" not in plan


def test_a_probe_installs_them(project):
    plan = project.run("--dry-run", PROBE)
    assert "rule peer_packages:" in plan
    assert "results/peers/packages" in plan


def test_no_network_is_said_without_a_traceback(project, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    said = project.failure("results/peers/packages.txt")
    assert "cannot be installed" in said
    assert "PIP_FIND_LINKS" in said
    assert not (project.folder / "results" / "peers" / "packages").exists()


STUDY = copy.deepcopy(TINY)
STUDY["study"] |= {
    "recipes": ["standard", "art-trained", "backdoor"],
    "defences": ["none", "art", "advertorch"],
    "attacks": ["fgsm"],
}
STUDY["attacks"]["fgsm"]["eps"] = [0.5]
STUDY["recipes"] = {
    "standard": {"epochs": 2},
    "art-trained": {
        "epochs": 1,
        "adversarial": {"library": "art", "eps": [0.5], "steps": 2},
        "defences": ["none"],
    },
    "backdoor": {
        "epochs": 2,
        "attacks": [],
        "defences": ["none"],
        "poison": {
            "kind": "trigger",
            "target": 3,
            "amplitude": [0.1],
            "share": [0.2],
            "detectors": ["art-clusters"],
        },
    },
}
STUDY["defences"] = {
    "art": {
        "class": "mishear.peers.ArtPreprocessor",
        "params": {"preprocessor": "FeatureSqueezing", "bit_depth": 4},
    },
    "advertorch": {
        "class": "mishear.peers.AdvertorchFilter",
        "params": {"filter": "MedianSmoothing2D", "kernel_size": 3},
    },
}
STUDY["detectors"] = {"art-clusters": {"class": "mishear.peer_detectors.ArtActivationClustering"}}
STUDY["checks"] = {"attacks": ["fgsm"], "recordings": 10, "queries": 10}
STUDY["report"] = {"other_libraries": True}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A study with a defence, a training and a detector of other libraries, run to its end.

    The packages are those that ``make oracles`` installed from the same list.
    """
    packages = REPOSITORY / ".oracles"
    if not (packages / ".ready").exists():
        pytest.skip("the other libraries are not installed: make oracles")
    project = new_project(tmp_path_factory.mktemp("peers") / "study", STUDY)
    home = project.folder / "results" / "peers"
    home.mkdir(parents=True)
    (home / "packages").symlink_to(packages)
    (home / "packages.txt").write_text("those of make oracles\n")
    project.run()
    return project


def rows(project, path):
    return list(csv.DictReader(io.StringIO(project.text(path))))


def test_defences_of_other_libraries_are_attacked_both_ways(studied):
    found = {
        (row["recipe"], row["defence"], row["evaluation"], row["gradient"])
        for row in rows(studied, f"{REPORT}/summary.csv")
        if row["evaluation"]
    }
    assert found == {
        ("standard", "none", "adaptive", "exact"),
        ("standard", "art", "transfer", "bpda, the identity stands in"),
        ("standard", "art", "adaptive", "bpda, the identity stands in"),
        ("standard", "advertorch", "transfer", "exact"),
        ("standard", "advertorch", "adaptive", "exact"),
        ("art-trained-eps0.5", "none", "transfer", "exact"),
        ("art-trained-eps0.5", "none", "adaptive", "exact"),
    }


def test_a_detector_of_another_library_looks_at_the_poison(studied):
    (row,) = rows(studied, f"{REPORT}/detections.csv")
    assert row["detector"] == "art-clusters"
    assert int(row["flagged"]) > 0
    victims = studied.folder / "results" / "victims" / "tiny" / "mel16" / "paper-cnn"
    assert len(list(victims.glob("backdoor-*-kept-art-clusters/seed0/victim.pt"))) == 1


def test_every_claim_has_a_verdict_and_every_component_an_outcome(studied):
    probed = rows(studied, PROBE)
    assert {row["library"] for row in probed} == {"ART", "advertorch"}
    assert all(row["outcome"] for row in probed)
    page = studied.text(f"{REPORT}/report.html")
    assert "What the paper says of defences" in page
    assert "components of ART 1.20.1 run without an error on a PyTorch network" in page
