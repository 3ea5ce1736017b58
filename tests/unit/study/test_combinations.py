"""A study combines its lists as it says: everything with everything unless it names victims."""

from hypothesis import given
from hypothesis import strategies as st

from mishear.config.config import Config
from mishear.study.combinations import combinations, recipes_of, seeds_in
from mishear.study.evaluations import settings_of, victims
from tests.unit.study.configs import raw

LISTS = {"front_ends": ["a", "b"], "networks": ["m", "n"], "recipes": ["s", "t"], "seeds": [0, 1]}


def study(chosen=None):
    found = raw(dict.fromkeys(LISTS["recipes"], {}), attacks=[])
    found["front_ends"] = dict.fromkeys(LISTS["front_ends"], {})
    found["networks"] = dict.fromkeys(LISTS["networks"], {"class": "PaperCNN"})
    found["study"] |= LISTS | ({"victims": chosen} if chosen else {})
    return Config.model_validate(found)


def named(found):
    return [(v.front_end, v.network, v.recipe, v.seed) for v in found]


def test_without_victims_everything_is_combined():
    assert len(victims(study())) == 2**4
    assert len(combinations(study())) == 1


def test_networks_meet_the_front_ends_that_they_take():
    pairs = [
        {"front_ends": ["a"], "networks": ["m"]},
        {"front_ends": ["b"], "networks": ["n"], "seeds": [1]},
    ]
    found = victims(study(pairs))
    assert named(found) == [
        *[("a", "m", recipe, seed) for recipe in ("s", "t") for seed in (0, 1)],
        ("b", "n", "s", 1),
        ("b", "n", "t", 1),
    ]
    assert [each["network"] for each in settings_of(study(pairs))] == ["m", "n"]


def test_seeds_and_recipes_are_those_of_their_combinations():
    pairs = [{"networks": ["m"], "recipes": ["t"]}, {"networks": ["n"], "seeds": [1]}]
    made = study(pairs)
    assert recipes_of(made, "m") == ["t"] and recipes_of(made, "n") == ["s", "t"]
    corpus = made.study.corpora[0]
    setting = {"corpus": corpus, "front_end": "a", "network": "n"}
    assert seeds_in(made, setting, "s") == [1]
    assert seeds_in(made, setting | {"network": "m"}, "s") == []


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                k: st.lists(st.sampled_from(v), min_size=1, unique=True) for k, v in LISTS.items()
            },
        ),
        min_size=1,
        max_size=3,
    )
)
def test_no_victim_comes_twice_and_none_is_outside_the_lists(chosen):
    found = named(victims(study(chosen)))
    assert len(found) == len(set(found))
    assert set(found) <= set(named(victims(study())))
