"""What is edited while a run is active, or after results were copied, gets into none unsaid."""

import copy
import json
import shutil

import pytest

from tests.projects import TINY, new_project
from tests.workflow.test_interruption import numbers, printed, start, started, wait_for  # noqa: F401

pytestmark = pytest.mark.workflow

CARD = "results/reports/tiny/card.json"
SUMMARY = "results/reports/tiny/summary.csv"
VICTIM = "results/victims/tiny/mel16/own/standard/seed0/victim.pt"
NETWORK = """
from torch import nn

from my_helper import changed


class Net(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d((4, 4)), nn.Flatten(), nn.Linear(16, classes)
        )

    def forward(self, inputs):
        return self.layers(changed(inputs))
"""
HELPER = "def changed(inputs):\n    return inputs\n"
EDITED = HELPER.replace("return inputs", "return -inputs")
OTHER_CODE = "computed with other code"


def own_project(folder):
    study = copy.deepcopy(TINY)
    study["study"] |= {"networks": ["own"], "recipes": ["standard"], "attacks": ["fgsm"]}
    study["networks"] = {"own": {"class": "my_networks.Net"}}
    project = new_project(folder, study)
    (project.folder / "my_networks.py").write_text(NETWORK)
    (project.folder / "my_helper.py").write_text(HELPER)
    return project


def test_jobs_that_load_edited_code_end_and_what_is_undone_leaves_no_trace(tmp_path, started):  # noqa: F811
    project = own_project(tmp_path / "project")
    helper = project.folder / "my_helper.py"
    process = start(project, SUMMARY)
    wait_for(process, lambda: project.file(VICTIM).is_file())
    helper.write_text(EDITED)
    process.wait(timeout=120)
    assert process.returncode != 0
    assert f"{helper} was changed after this run had planned its jobs." in printed(project)
    assert "Traceback" not in printed(project)
    helper.write_text(HELPER)
    project.run(SUMMARY)
    after_the_edit = numbers(project)
    project.run(SUMMARY, "--forcerun", "evaluate")
    assert numbers(project) == after_the_edit


def test_the_card_has_a_hash_of_the_users_files(tmp_path):
    project = own_project(tmp_path / "project")
    found = []
    for helper in (HELPER, f"# Another file, the same results.\n{HELPER}"):
        (project.folder / "my_helper.py").write_text(helper)
        project.run(CARD)
        found.append(json.loads(project.text(CARD))["software"]["own_code"])
    assert None not in found and len(set(found)) == 2


def test_a_copy_of_results_says_that_other_code_has_computed_them(tmp_path):
    project = own_project(tmp_path / "project")
    project.run(VICTIM)
    assert OTHER_CODE not in project.run(VICTIM)
    moved = own_project(tmp_path / "moved")
    shutil.copytree(project.file("results"), moved.file("results"))
    assert OTHER_CODE not in moved.run(VICTIM, "--dry-run")
    (moved.folder / "my_helper.py").write_text(EDITED)
    for arguments in ((), ("--dry-run",), ("--dry-run", "--rerun-triggers", "mtime")):
        said = moved.run(VICTIM, *arguments)
        assert f"1 result was {OTHER_CODE}" in said
        assert "add: --forcerun train" in said
    said = moved.run(VICTIM, "--forcerun", "train")
    assert OTHER_CODE not in said + moved.run(VICTIM)
    (moved.folder / "my_helper.py").write_text(HELPER)
    said = moved.run(VICTIM, "--dry-run")
    assert OTHER_CODE not in said, "Snakemake has records of its own now"
    assert "train" in said
