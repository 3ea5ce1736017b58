"""The card says what the tables say, and who and what they are of."""

import json

import pytest

from mishear.core.card.files import read_card
from mishear.core.card.parts import SplitOfCard
from mishear.core.files import sha256
from mishear.core.tables.over_seeds import SUMMARY_OVER_SEEDS
from mishear.report.card.building import covered
from mishear.study.card import card_params, read_card_plan
from mishear.study.trainings import TRAINED
from tests.unit.report.card.conftest import studied
from tests.unit.report.card.studies import HOSTILE, TESTS, invent


def test_the_card_is_read_as_it_was_written(invented):
    path = invented.write_card()
    assert read_card(path) == read_card(invented.write_card())
    card = read_card(path)
    assert sorted(HOSTILE) == card.corpora[0].classes
    assert card.study == "s"
    assert (card.corpora[0].recordings, card.splits[0].test) == (2 * TESTS, TESTS)
    assert card.models[0].sha256 == "ab" * 32
    assert card.config["attacks"].keys() == {"pgd", "cw"}


def test_results_are_the_rows_of_the_summary(invented):
    rows = SUMMARY_OVER_SEEDS.read(invented.inputs["summary_over_seeds"])
    results = invented.card.results
    assert len(rows) == len(results) == 5
    for row, result in zip(rows, results, strict=True):
        assert (row["accuracy"], row["ci_low"], row["ci_high"]) == (
            result.accuracy.value,
            result.accuracy.low,
            result.accuracy.high,
        )
        assert (row["corruption"] or None, row["severity"]) == (result.corruption, result.severity)


def test_threats_state_norm_unit_eps_knowledge_and_steps(invented):
    threats = {each.id: each for each in invented.card.threats}
    assert len(threats) == 3
    pgd = threats["mel/pgd/eps0.5/white-box/exact"]
    assert (pgd.norm, pgd.unit, pgd.eps, pgd.knowledge) == ("linf", "dB", 0.5, "white box")
    assert (pgd.steps, pgd.params["rel_stepsize"]) == (40, pytest.approx(0.01 / 0.3))
    assert threats["mel/cw/epsinf/white-box/exact"].eps == "inf"
    assert {each.threat for each in invented.card.results} == {*threats, None}


def test_infinite_numbers_are_text_in_json(invented):
    text = invented.write_card().read_text()
    json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert read_card(invented.write_card()).config["attacks"]["cw"]["eps"] == ["inf"]


def test_tables_by_recording_are_named_with_their_hashes(invented):
    tables = [table for result in invented.card.results for table in result.tables]
    assert len({table.path for table in tables}) == 4  # both severities are in one
    for table in tables:
        assert sha256(invented.folder / table.path) == table.sha256


@pytest.mark.parametrize(
    ("speakers", "covers"),
    [
        (("ann",), "recordings of these speakers, of this one victim"),
        (("",), "recordings, of this one victim"),
    ],
)
def test_it_is_said_what_intervals_cover(tmp_path, speakers, covers):
    card = invent(tmp_path, studied(), speakers=speakers).card
    assert {result.covers for result in card.results} == {covers}


def test_intervals_of_a_network_from_elsewhere_are_about_other_speakers_if_it_does_not_know_these():
    split = SplitOfCard(
        corpus="mine", fold=None, path="", train=0, validation=0, test=9,
        test_sha256="", test_speakers=3, known_speakers=0,
    )  # fmt: skip
    row = {"corpus": "mine", "seeds": 1, "recipe": "standard"}
    assert covered(row, [split]) == "recordings and speakers, of this one victim"
    assert covered(row | {"recipe": TRAINED}, [split]) == (
        "recordings and speakers, of this one victim, if it was not trained on the speakers tested"
    )


def test_intervals_of_several_victims_are_about_others_too(tmp_path):
    card = invent(tmp_path, studied(seeds=[0, 1])).card
    assert {result.covers for result in card.results} == {
        "victims and recordings of these speakers"
    }
    assert card.results[0].seeds == [0, 1]
    assert card.passed is None


def test_the_gate_is_in_the_card(invented):
    card = invented.card
    assert card.passed is False
    assert [each.passed for each in card.requirements] == [False, True, True]


def test_a_plan_comes_back_from_the_params_of_a_job(invented):
    params = card_params(invented.config)
    again = read_card_plan(json.loads(json.dumps(params)))
    assert invented.build(again) == invented.card
