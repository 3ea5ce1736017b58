"""Each front end of a study has a file with its unit."""

from mishear.study.units import unit_files
from tests.unit.study.configs import config


def test_every_front_end_has_the_bounds_of_one_of_its_corpora():
    found = unit_files(config())
    assert list(found) == ["mel"]
    assert found["mel"].endswith("/mel/clean/bounds.json")
