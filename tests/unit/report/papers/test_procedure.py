"""Statistics, checks, software."""

import pytest

from mishear.core.card.parts import CommitOfCard, Software
from mishear.report.papers.procedure import checks, software, statistics


def test_intervals_are_told_for_one_and_several_victims(card):
    assert "Wilson's score intervals" in " ".join(statistics(card))
    results = [each.model_copy(update={"seeds": [0, 1]}) for each in card.results]
    text = " ".join(statistics(card.model_copy(update={"results": results})))
    assert "means over the victims" in text
    assert "2 of 6 requirements" not in text


def test_clusters_of_speakers_are_told_where_intervals_are_about_others(card):
    assert "cluster" not in " ".join(statistics(card))
    covers = "recordings and speakers, of this one victim"
    results = [each.model_copy(update={"covers": covers}) for each in card.results]
    assert "cluster" in " ".join(statistics(card.model_copy(update={"results": results})))


def test_checks_are_counted_by_verdict(card):
    assert "Verdicts: failure 1." in " ".join(checks(card))
    assert not list(checks(card.model_copy(update={"checks": []})))


def test_the_eps_of_checks_is_told_only_of_attacks_on_the_input(card):
    def said(domain):
        threats = [each.model_copy(update={"domain": domain}) for each in card.threats]
        return " ".join(checks(card.model_copy(update={"threats": threats})))

    assert "those on the input at eps 0.5" in said("spectrogram")
    assert "eps" not in said("waveform").split("[@")[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "at eps 0.5 where inputs are in dB, and elsewhere at the middle eps of all attacks"),
        ({"eps": 0.25}, "at eps 0.25 ["),
        ({"eps": {"a": 0.5, "b": 0.01}}, "at eps 0.5 (front end `a`), eps 0.01 (front end `b`) ["),
    ],
)
def test_the_eps_of_checks_is_told_as_the_config_gives_it(card, given, said):
    settings = {key: value for key, value in card.config["checks"].items() if key != "eps"}
    config = card.config | {"checks": settings | given}
    assert said in " ".join(checks(card.model_copy(update={"config": config})))


def test_the_commit_and_machines_are_told(card):
    commit = CommitOfCard(hash="ab" * 20, date="2026-01-02T03:04:05+00:00", clean=False)
    found = card.model_copy(update={"software": Software(mishear="1_2", commit=commit)})
    text = " ".join(software(found))
    assert f"1\\_2, commit `{'ab' * 20}` of 2026-01-02 (with changes)" in text
    assert "torch 2.11.0, numpy 2.4.1 on Some CPU (AVX2, threads: 1): 1 victim." in text
