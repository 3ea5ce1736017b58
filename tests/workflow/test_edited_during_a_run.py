"""What is edited while a run is active gets into no result of that run."""

import copy

import pytest

from tests.projects import TINY, new_project
from tests.workflow.test_interruption import numbers, printed, start, started, wait_for  # noqa: F401

pytestmark = pytest.mark.workflow

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


def test_jobs_that_load_edited_code_end_and_what_is_undone_leaves_no_trace(tmp_path, started):  # noqa: F811
    study = copy.deepcopy(TINY)
    study["study"] |= {"networks": ["own"], "recipes": ["standard"], "attacks": ["fgsm"]}
    study["networks"] = {"own": {"class": "my_networks.Net"}}
    project = new_project(tmp_path / "project", study)
    (project.folder / "my_networks.py").write_text(NETWORK)
    helper = project.folder / "my_helper.py"
    helper.write_text(HELPER)
    process = start(project)
    wait_for(process, lambda: project.file(VICTIM).is_file())
    helper.write_text(HELPER.replace("return inputs", "return -inputs"))
    process.wait(timeout=120)
    assert process.returncode != 0
    assert f"{helper} was changed after this run had planned its jobs." in printed(project)
    assert "Traceback" not in printed(project)
    helper.write_text(HELPER)
    project.run()
    after_the_edit = numbers(project)
    project.run("--forcerun", "evaluate")
    assert numbers(project) == after_the_edit
