"""Models that give only scores, as the page on one's own model has them: a class and a program."""

import csv
import io
import re
import sys

import pytest
import torch
import yaml
from safetensors.torch import save_file

from tests.projects import REPOSITORY, new_project
from tests.workflow.test_own_model import write_recordings

PAGE = (REPOSITORY / "docs/own-model.md").read_text()
PART = PAGE[PAGE.index("## A model that gives only scores") : PAGE.index("## Reference")]
MODEL, PROGRAM = re.findall(r"^```python\n(.*?)^```$", PART, flags=re.DOTALL | re.MULTILINE)
STUDY, COMMAND, TRANSFER = map(
    yaml.safe_load, re.findall(r"^```yaml\n(.*?)^```$", PART, flags=re.DOTALL | re.MULTILINE)
)
NETWORKS = ["mine", "service", "substitute"]
SUBSTITUTE = """
import torch
from torch import nn


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.hertz = nn.Parameter(torch.tensor(1.0))

    def forward(self, waveforms):
        size = waveforms.shape[2] // 3
        start, middle = (self.pitch(waveforms[:, 0, k * size : (k + 1) * size]) for k in (0, 1))
        rise = (middle - start) / self.hertz
        return torch.stack([rise, -rise, 1 - rise.abs()], 1)

    def pitch(self, waveforms):
        power = torch.fft.rfft(waveforms).abs() ** 2
        hertz = torch.fft.rfftfreq(waveforms.shape[1], 1 / 16000).to(power)
        return power @ hertz / (power.sum(1) + 1e-9)
"""


def study():
    """The page's class, program and substitute in one study, with few queries."""
    own = yaml.safe_load((REPOSITORY / "config/own.yaml").read_text())
    found = {**own, **STUDY, **TRANSFER}
    for section in ("corpora", "front_ends"):
        found[section] = {"mine": own[section]["mine"] | STUDY[section]["mine"]}
    found["networks"] = {
        **STUDY["networks"],
        # The environment of the tests may not be activated.
        "service": COMMAND["networks"]["mine"] | {"command": [sys.executable, "serve.py"]},
        "substitute": TRANSFER["networks"]["substitute"],
    }
    found["study"] = own["study"] | STUDY["study"]
    found["study"] |= {"networks": NETWORKS, "corruptions": ["white-noise"]}
    square, jump = STUDY["attacks"]["waveform-square"], STUDY["attacks"]["waveform-hopskipjump"]
    found["attacks"] = {
        "waveform-square": square | {"params": {"queries": 25}, "eps": [20]},
        "waveform-hopskipjump": jump | {"params": {"steps": 1}},
        "waveform-pgd": {"eps": [20], "params": {"rel_stepsize": 0.3, "steps": 5}},
    }
    found["checks"] = {"recordings": 4}
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("scores") / "project", study())
    for name, text in {"my_scores": MODEL, "serve": PROGRAM, "my_model": SUBSTITUTE}.items():
        (project.folder / f"{name}.py").write_text(text)
    write_recordings(project.folder / "recordings")
    save_file({"hertz": torch.tensor(50.0)}, project.folder / "my_model.safetensors")
    project.run()
    return project


def rows(project, table="summary"):
    return list(csv.DictReader(io.StringIO(project.text(f"results/reports/own/{table}.csv"))))


def test_a_class_and_a_program_have_the_same_numbers(project):
    columns = ("attack", "corruption", "level", "clean_accuracy", "accuracy", "mean_queries")
    mine, service = (
        [tuple(row[name] for name in columns) for row in rows(project) if row["network"] == network]
        for network in NETWORKS[:2]
    )
    assert mine == service and len(mine) == 2 + 5
    by_attack = {row["attack"]: row for row in rows(project) if row["network"] == "service"}
    assert {row["gradient"] for row in by_attack.values()} == {"none"}
    assert float(by_attack[""]["clean_accuracy"]) > 0.8
    square, jump = by_attack["waveform-square"], by_attack["waveform-hopskipjump"]
    assert 1 <= float(square["mean_queries"]) <= 27 < float(jump["mean_queries"])
    assert float(jump["accuracy"]) < 0.5 and float(jump["median_snr_db"]) > -20


def test_examples_of_another_victim_reach_models_without_a_gradient(project):
    found = {row["target_network"]: row for row in rows(project, "transfer")}
    assert set(found) == set(NETWORKS)
    assert {row["source_network"] for row in found.values()} == {"substitute"}
    assert found["mine"]["accuracy"] == found["service"]["accuracy"]
    assert float(found["mine"]["accuracy"]) < float(found["mine"]["clean_accuracy"])


def test_the_report_says_how_they_were_attacked_and_which_checks_do_not_apply(project):
    page = project.text("results/reports/own/report.html")
    assert page.count("Attacked through its scores only.") == 2
    assert page.count('<span class="of">scores only</span>') == 2
    checks = [row for row in rows(project, "checks") if row["network"] == "service"]
    by_check = {(row["attack"], row["check"]): row["verdict"] for row in checks}
    assert by_check["waveform-square", "no weaker than one step"] == "not applicable"
    assert by_check["waveform-square", "more iterations change little"] != "not applicable"


def test_only_other_content_makes_other_results(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    config = copied.config
    config["networks"]["service"]["timeout"] = 61
    copied.config = config
    # What is written beside the report states the config.
    assert {path.rpartition("/")[0] for path in copied.planned()} <= {"reports/own"}
    served = copied.folder / "serve.py"
    served.write_text(f"{served.read_text()}\n# another content\n")
    planned = copied.planned()
    assert any(re.match(r"victims/mine/mine/service/.*/victim.pt", path) for path in planned)
    assert not any("/mine/mine/mine/" in path and "figures" not in path for path in planned)


def test_a_program_that_dies_midway_ends_its_job_with_its_last_words(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    served = copied.folder / "serve.py"
    dying = "    if model.pitch(waveform[np.newaxis], sample_rate) > 420: sys.exit('no licence')\n"
    served.write_text(served.read_text().replace("    print(", f"{dying}    print("))
    said = copied.failure()
    assert "networks.service.command: the program ended with exit status 1 after" in said
    assert "Its last messages: no licence" in said


def test_what_needs_a_gradient_is_refused_before_the_first_job(project, tmp_path):
    copied = project.copy(tmp_path / "copy")
    config = copied.config
    config["study"]["attacks"] = ["waveform-pgd"]
    copied.config = config
    said = copied.failure("--dry-run")
    assert "'waveform-pgd' (LinfPGD) follows the gradient, and network 'service' gives" in said
