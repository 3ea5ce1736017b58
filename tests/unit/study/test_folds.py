"""A fold is a dimension of the victims, and each has a split of its own."""

import pytest

from mishear.study import params, paths
from mishear.study.evaluations import Victim, evaluations, is_first, victims
from mishear.study.folds import fold_in, folds, split_settings, wildcard
from mishear.study.inputs import training, victim_with_inputs
from mishear.study.keys import summary_keys
from mishear.study.plan import Plan
from mishear.study.report_plan import report_inputs
from mishear.study.selections import minimisations, reference_victims
from tests.unit.study.configs import PLAIN, SETTING, VICTIM, config

THREE = {"by": "speaker", "folds": 3}


def test_without_folds_there_is_one_division():
    found = config(PLAIN)
    assert folds(found, "a") == [None]
    assert [victim.path for victim in victims(found)] == ["a/mel/net/standard/seed0"]


def test_each_fold_has_victims_of_its_own():
    found = config(PLAIN, seeds=[4, 7], split=THREE)
    assert [victim.path for victim in victims(found)] == [
        f"a/mel/net/standard/seed{seed}@fold{fold}" for seed in (4, 7) for fold in range(3)
    ]
    assert {evaluation.victim for evaluation in evaluations(found)} == set(victims(found))
    assert reference_victims(found) == victims(found)
    assert [victim for victim in victims(found) if is_first(found, victim)] == victims(found)[:1]


def test_all_means_a_fold_for_each_speaker_of_the_corpus():
    corpora = {"a": {"source": "espeak", "speakers": 9}, "b": {"source": "fsdd"}}
    found = config(PLAIN, split={"by": "speaker", "folds": "all"})
    found = found.model_copy(update={"corpora": _corpora(corpora)})
    assert len(folds(found, "a")) == 9
    assert len(folds(found, "b")) == 6
    assert split_settings(found, "b")["folds"] == 6


def _corpora(raw):
    from pydantic import TypeAdapter

    from mishear.config.corpora import Corpus

    return TypeAdapter(dict[str, Corpus]).validate_python(raw)


@pytest.mark.parametrize("fold", [None, 0, 12])
def test_a_fold_is_read_from_its_place(fold):
    assert fold_in(wildcard(fold)) == fold
    victim = Victim("a", "b", "c", "d", 3, fold)
    assert Victim.of(victim.names) == victim


def test_jobs_of_a_fold_read_its_split_and_its_victim():
    plan = Plan(config(PLAIN, split=THREE))
    names = VICTIM | {"fold": "@fold2", "defence": "none"}
    assert training(plan, names)["split"] == "results/splits/a@fold2.csv"
    read = victim_with_inputs(plan, names)
    assert read["split"] == "results/splits/a@fold2.csv"
    assert read["victim"] == "results/victims/a/mel/net/standard/seed0@fold2/victim.pt"
    assert params.fold(plan, names) == 2
    assert params.split(plan, names)["folds"] == 3


def test_tables_say_the_fold():
    found = config(PLAIN, split=THREE)
    assert [keys["fold"] for keys in summary_keys(found)] == [0, 0, 1, 1, 2, 2]
    assert {keys["fold"] for keys in summary_keys(config(PLAIN))} == {None}


def test_figures_and_the_page_are_of_all_folds():
    found = config(PLAIN, split=THREE, attacks=["cw"])
    assert [each.victim.fold for each in minimisations(found, SETTING)] == [0, 1, 2]
    inputs = report_inputs(found)
    accuracies = [inputs[f"accuracy/{victim.path}"] for victim in reference_victims(found)]
    assert accuracies[1] == paths.ACCURACY.format(**VICTIM | {"fold": "@fold1"})


@pytest.mark.parametrize(
    ("split", "left"),
    [
        ({}, {"by", "train", "validation", "test", "seed"}),
        ({"by": "file", "file": "mine.csv"}, {"by", "file"}),
    ],
)
def test_a_division_depends_on_its_own_keys(split, left):
    assert set(split_settings(config(PLAIN, split=split), "a")) == left
