"""What a class uses in a way that its source hides is named by its jobs and by the next run."""

import copy

import pytest

from tests.projects import TINY, new_project

pytestmark = pytest.mark.workflow

NETWORK = """
from pathlib import Path

from torch import nn

from open_helper import WIDTH

HIDDEN = "HIDDEN_HELPER".lower()
TABLE = Path("TABLE.TXT".lower())


class Net(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.scale = __import__(HIDDEN).SCALE * float(TABLE.read_text())
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d((WIDTH, WIDTH)), nn.Flatten(), nn.Linear(WIDTH**2, classes)
        )

    def forward(self, inputs):
        return self.layers(inputs * self.scale)
"""
WARNING = "Changes not detected: "


def test_a_hidden_module_and_a_hidden_file_are_named_once_and_in_the_next_run(tmp_path):
    study = copy.deepcopy(TINY)
    study["study"] |= {"networks": ["own"], "recipes": ["standard"], "attacks": ["fgsm"]}
    study["networks"] = {"own": {"class": "my_networks.Net"}}
    project = new_project(tmp_path / "project", study)
    here = project.folder
    (here / "my_networks.py").write_text(NETWORK)
    (here / "open_helper.py").write_text("WIDTH = 4\n")
    (here / "hidden_helper.py").write_text("SCALE = 1.0\n")
    (here / "table.txt").write_text("1.0\n")
    said = project.run("results/victims/tiny/mel16/own/standard/seed0/accuracy.json")
    hidden = [f"{WARNING}{here / name}" for name in ("hidden_helper.py", "table.txt")]
    assert [said.count(each) for each in hidden] == [1, 1]
    assert said.count(f"{WARNING}{here}") == 4, "two of them by their lines in the source"
    later = project.run("--dry-run")
    assert [later.count(each) for each in hidden] == [1, 1]
    (here / "my_networks.py").write_text(NETWORK.replace("inputs * self.scale", "inputs"))
    later = project.run("--dry-run")
    assert not any(each in later for each in hidden)
