"""Too little room on the disk is said before the first job."""

import shutil

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.room import check_room, estimate
from mishear.study import paths
from mishear.study.identity import Store
from mishear.study.plan import Plan


@pytest.fixture
def plan(raw):
    return Plan(load(raw))


@pytest.fixture
def free(monkeypatch):
    """Set the free bytes of the disk."""

    def given(number):
        usage = shutil.disk_usage(".")._replace(free=number)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    return given


def test_waveforms_are_counted_exactly(plan):
    recordings = 10 * plan.config.corpora["espeak"].speakers * 5
    section = plan.config.front_ends["mel64"]
    assert plan.config.study.corpora == ["espeak"]
    front_ends = [plan.config.front_ends[name] for name in plan.config.study.front_ends]
    samples = sum(round(each.seconds * each.sample_rate) for each in front_ends)
    assert section in front_ends
    room = estimate(plan)
    assert room.least == recordings * samples * 4
    assert room.about > 3 * room.least


def test_certainly_too_little_is_an_error_and_perhaps_too_little_a_warning(plan, free, tmp_path):
    room = estimate(plan)
    free(room.about)
    assert check_room(plan, tmp_path / "results") is None
    free(room.about - 1)
    assert "the study writes about" in check_room(plan, tmp_path / "results")
    free(room.least - 1)
    with pytest.raises(UserError, match="at least .*B more, and its disk has .* Make room"):
        check_room(plan, tmp_path / "results")


def test_what_is_there_already_needs_no_room(plan, free, tmp_path):
    room = estimate(plan)
    names = {"corpus": "espeak", "front_end": plan.config.study.front_ends[0]}
    waveforms = paths.WAVEFORM_SHARD.format(**names, shard=0, shards=1)
    there = tmp_path / Store(plan).path(waveforms)
    there.parent.mkdir(parents=True)
    with there.open("wb") as file:
        file.truncate(room.about)
    free(1)
    assert check_room(plan, tmp_path / "results") is None
    there.parent.rename(there.parent.with_name(f"{names['front_end']}-0123456789"))
    with pytest.raises(UserError, match="Make room"):
        check_room(plan, tmp_path / "results")
