"""Files from the future are mended where they are results, and named where they are the user's."""

import os
import subprocess
import time

import pytest

from mishear.core.errors import UserError
from mishear.runtime.clocks import TIMESTAMP, check_dates, mend_dates

DAY = 24 * 3600


def dated(path, seconds):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() + seconds,) * 2)
    return path


def test_a_file_of_the_user_from_the_future_is_named_with_the_command(tmp_path):
    check_dates([dated(tmp_path / "old.zip", -DAY), tmp_path / "missing.zip"])
    new = dated(tmp_path / "new.zip", 400 * DAY)
    with pytest.raises(UserError, match=rf"new\.zip is dated in the future .*touch {new}$"):
        check_dates([new])


@pytest.mark.parametrize("name", ["it's.tar.gz", "a b.zip", "$(x).zip", '"', "`x`"])
def test_the_command_works_whatever_the_name(tmp_path, name):
    new = dated(tmp_path / name, DAY)
    with pytest.raises(UserError) as raised:
        check_dates([new])
    command = str(raised.value).partition("date the file today: ")[2]
    subprocess.run(command, shell=True, check=True)
    assert new.stat().st_mtime <= time.time()
    assert os.listdir(tmp_path) == [name]


def test_results_from_the_future_are_dated_today(tmp_path):
    results = tmp_path / "results"
    new = [dated(results / f"a/{name}.csv", DAY) for name in "xy"]
    old = dated(results / "a/z.csv", -DAY)
    before = old.stat().st_mtime
    assert mend_dates(results) == 2
    assert all(path.stat().st_mtime <= time.time() for path in new)
    assert new[0].stat().st_mtime == new[1].stat().st_mtime
    assert old.stat().st_mtime == before
    assert mend_dates(results) == 0


def test_a_folder_that_is_an_output_has_one_date(tmp_path):
    recordings = tmp_path / "results/corpora/x/recordings"
    inside = dated(recordings / "1/0_a.wav", DAY)
    timestamp = dated(recordings / TIMESTAMP, DAY)
    os.utime(recordings, (time.time() + DAY,) * 2)
    assert mend_dates(tmp_path / "results") == 2
    assert timestamp.stat().st_mtime <= time.time()
    assert recordings.stat().st_mtime <= time.time()
    assert inside.stat().st_mtime > time.time()


def test_links_are_dated_themselves(tmp_path):
    own = dated(tmp_path / "own.csv", DAY)
    (tmp_path / "results").mkdir()
    (tmp_path / "results/link.csv").symlink_to(own)
    mend_dates(tmp_path / "results")
    assert own.stat().st_mtime > time.time()


def test_without_results_there_is_nothing_to_mend(tmp_path):
    assert mend_dates(tmp_path / "results") == 0
