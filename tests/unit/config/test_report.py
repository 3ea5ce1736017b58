"""The report has colours that exist."""

import pytest
from matplotlib import colormaps

from mishear.config.report import USUAL_COLOUR_MAPS
from tests.unit.config.changes import assert_refused, loaded, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("report/colour_map", "magmaa"), ["report.colour_map", "'magmaa'", "'magma'"]),
        (put("report/gallery", {"eps": 0}), ["report.gallery.eps", "0"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


@pytest.mark.parametrize("name", [*USUAL_COLOUR_MAPS, "hot"])
def test_every_colour_map_of_matplotlib_can_be_used(raw, name):
    assert name in colormaps
    assert loaded(raw, "report/colour_map", name).report.colour_map == name
