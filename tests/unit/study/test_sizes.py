"""Sizes of perturbations follow the unit of the front end."""

import pytest

from mishear.config.loading import load
from mishear.study.check_inputs import baseline_settings
from mishear.study.figures import figures
from mishear.study.plan import Plan
from mishear.study.sizes import check_size, shown_size
from tests.unit.study.configs import PLAIN, VICTIM, config, raw

RAW = {"class": "Waveform", "sample_rate": 16000}
LOG = {"params": {"scale": "log", "offset": 1e-6}}
STANDARDISED = {"params": {"mean": -40.0, "std": 20.0}}
ATTACKS = {
    "pgd": {"class": "LinfPGD", "eps": [1, 2, 8]},
    "fgsm": {"class": "LinfFastGradientAttack", "eps": [4]},
}


def studied(front_end, **changes):
    found = raw(PLAIN, **changes)
    found["front_ends"] = {"mel": front_end}
    return load(found)


@pytest.mark.parametrize(
    ("front_end", "expected"),
    [({}, 0.5), (RAW, 2), (LOG, 2), (STANDARDISED, 2), ({"class": "my.MelSpectrogram"}, 2)],
)
def test_unset_it_is_the_middle_eps_of_the_attacks_unless_inputs_are_in_db(front_end, expected):
    found = studied(front_end, **{"attacks": ["pgd", "fgsm"]})
    found = found.model_copy(update={"attacks": studied(front_end, **{"attacks": ATTACKS}).attacks})
    assert check_size(found, VICTIM) == shown_size(found, VICTIM) == expected


def test_a_number_is_for_all_front_ends_and_a_mapping_for_those_named():
    given = {"mel": 3}
    sizes = config(PLAIN, checks={"eps": 2}, report={"gallery": {"eps": given}})
    assert (check_size(sizes, VICTIM), shown_size(sizes, VICTIM)) == (2, 3)


def test_without_an_eps_there_is_still_a_size():
    attacks = {"cw": {"class": "L2CarliniWagnerAttack"}}
    assert check_size(studied(RAW, **{"attacks": attacks}), VICTIM) == 0.5


def test_baselines_and_galleries_have_the_size_of_their_front_end():
    found = studied(RAW, checks={"eps": {"mel": 0.01}}, report={"gallery": {"eps": {"mel": 0.9}}})
    assert baseline_settings(Plan(found), VICTIM)["eps"] == 0.01
    drawn = [figure for figure in figures(found) if figure.kind == "gallery"]
    assert [(figure.attack, figure.eps) for figure in drawn] == [("pgd", 1)]
