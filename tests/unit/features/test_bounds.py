"""Bounds of a corpus's inputs, over several versions of them."""

import json

import pytest

from mishear.core.errors import UserError
from mishear.features.bounds import joint_bounds, read_bounds, read_unit


def test_the_widest_bounds_hold_for_all_versions(tmp_path):
    paths = [tmp_path / "clean.json", tmp_path / "poisoned.json"]
    for path, (lowest, highest) in zip(paths, [(-80.0, 20.0), (-500.0, 10.0)], strict=True):
        path.write_text(json.dumps({"lowest": lowest, "highest": highest, "unit": "dB"}))
    assert read_bounds(paths[1]) == (-500, 10)
    assert joint_bounds(paths) == (-500, 20)
    assert read_unit(paths[0]) == "dB"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"lowest": 0.0}',
        '{"lowest": 1.0, "highest": 0.0}',
        '{"lowest": 0.0, "highest": NaN}',
        '{"lowest": -Infinity, "highest": 0.0}',
        '{"lowest": 0.0, "highest": null}',
        '{"lowest": "low", "highest": 0.0}',
    ],
)
def test_what_is_no_range_is_named(tmp_path, content):
    path = tmp_path / "bounds.json"
    path.write_text(content)
    with pytest.raises(UserError, match=f"{path} does not hold a range of inputs. Delete it"):
        read_bounds(path)
