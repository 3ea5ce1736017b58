"""Pages on which recordings are played."""

from mishear.config.loading import load
from mishear.study import paths
from mishear.study.listening import (
    listening_pages,
    page_inputs,
    page_noise,
    page_recordings,
    played_versions,
    recognisers,
)
from mishear.study.plan import Plan
from tests.unit.study.configs import NOISY, PLAIN, SETTING, raw

LISTENING = {"recognisers": ["sphinx"], "page": {"recordings": ["one.wav"]}}
RECOGNISERS = {"sphinx": {"class": "PocketSphinx"}}


def plan(recipes=PLAIN | NOISY, **changes):
    return Plan(load(raw(recipes, **changes)))


def listens(**changes):
    return plan(listening=LISTENING, recognisers=RECOGNISERS, attacks=["wave"], **changes)


def test_a_study_that_does_not_listen_has_no_page():
    silent = plan()
    assert listening_pages(silent) == []
    assert (page_recordings(silent), recognisers(silent)) == (0, [])


def test_a_study_without_a_clean_training_has_no_page():
    noisy = plan(NOISY, listening=LISTENING, recognisers=RECOGNISERS, used=["noise"])
    assert listening_pages(noisy) == []


def test_a_page_for_each_setting():
    assert len(listening_pages(listens())) == 1
    assert len(set(listening_pages(listens(corpora=["a"], front_ends=["mel"])))) == 1


def test_what_is_played_has_a_sound_its_quality_and_its_transcripts():
    found = listens()
    inputs = page_inputs(found, SETTING)
    played = played_versions(found, SETTING)
    assert played
    for sound in played:
        assert inputs[f"sound/{sound}"] == paths.sound(sound)
        assert inputs[f"quality/{sound}"] == paths.quality(sound)
        assert inputs[f"transcript/sphinx/{sound}"] == paths.transcripts(sound, "sphinx")
    assert len(inputs) == 3 * len(played) + 3
    assert "/standard/" in inputs["victim"]


def test_the_clean_recordings_the_poison_and_the_attack_are_played():
    kinds = {row["kind"] for row in played_versions(listens(), SETTING).values()}
    assert {"clean", "poisoned", "waveform"} <= kinds
    assert page_noise(listens()) == "noise"
    assert page_noise(plan(PLAIN)) is None
    assert page_recordings(listens()) == ["one.wav"]
