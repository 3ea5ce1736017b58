"""Whose code a file is."""

import json
import os
from pathlib import Path

import numpy
import pytest

from mishear.core import origin


@pytest.mark.parametrize("file", [json.__file__, numpy.__file__, origin.__file__, "<string>"])
def test_code_of_python_packages_and_mishear_is_not_the_users(file):
    assert not origin.is_users(file)


def test_all_other_code_is_the_users(tmp_path):
    beside = Path(origin.__file__).parents[2]
    assert origin.is_users(str(tmp_path / "net.py"))
    assert origin.is_users(str(beside / "mishear_of_mine" / "net.py"))
    assert not origin.is_users(os.path.join(beside, "mishear", "net.py"))
