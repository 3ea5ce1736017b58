"""The first table has each victim once, with the worst of its attacks at one limit."""

import pandas as pd
import pytest

from mishear.report.overview import SHOWN_RATIO, overview
from mishear.report.tables import Tables
from tests.unit.report.test_headline import measurement, worst

EMPTY = pd.DataFrame()
SNR = {"domain": "waveform", "budget": "snr"}


def tables(setting, measurements, cases, certificates=None, corruptions=()):
    measurements, corruptions, cases = (
        pd.DataFrame([row | setting.names for row in rows])
        for rows in (measurements, corruptions, cases)
    )
    measurements["severity"] = None
    found = Tables(measurements, corruptions, cases, *[EMPTY] * 4, None, certificates, None, None)
    return type("AllOfOneSetting", (), {"of": lambda self, _: found})()


@pytest.fixture
def setting(study):
    return study.settings[0]


def test_the_eps_and_the_ratio_nearest_to_those_shown_are_chosen(study, setting):
    shown = setting.shown_eps
    cases = [worst(shown / 4, 0.9), worst(shown, 0.4), worst(shown * 4, 0.1)]
    cases += [worst(SHOWN_RATIO, 0.6, **SNR), worst(SHOWN_RATIO - 20, 0.2, **SNR)]
    made = overview(study, tables(setting, [measurement(0.5, 0.5, clean=0.95)], cases))
    (row,) = made.rows
    assert (row.recipe, row.defence, row.n, row.seeds) == ("standard", "none", 200, 5)
    assert row.clean.accuracy == 0.95
    assert (row.attacked.value.accuracy, row.attacked.limit) == (0.4, f"eps {shown:g} dB, L∞")
    assert (row.on_waveform.value.accuracy, row.on_waveform.limit) == (0.6, "40 dB SNR")
    assert made.columns == ["attacked", "on_waveform"]


@pytest.mark.parametrize(("attacks", "uneven"), [("pgd fgsm", []), ("pgd cw", ["attacked"])])
def test_worst_cases_over_other_attacks_are_told_apart(study, setting, attacks, uneven):
    names = ("none", "jpeg")
    runs = [measurement(0.5, 0.5, defence=name) for name in names]
    cases = [worst(0.5, 0.4), worst(0.5, 0.3, defence="jpeg", attacks=attacks)]
    made = overview(study, tables(setting, runs, cases))
    assert made.uneven == uneven
    assert [row.attacked.attacks for row in made.rows] == [["fgsm", "pgd"], attacks.split()]


def test_at_one_ratio_the_worst_norm_counts(study, setting):
    cases = [worst(40, 0.6, **SNR), worst(40, 0.3, **SNR | {"norm": "l2"})]
    made = overview(study, tables(setting, [measurement(40, 0.5, **SNR)], cases))
    assert made.rows[0].on_waveform.value.accuracy == 0.3
    assert made.rows[0].attacked is None


def test_victims_of_poison_are_left_out(study, setting):
    rows = [measurement(0.5, 0.5), measurement(0.5, 0.5, recipe="noise", poisoning_rate=0.5)]
    made = overview(study, tables(setting, rows, [worst(0.5, 0.4)]))
    assert [row.recipe for row in made.rows] == ["standard"]


def corrupted(corruption, severity, accuracy, **changes):
    level = {"severity": severity, "level": 13 - severity, "level_unit": "dB SNR"}
    changes |= {"corruption": corruption, "attack": None, **level}
    return measurement(0.5, accuracy, **changes)


def test_the_worst_corruption_of_the_middle_severity_is_shown(study, setting):
    met = [corrupted("hiss", 3, 0.8), corrupted("crowd", 3, 0.7), corrupted("crowd", 4, 0.2)]
    met.append(corrupted("hiss", 3, 0.1, recipe="noise", poisoning_rate=0.5))
    attacked = [measurement(0.5, 0.5)], [worst(0.5, 0.4)]
    (row,) = overview(study, tables(setting, *attacked, corruptions=met)).rows
    assert row.corrupted.value.accuracy == 0.7
    assert row.corrupted.limit == "crowd, 10 dB SNR"
    (row,) = overview(study, tables(setting, *attacked)).rows
    assert row.corrupted is None


def test_a_victim_that_meets_corruptions_alone_has_its_row(study, setting):
    met = [corrupted("hiss", 3, 0.8, recipe="other")]
    attacked = [measurement(0.5, 0.5)], [worst(0.5, 0.4)]
    rows = overview(study, tables(setting, *attacked, corruptions=met)).rows
    assert [(row.recipe, row.attacked is None) for row in rows] == [
        ("standard", False),
        ("other", True),
    ]


def certified(accuracies, seeds=2):
    rows = [
        {"radius": radius, "certified_accuracy": accuracy, "ci_low": 0.1, "ci_high": 0.6}
        | {"certified_accuracy_lowest": accuracy - 0.1, "certified_accuracy_highest": accuracy}
        for radius, accuracy in accuracies.items()
    ]
    return pd.DataFrame(rows).assign(recipe="standard", defence="smooth", n=100, seeds=seeds)


@pytest.mark.parametrize(("last", "found"), [(0.6, (0.5, 0.1, 0.6)), (0.45, (0.0, 0.0, 0.037))])
def test_a_certificate_counts_what_is_certain_at_the_radius_shown(study, setting, last, found):
    assert setting.shown_eps == 0.5
    measured = [measurement(0.5, 0.5, defence="smooth")]
    cases = [worst(0.5, 0.4, defence="smooth")]
    certificates = certified({0.0: 0.9, 0.4: 0.7, last: 0.5})
    (row,) = overview(study, tables(setting, measured, cases, certificates)).rows
    value = row.certified.value
    assert (value.accuracy, value.low, value.high) == pytest.approx(found, abs=1e-3)
    assert (value.n, value.seeds) == (100, 2)
