"""The numbers of the summary, and their intervals."""

import pytest

from mishear.core.statistics import wilson_interval
from mishear.evaluation.results import Results
from mishear.evaluation.summary import summarise
from tests.unit.conftest import result_row as row


def summary_of(*rows):
    return summarise(Results(rows))


def test_accuracies_and_success_rate():
    rows = [row(), row(adversarial="2", l2=4.0), row(clean="3", adversarial="3"), row()]
    summary = summary_of(*rows)
    assert summary["n"] == 4
    assert summary["clean_accuracy"] == 0.75
    assert summary["accuracy"] == 0.5
    assert summary["attack_success_rate"] == pytest.approx(1 / 3)
    assert summary["median_l2"] == 4
    assert summary["mean_l2"] == 2.5
    assert summary["median_snr_db"] is None
    assert summary["seconds"] == 1
    assert summary["device"] == "cpu"


def test_ratios_are_medians_over_the_recordings_that_have_one():
    rows = [row(snr_db=ratio, si_sdr_db=ratio + 6) for ratio in (10.0, 30.0, 12.0)] + [row()]
    summary = summary_of(*rows)
    assert (summary["median_snr_db"], summary["median_si_sdr_db"]) == (12, 18)


def test_success_of_what_aims_is_among_the_recordings_it_aims_at():
    aimed = [
        row(label="1", adversarial="7", target="7", success=True),
        row(label="2", clean="7", adversarial="7", target="7", success=True),
        row(label="3", clean="3", adversarial="5", target="7", success=False),
        row(label="7", clean="7", adversarial="7", target="7", success=None),
        row(label="4", clean="4", adversarial="4", target="", success=None),
    ]
    summary = summary_of(*aimed)
    assert summary["attack_success_rate"] == pytest.approx(2 / 3)
    assert (summary["success_low"], summary["success_high"]) == wilson_interval(2, 3)


def test_where_nothing_is_aimed_at_there_is_no_success():
    summary = summary_of(row(success=None), row(clean="2", adversarial="2", success=None))
    assert summary["attack_success_rate"] is None
    assert summary["clean_accuracy"] == 0.5


def test_nothing_classified_correctly_has_no_success_rate():
    assert summary_of(row(clean="2", adversarial="2"))["attack_success_rate"] is None


def test_saved_recordings_have_an_accuracy_of_their_own():
    saved = [row(saved_prediction=predicted) for predicted in ("1", "2", "1", "1")]
    summary = summary_of(*saved)
    assert summary["saved_accuracy"] == 0.75
    assert (summary["saved_low"], summary["saved_high"]) == wilson_interval(3, 4)
    assert summary_of(row())["saved_accuracy"] is None


def test_what_an_attack_puts_right_is_not_correct_under_it():
    """But a recording with poison counts as it is classified: nothing was attacked."""
    rows = [row(clean="2", adversarial="1", saved_prediction="1"), row(saved_prediction="1")]
    attacked, poisoned = (summarise(Results(rows, attacked)) for attacked in (True, False))
    assert (attacked["accuracy"], attacked["saved_accuracy"]) == (0.5, 0.5)
    assert (poisoned["accuracy"], poisoned["saved_accuracy"]) == (1, 1)
    assert attacked["clean_accuracy"] == poisoned["clean_accuracy"] == 0.5


def test_queries_are_those_about_recordings_on_which_the_attack_could_succeed():
    rows = [row(queries=10.0), row(clean="2", queries=0.0), row(queries=30.0), row(queries=None)]
    assert summarise(Results(rows))["mean_queries"] == 20
    assert summarise(Results([row()]))["mean_queries"] is None
