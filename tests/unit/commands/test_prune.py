"""Results that no config uses are listed with the types that classes declare."""

from pathlib import Path

import pytest
import yaml

from mishear.commands.main import main
from mishear.config.loading import load
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, VICTIM, raw


@pytest.fixture
def victim(tmp_path, monkeypatch):
    """The file of a victim of the network BCResNet, of a config without text in its params."""
    monkeypatch.chdir(tmp_path)
    found = Path(Store(Plan(load(study(0.5)))).path(paths.WEIGHTS.format(**VICTIM)))
    found.parent.mkdir(parents=True)
    found.write_text("weights")
    return found


def study(dropout):
    network = {"class": "mishear.training.networks.BCResNet", "params": {"dropout": dropout}}
    return raw(PLAIN) | {"networks": {"net": network}}


@pytest.mark.parametrize("dropout", [0.5, "0.5", "5e-1"])
def test_a_number_spelled_as_text_keeps_its_results(victim, capsys, dropout):
    Path("study.yaml").write_text(yaml.safe_dump(study(dropout)))
    assert main(["prune", "study.yaml", "--apply"]) == 0
    assert "0 B of" in capsys.readouterr().out
    assert victim.exists()


def test_what_is_unused_is_removed(victim, capsys):
    Path("study.yaml").write_text(yaml.safe_dump(study(0.25)))
    assert main(["prune", "study.yaml"]) == 0
    assert victim.exists()
    assert main(["prune", "study.yaml", "--apply"]) == 0
    assert not victim.exists()


def test_without_its_class_nothing_is_removed(victim, capsys):
    config = study("0.5")
    config["networks"]["net"]["class"] = "an_absent_module.Net"
    Path("study.yaml").write_text(yaml.safe_dump(config))
    assert main(["prune", "study.yaml", "--apply"]) == 1
    assert "networks.net.params (dropout: '0.5')" in capsys.readouterr().err
    assert victim.exists()
