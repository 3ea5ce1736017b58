"""Which test recordings a study has as audio, and which of them are played."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.study.sounds import _spread, inversions, played_sounds, sounds
from tests.unit.study.configs import FLIPS, NOISY, PLAIN, SETTING, config

RECIPES = PLAIN | NOISY | {"flips": {"poison": FLIPS}}
LISTENING = {"recognisers": [], "inversion": {"attacks": ["pgd"]}, "page": {"eps": 1}}


def heard(**changes):
    study = {"attacks": ["pgd", "wave"], "listening": LISTENING, "seeds": [0, 1]} | changes
    return config(RECIPES, **study)


def test_every_version_of_the_recordings_is_there_once():
    found = [sound.path for sound in sounds(heard(seeds=[0]))]
    assert found == [
        "a/mel/clean",
        "a/mel/round-trip",
        "a/mel/noise-amplitude0.01",
        "a/mel/net/standard/seed0/none/wave/eps40",
        "a/mel/net/standard/seed0/none/wave/eps20",
        "a/mel/net/standard/seed0/@inverted/pgd/eps0.5",
        "a/mel/net/standard/seed0/@inverted/pgd/eps1",
    ]


def test_a_study_without_listening_has_no_sound():
    assert sounds(heard(listening=None)) == inversions(heard(listening=None)) == []


def test_without_inversion_there_is_no_round_trip():
    kinds = {sound.kind for sound in sounds(heard(listening={"recognisers": []}))}
    assert kinds == {"clean", "poisoned", "waveform"}


def test_the_page_plays_the_first_seeds_reference_at_few_eps():
    found = [sound.path for sound in played_sounds(heard(), SETTING)]
    assert found == [
        "a/mel/clean",
        "a/mel/round-trip",
        "a/mel/noise-amplitude0.01",
        "a/mel/net/standard/seed0/none/wave/eps40",
        "a/mel/net/standard/seed0/@inverted/pgd/eps0.5",
    ]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20, unique=True), st.integers(2, 10))
def test_eps_are_spread_over_their_list_with_both_ends(values, most):
    found = _spread(values, most)
    assert len(found) == min(len(values), most)
    assert (found[0], found[-1]) == (values[0], values[-1])
    assert found == [value for value in values if value in found]


@pytest.mark.parametrize("most", [1, 2, 4])
def test_fewer_eps_than_allowed_are_all_played(most):
    assert _spread([0.5], most) == [0.5]
