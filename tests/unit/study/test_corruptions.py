"""Which corruptions the victims of a study meet."""

from mishear.study.corruptions import corrupted, white_noises
from mishear.study.evaluations import victims
from mishear.study.keys import corruption_keys, evaluated_victims
from mishear.study.plan import Plan
from tests.unit.study.configs import NOISY, PLAIN, config

DEFINED = {
    "hiss": {"class": "WhiteNoise"},
    "quiet-hiss": {"class": "WhiteNoise", "severities": [50]},
    "phone": {"class": "Telephone"},
}


def study(recipes=PLAIN, **changes):
    return config(recipes, corruptions=DEFINED, **changes)


def meeting(names, recipes=PLAIN, **changes):
    """The same study, whose victims meet some corruptions."""
    found = study(recipes, **changes)
    chosen = found.study.model_copy(update={"corruptions": names})
    return found.model_copy(update={"study": chosen})


def test_every_victim_meets_each_behind_each_defence():
    found = meeting(["hiss", "phone"], PLAIN | NOISY, defences=["none", "median"], seeds=[0, 1])
    met = corrupted(found)
    assert len(met) == len(victims(found)) * 2 * 2
    assert met[1].results == "results/corruptions/a/mel/net/standard/seed0/none/phone.csv"
    assert {each.victim.recipe for each in met} == {"standard", "noise-amplitude0.01-rate1"}


def test_keys_are_in_the_order_of_the_files_and_say_nothing_of_attacks():
    found = meeting(["hiss", "phone"], seeds=[0, 1])
    keys = corruption_keys(found)
    assert [(key["seed"], key["corruption"]) for key in keys] == [
        (each.victim.seed, each.corruption) for each in Plan(found).corrupted
    ]
    assert {key[name] for key in keys for name in ("attack", "evaluation", "eps")} == {None}


def test_without_corruptions_there_are_none():
    assert corrupted(study()) == []


def test_victims_that_meet_corruptions_alone_are_evaluated():
    found = meeting(["hiss"], attacks=[])
    assert evaluated_victims(found) == victims(found)


def test_white_noise_is_known_by_its_class():
    assert white_noises(meeting(["phone", "quiet-hiss", "hiss"])) == ("quiet-hiss", "hiss")
