"""Models that give only scores: classes and programs as victims."""

import json
import sys

import numpy as np
import pytest
import torch

from mishear.core.errors import UserError
from mishear.features.split import Division
from mishear.training.building import load_victim
from mishear.training.importing import import_model, write_model
from mishear.training.scoring import SCORERS, checked_scores, describe_scorer, load_scorer

LABELS = ["b", "a"]
CPU = torch.device("cpu")


class Loudness:
    """Scores of a loud and a soft class."""

    def __init__(self, level: float = 0.1):
        self.level = level

    def scores(self, waveforms, sample_rate):
        loud = np.abs(waveforms).mean(1) - self.level
        return np.stack([loud, -loud], 1) * sample_rate


PROGRAM = """
import sys
from scipy.io import wavfile
for line in sys.stdin:
    rate, waveform = wavfile.read(line.strip())
    loud = (abs(waveform).mean() - 0.1) * rate
    print([float(loud), float(-loud)])
"""


def definition(command=None, **changes):
    how = {"where": "networks.mine", "command": command, "timeout": 20, "sample_rate": 8000}
    how["files"] = changes.pop("files", [])
    name = None if command else f"{__name__}.Loudness"
    return {"class": name, "params": {}, "labels": LABELS, "scores_only": how} | changes


def waveforms():
    generator = torch.Generator().manual_seed(0)
    return (
        torch.rand(4, 1, 50, generator=generator) * torch.tensor([0.05, 1, 0.5, 0.1])[:, None, None]
    )


@pytest.mark.parametrize("command", [None, [sys.executable, "-c", PROGRAM]])
def test_a_class_and_a_program_are_the_same_victim_with_its_labels_in_the_corpuss_order(
    command, tmp_path
):
    (tmp_path / "victim.pt").write_text(json.dumps(describe_scorer(definition(command))))
    victim = load_victim(definition(command), ["a", "b"], tmp_path / "victim.pt", CPU)
    scores = victim(waveforms().requires_grad_())
    expected = Loudness().scores(waveforms()[:, 0].numpy(), 8000)
    assert np.allclose(scores, expected[:, ::-1], rtol=1e-5) and not scores.requires_grad
    assert scores.argmax(1).tolist() == [0, 1, 1, 0]
    with victim.network.closing():
        pass


def test_params_are_those_of_the_class_and_what_is_no_such_class_is_refused():
    louder = load_scorer(definition(params={"level": 1}))
    assert louder(waveforms()).argmax(1).tolist() == [1] * 4
    with pytest.raises(UserError, match="networks.mine.params.levle: Loudness has no such param"):
        load_scorer(definition(params={"levle": 1}))
    with pytest.raises(UserError, match="must have the method 'scores'"):
        SCORERS.find(f"{__name__}.Nothing", "networks.mine")


class Nothing:
    pass


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ([[1, 2], [3, np.nan]], "gives scores that are not finite"),
        ([[1, 2, 3], [4, 5, 6]], "gives 3 scores for a recording, but has 2 labels"),
        ([[1, 2]], r"returns the shape \(1, 2\) for 2 recordings"),
        ([1, 2], r"returns the shape \(2,\) for 2 recordings"),
        ({"a": 1}, "returns a dict that is not an array of numbers"),
        (np.ones((2, 2)) * 1j, r"returns a ndarray that is not an array of numbers \(its numbers"),
        ([[1, 2], [3]], "returns a list that is not an array of numbers"),
    ],
)
def test_scores_are_one_finite_number_for_each_recording_and_label(scores, said):
    with pytest.raises(UserError, match=f"networks.mine: it {said}"):
        checked_scores(scores, 2, 2, "networks.mine: it")


def test_the_file_of_such_a_victim_changes_with_the_content_of_its_files(tmp_path):
    written = []
    level = tmp_path / "level.txt"
    found = definition(files=[str(level)])
    for content in ("1", "2"):
        level.write_text(content)
        files = tmp_path / "victim.pt", tmp_path / "accuracy.json"
        write_model(load_scorer(found), found, None, {"test": 1}, files)
        written.append(json.loads(files[0].read_text()))
    assert written[0].pop("sha256") != written[1].pop("sha256")
    assert written[0] == written[1] and written[0]["labels"] == LABELS


@pytest.fixture
def of_file(tmp_path):
    """Load a program that reads its level from a file, as a victim that was made of the file."""
    level = tmp_path / "level.txt"
    level.write_text("0.1")
    code = PROGRAM.replace("for line", f"level = float(open({str(level)!r}).read())\nfor line")
    found = definition([sys.executable, "-c", code.replace("0.1", "level")], files=[str(level)])
    victim = tmp_path / "victim.pt"
    victim.write_text(json.dumps(describe_scorer(found)))
    return lambda: load_victim(found, LABELS, victim, CPU), level


def test_a_file_of_a_program_that_has_changed_ends_the_job_before_the_program_is_started(of_file):
    load, level = of_file
    with load().closing():
        level.write_text("0.2")
        with pytest.raises(UserError, match=f"networks.mine: '{level}' was changed after this run"):
            load()


def test_a_file_that_is_changed_while_a_program_starts_ends_the_job(of_file):
    load, level = of_file
    victim = load()
    level.write_text("0.2")
    with (
        victim.closing(),
        pytest.raises(UserError, match=f"networks.mine: .*: '{level}' was changed after this run"),
    ):
        victim(waveforms())


def test_what_is_changed_after_the_first_answer_is_left_to_the_next_run(of_file):
    load, level = of_file
    victim = load()
    with victim.closing():
        scores = victim(waveforms())
        level.write_text("0.2")
        assert torch.equal(victim(waveforms()), scores)


def test_a_model_at_chance_is_refused_as_any_other():
    names = np.array([f"{number}.wav" for number in range(40)])
    splits = np.array(["test"] * 40)
    division = Division(names, np.array(["a", "b"] * 20), np.array([""] * 40), splits, names)
    corpus = ("tones", division, waveforms().numpy().repeat(10, 0))
    with pytest.raises(UserError, match="networks.mine: the model classifies"):
        import_model(definition(), None, corpus, CPU, "networks.mine")
