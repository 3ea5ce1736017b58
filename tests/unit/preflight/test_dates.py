"""The dates of the user's own archives, models and split are checked."""

import os
import time

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.dates import check_own_dates
from mishear.study.plan import Plan


def from_the_future(path):
    path.write_bytes(b"x")
    os.utime(path, (time.time() + 10_000,) * 2)
    return str(path)


def test_an_archive_from_the_future_is_named(raw, tmp_path):
    check_own_dates(Plan(load(raw)))
    raw["corpora"]["x"] = {"source": "fsdd", "archive": from_the_future(tmp_path / "x.zip")}
    check_own_dates(Plan(load(raw)))  # not of this study
    raw["study"]["corpora"] = ["x"]
    with pytest.raises(UserError, match=r"x\.zip is dated in the future"):
        check_own_dates(Plan(load(raw)))


def test_a_split_from_the_future_is_named(raw, tmp_path):
    raw["split"] = {"by": "file", "file": from_the_future(tmp_path / "split.csv")}
    with pytest.raises(UserError, match=r"split\.csv is dated in the future"):
        check_own_dates(Plan(load(raw)))
