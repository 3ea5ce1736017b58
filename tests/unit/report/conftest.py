"""What the tests of figures and of the page share."""

import pytest

from mishear.core.tables.smallest_change import SMALLEST_CHANGE
from tests.unit.conftest import SETTING

CLASSES = ["one", "two", "three"]


@pytest.fixture
def unit(tmp_path):
    """The file that states that inputs are in dB."""
    path = tmp_path / "bounds.json"
    path.write_text('{"unit": "dB"}')
    return path


@pytest.fixture
def split(tmp_path):
    """The split of twelve recordings of three classes, all of them test recordings."""
    path = tmp_path / "split.csv"
    lines = [f"{number}.wav,{CLASSES[number % 3]},a,{number},test" for number in range(12)]
    path.write_text("\n".join(["recording,label,speaker,content,split", *lines]))
    return path


@pytest.fixture
def change_row():
    """A function that gives a row of ``smallest_change.csv`` over the seeds."""

    def made(**changes):
        row = SETTING | {"recipe": "standard", "defence": "none", "gradient": "exact", "seed": ""}
        row |= {"n": 190, "seeds": 1, "found": 190, "median_l2": 17.5, "median_low": 16.0}
        row |= {"median_high": 18.0, "lower_quartile": 12.0, "upper_quartile": 25.0}
        row |= {"median_l2_lowest": 17.5, "median_l2_highest": 17.5}
        return row | {"attacks": "cw ddn", "found_by": "cw:90 ddn:100"} | changes

    return made


@pytest.fixture
def changes_of(table_of):
    """A function that gives such rows as the table that jobs read."""
    return lambda rows: table_of(rows, SMALLEST_CHANGE)
