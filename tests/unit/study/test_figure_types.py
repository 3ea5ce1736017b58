"""Paths of figures."""

from mishear.study.figure_types import Figure
from tests.unit.study.configs import SETTING


def test_a_figure_has_one_path_below_its_setting():
    whole = Figure("audio_quality", **SETTING)
    attack = Figure("gallery", **SETTING, recipe="standard", attack="fgsm", eps=0.5)
    poison = Figure("poisoning", **SETTING, recipe="noise")
    assert whole.setting == SETTING
    assert [each.name for each in (whole, attack, poison)] == [
        "audio-quality",
        "standard/gallery-fgsm",
        "noise/poisoning",
    ]
    assert attack.path == "figures/a/mel/net/standard/gallery-fgsm.svg"
    beside = "column/a/mel/net/standard/gallery-fgsm"
    assert attack.column == (f"{beside}.svg", f"{beside}.pdf")
