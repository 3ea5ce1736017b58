"""Norms and ratios of a change of waveforms; predictions once they are saved.

Attacks on waveforms themselves are tested with :mod:`mishear.attacks.waveform`.
"""

import numpy as np
import torch

from mishear.attacks.judging import ANY, Outcome
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.waveforms import judge_saved, measured
from mishear.features.waveforms import Ratios
from tests.unit.conftest import result_row


def outcome(count):
    zeros = np.zeros(count)
    return Outcome(torch.empty(0), [""] * count, zeros, zeros, zeros, zeros, np.full(count, ANY))


def test_norms_are_those_of_the_samples():
    clean = np.zeros((2, 4), np.float32)
    clean[:, 1:3] = 0.5
    changed = clean.copy()
    changed[0, 1] += 0.3
    changed[0, 2] -= 0.4
    found, ratios = measured(outcome(2), clean, changed)
    assert np.allclose(found.linf, [0.4, 0])
    assert np.allclose(found.l2, [0.5, 0])
    # 0.5 in the two samples that are not silent, against a change of 0.3 and 0.4.
    assert np.isclose(ratios[0].snr_db, 10 * np.log10(0.25 / 0.125), atol=1e-5)
    assert ratios[1] == Ratios(np.inf, np.inf)


def test_a_silent_recording_has_no_ratio():
    silent = np.zeros((1, 4), np.float32)
    _, ratios = measured(outcome(1), silent, silent + 0.1)
    assert ratios == [Ratios(None, None)]


def test_saved_predictions_stand_beside_the_others():
    names = np.array(["a.wav", "b.wav"])
    recordings = Recordings(names, np.arange(2), None, np.array([0, 1]), ["x", "y"])
    rows = [result_row("a.wav", "x", "x", "y"), result_row("b.wav", "y", "y", "y")]
    judged = judge_saved(rows, np.array([1, 0]), recordings)
    assert [row["saved_prediction"] for row in judged] == ["y", "x"]
    assert [row["recording"] for row in judged] == ["a.wav", "b.wav"]
    assert rows[0]["saved_prediction"] == ""
