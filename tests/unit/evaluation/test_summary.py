"""The numbers of the summary, and their intervals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.statistics import wilson_interval
from mishear.core.tables import read_results
from mishear.evaluation import certificates, summary
from mishear.evaluation import checks as sanity
from mishear.evaluation import worst_case as robustness
from mishear.evaluation.results import RESULT_COLUMNS, write_results
from mishear.evaluation.summary import summarise


def row(label="1", clean="1", adversarial="1", **other):
    success = int(label != adversarial) if clean == label else ""
    base = dict.fromkeys(RESULT_COLUMNS, "")
    base |= {"recording": "a.wav", "label": label, "clean_prediction": clean}
    base |= {"adversarial_prediction": adversarial, "success": str(success)}
    return base | {"linf": "0.5", "l2": "2", "seconds": "0.25", "device": "cpu"} | other


def test_accuracies_and_success_rate():
    rows = [row(), row(adversarial="2", l2="4"), row(clean="3", adversarial="3"), row()]
    summary = summarise(rows)
    assert summary["n"] == 4
    assert summary["clean_accuracy"] == 0.75
    assert summary["accuracy"] == 0.5
    assert summary["attack_success_rate"] == pytest.approx(1 / 3)
    assert summary["median_l2"] == 4
    assert summary["mean_l2"] == 2.5
    assert summary["median_snr_db"] is None
    assert summary["seconds"] == 1
    assert summary["device"] == "cpu"


def test_success_of_what_aims_is_among_the_recordings_it_aims_at():
    aimed = [
        row(label="1", adversarial="7", target="7", success="1"),
        row(label="2", clean="7", adversarial="7", target="7", success="1"),
        row(label="3", clean="3", adversarial="5", target="7", success="0"),
        row(label="7", clean="7", adversarial="7", target="7", success=""),
        row(label="4", clean="4", adversarial="4", target="", success=""),
    ]
    summary = summarise(aimed)
    assert summary["attack_success_rate"] == pytest.approx(2 / 3)
    assert (summary["success_low"], summary["success_high"]) == wilson_interval(2, 3)


def test_where_nothing_is_aimed_at_there_is_no_success():
    summary = summarise([row(success=""), row(clean="2", adversarial="2", success="")])
    assert summary["attack_success_rate"] is None
    assert summary["clean_accuracy"] == 0.5


def test_nothing_classified_correctly_has_no_success_rate():
    assert summarise([row(clean="2", adversarial="2")])["attack_success_rate"] is None


@given(st.integers(1, 2000), st.floats(0, 1))
def test_wilson_interval_holds_the_share_and_stays_within_0_and_1(n, share):
    correct = round(share * n)
    low, high = wilson_interval(correct, n)
    assert 0 <= low <= correct / n <= high <= 1
    assert low < high


def test_wilson_interval_against_the_formula():
    n, p, z = 240, 227 / 240, 1.959963984540054
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert wilson_interval(227, 240) == pytest.approx((centre - half, centre + half))


@pytest.mark.parametrize(
    "columns",
    [
        certificates.CERTIFICATE_COLUMNS,
        certificates.SUMMARY_COLUMNS,
        robustness.COLUMNS,
        sanity.CHECK_COLUMNS,
        sanity.RUN_COLUMNS,
        summary.COLUMNS,
        RESULT_COLUMNS,
    ],
)
def test_no_table_has_a_column_twice(columns):
    assert len(columns) == len(set(columns))


def test_results_are_read_as_written(tmp_path):
    write_results([row(), row(adversarial="2")], tmp_path / "eps1.csv")
    assert read_results(tmp_path / "eps1.csv") == [row(), row(adversarial="2")]
