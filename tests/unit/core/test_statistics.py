"""Intervals of proportions."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.stats import binomtest
from scipy.stats import t as student_t

from mishear.core.statistics import (
    Measured,
    Z,
    lower_bound,
    over_counts,
    over_intervals,
    over_victims,
    over_victims_of,
    paired_difference,
    proportion,
    wilson_interval,
)

SHAPES = st.tuples(st.integers(1, 6), st.integers(1, 30))
STUDIES = SHAPES.flatmap(lambda shape: arrays.arrays(bool, shape))
"""Which recordings each victim classifies correctly."""
PAIRS = SHAPES.flatmap(lambda shape: st.tuples(*[arrays.arrays(bool, shape)] * 2))
STATISTICS = {
    "over_victims": over_victims,
    "over_victims_of": lambda correct: over_victims_of(correct, np.ones_like(correct)),
    "over_counts": lambda correct: over_counts(
        correct.sum(1), np.full(len(correct), correct.shape[1])
    ),
}


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


@given(st.integers(0, 50), st.integers(0, 50))
def test_a_proportion_is_the_columns_of_a_table(a, b):
    count, n = min(a, b), max(a, b)
    columns = proportion("accuracy", "ci", count, n)
    assert list(columns) == ["accuracy", "ci_low", "ci_high"]
    if n:
        assert columns["accuracy"] == count / n
        assert (columns["ci_low"], columns["ci_high"]) == wilson_interval(count, n)
    else:
        assert set(columns.values()) == {None}


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.6, 0.9999))
def test_a_lower_bound_lies_below_the_share(n, share, confidence):
    correct = round(share * n)
    assert 0 <= lower_bound(correct, n, confidence) <= correct / n


def test_an_interval_holds_its_ends():
    measured = Measured(0.5, 0.4, 0.6, 100)
    assert measured.contains(0.4)
    assert measured.contains(0.6)
    assert not measured.contains(0.61)


@pytest.mark.parametrize("name", STATISTICS)
@given(STUDIES, st.randoms(use_true_random=False))
def test_an_interval_over_victims(name, correct, random):
    found = STATISTICS[name](correct)
    mean, low, high = found
    assert mean == pytest.approx(correct.mean())
    assert 0 <= low <= mean <= high <= 1
    assert low < high
    victims, recordings = (random.sample(range(size), size) for size in correct.shape)
    assert STATISTICS[name](correct[victims][:, recordings]) == pytest.approx(found)
    assert STATISTICS[name](~correct) == pytest.approx((1 - mean, 1 - high, 1 - low))


@pytest.mark.parametrize("name", STATISTICS)
@given(arrays.arrays(bool, st.tuples(st.just(1), st.integers(1, 300))))
def test_the_interval_of_one_victim_is_wilsons(name, correct):
    n, count = correct.size, int(correct.sum())
    expected = binomtest(count, n).proportion_ci(method="wilson")
    assert STATISTICS[name](correct) == (count / n, expected.low, expected.high)


@given(st.integers(2, 8), st.integers(1, 200), st.floats(0, 1))
def test_victims_that_agree_on_every_recording_say_no_more_than_one(victims, recordings, share):
    of_one = np.arange(recordings) < round(share * recordings)
    expected = binomtest(int(of_one.sum()), recordings).proportion_ci(method="wilson")
    _, low, high = over_victims(np.tile(of_one, (victims, 1)))
    assert low <= expected.low + 1e-9
    assert high >= expected.high - 1e-9


def test_an_interval_over_victims_by_hand():
    correct = np.array([[1, 1, 0, 0], [1, 0, 1, 1]], dtype=bool)
    # Means .5 and .75, and 1, .5, .5, .5: mean squares .125 and .125, residual .875 / 3.
    t, z = 12.706204736, 1.959963984540054
    half = max(t**2 * 0.125 + z**2 * max(0.125 - 0.875 / 3, 0), z**2 * 0.125) / 8
    p, n = 0.625, 0.625 * 0.375 * z**2 / half
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    distance = z / (1 + z**2 / n) * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5
    assert over_victims(correct) == pytest.approx((p, centre - distance, centre + distance))


@given(PAIRS)
def test_a_rate_of_what_each_victim_was_tried_on(pair):
    hits, trials = pair
    assume(trials.any())
    rate, low, high = over_victims_of(hits, trials)
    assert rate == pytest.approx((hits & trials).sum() / trials.sum())
    assert 0 <= low <= rate <= high <= 1
    assert over_victims_of(~hits, trials) == pytest.approx((1 - rate, 1 - high, 1 - low))


def test_there_is_no_rate_without_trials():
    nothing = np.zeros((2, 3), dtype=bool)
    with pytest.raises(ValueError, match="no trials"):
        over_victims_of(nothing, nothing)


def test_counts_alone_give_no_narrower_an_interval():
    random = np.random.default_rng(0)
    for victims in (2, 3, 5, 10):
        correct = random.random((victims, 240)) < random.uniform(0.3, 0.9, (victims, 1))
        _, low, high = over_victims(correct)
        _, lowest, highest = over_counts(correct.sum(1), np.full(victims, 240))
        assert lowest <= low < high <= highest


@given(PAIRS)
def test_a_paired_difference(pair):
    first, second = pair
    difference, low, high = paired_difference(first, second)
    assert difference == pytest.approx(first.mean() - second.mean())
    assert -1 <= low <= difference <= high <= 1
    assert paired_difference(second, first) == pytest.approx((-difference, -high, -low))
    same, below, above = paired_difference(first, first)
    assert same == 0
    assert below < 0 < above
    assert above == pytest.approx(-below)


def test_differences_are_paired():
    random = np.random.default_rng(0)
    first = random.random((3, 240)) < np.linspace(0, 1, 240)
    second = first ^ (random.random((3, 240)) < 0.02)
    _, low, high = paired_difference(first, second)
    _, apart, away = paired_difference(first, second[:, ::-1])
    assert high - low < (away - apart) / 2


def test_what_is_not_paired_has_no_difference():
    with pytest.raises(ValueError, match="not the same"):
        paired_difference(np.ones((2, 3), dtype=bool), np.ones((2, 4), dtype=bool))


def test_intervals_of_several_victims_become_one():
    values = np.array([10.0, 12.0])
    assert over_intervals(values[:1], np.array([9.0]), np.array([12.0])) == (10, 9, 12)
    mean, low, high = over_intervals(values, values - 1, values + 2)
    between = 12.706204736  # t with one degree of freedom; the standard error of the mean is 1
    assert mean == 11
    assert low == pytest.approx(11 - np.hypot(between, 1))
    assert high == pytest.approx(11 + np.hypot(between, 2))


def simulated(random, victims, recordings, level, spreads=(0.7, 2.5)):
    """Draw which recordings victims classify correctly: some are better, some are easier."""
    good = random.normal(0, spreads[0], (victims, 1))
    easy = random.normal(0, spreads[1], recordings)
    return level + good + easy + random.logistic(size=(victims, recordings)) > 0


@pytest.mark.parametrize("victims", [3, 5])
@pytest.mark.parametrize("level", [-2.5, 0.0, 4.0])
def test_intervals_cover_the_accuracy_of_the_recipe(victims, level):
    random = np.random.default_rng(1)
    truth = simulated(random, 2000, 2000, level).mean()
    studies = [simulated(random, victims, 240, level) for _ in range(300)]

    def covered(method, of):
        return np.mean([low <= truth <= high for _, low, high in map(method, map(of, studies))])

    def counts(study):
        return over_counts(study.sum(1), np.full(len(study), 240))

    assert covered(over_victims, lambda study: study) >= 0.92
    assert covered(counts, lambda study: study) >= 0.92
    # The interval of one victim is about that victim alone.
    assert covered(over_victims, lambda study: study[:1]) < 0.8


def test_intervals_cover_the_difference_of_two_recipes():
    random = np.random.default_rng(2)
    hits = []
    for _ in range(400):
        latent = random.normal(0, 2, 240)
        first, second = (
            latent + random.normal(0, 0.5, (3, 1)) + random.logistic(size=(3, 240)) > 0
            for _ in range(2)
        )
        _, low, high = paired_difference(first, second)
        hits.append(low <= 0 <= high)
    assert np.mean(hits) >= 0.92


def squared_half_width(values):
    """Squared half-width by the sums of squares of an analysis of variance, which add up."""
    victims, recordings = values.shape
    mean = values.mean()
    of_victims = recordings * sum((row.mean() - mean) ** 2 for row in values)
    of_recordings = victims * sum((column.mean() - mean) ** 2 for column in values.T)
    rest = ((values - mean) ** 2).sum() - of_victims - of_recordings
    between_victims = student_t.ppf(0.975, victims - 1) ** 2 * of_victims / (victims - 1)
    if recordings == 1:
        return between_victims / victims
    error = rest / (victims - 1) / (recordings - 1)
    between_recordings = of_recordings / (recordings - 1)
    apart = between_victims + Z * Z * max(between_recordings - error, 0)
    return max(apart, Z * Z * between_recordings) / (victims * recordings)


def wilson_of(mean, trials):
    """Wilson's limits as the roots of his quadratic equation, (p - mean)² = z² p (1 - p) / n."""
    a, b, c = 1 + Z * Z / trials, -(2 * mean + Z * Z / trials), mean * mean
    root = (b * b - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def studies(count=40):
    """Studies of all kinds: easy and hard recordings, good and bad victims, few and many."""
    random = np.random.default_rng(3)
    for _ in range(count):
        victims, recordings = random.integers(2, 6), random.integers(2, 50)
        spreads = random.choice([0.0, 0.5, 3.0], 2)
        study = simulated(random, victims, recordings, random.uniform(-1, 1), spreads)
        if 0 < study.mean() < 1:
            yield study
    yield np.array([[True], [False], [True]])


def test_intervals_are_those_of_an_analysis_of_variance():
    for study in studies():
        mean = study.mean()
        worth = mean * (1 - mean) * Z * Z / squared_half_width(study.astype(float))
        expected = wilson_of(mean, min(worth, study.size))
        assert over_victims(study)[1:] == pytest.approx(expected, abs=1e-9)


def test_rates_of_what_was_tried_are_linearised():
    random = np.random.default_rng(4)
    for study in studies():
        trials = random.random(study.shape) < 0.7
        rate = study[trials].mean() if trials.any() else 0
        if not 0 < rate < 1:
            continue
        found = over_victims_of(study, trials)
        residuals = np.where(trials, study - rate, 0) / trials.mean()
        worth = rate * (1 - rate) * Z * Z / squared_half_width(residuals)
        assert found == pytest.approx((rate, *wilson_of(rate, min(worth, trials.sum()))), abs=1e-9)


def test_intervals_of_counts_are_those_of_the_formula():
    for study in studies():
        shares, recordings = study.mean(1), study.shape[1]
        mean, victims = shares.mean(), len(shares)
        error = ((shares - mean) ** 2).sum() / (victims - 1) / victims
        squared = (
            student_t.ppf(0.975, victims - 1) ** 2 * error + Z * Z * mean * (1 - mean) / recordings
        )
        expected = wilson_of(mean, mean * (1 - mean) * Z * Z / squared)
        found = over_counts(study.sum(1), np.full(victims, recordings))
        assert found == pytest.approx((mean, *expected), abs=1e-9)


@pytest.mark.parametrize("most", [1, 9])
def test_intervals_of_differences_are_those_of_the_formula(most):
    random = np.random.default_rng(5)
    for study in studies():
        first, second = study[:most], random.random(study[:most].shape) < 0.5
        differences = first.astype(float) - second
        victims, recordings = differences.shape
        if victims > 1:
            squared = squared_half_width(differences)
        else:
            squared = Z * Z * ((differences - differences.mean()) ** 2).mean() / recordings
        half = (squared + (Z * Z / (recordings + Z * Z)) ** 2) ** 0.5
        mean = differences.mean()
        expected = (mean, max(mean - half, -1), min(mean + half, 1))
        assert paired_difference(first, second) == pytest.approx(expected, abs=1e-9)


def test_confidence_levels_are_those_asked_for():
    # Clopper and Pearson 1934, n = 10, x = 5, two-sided 95 %; Wilson's with z = 2.5758.
    assert lower_bound(5, 10, 0.975) == pytest.approx(0.187, abs=5e-4)
    assert lower_bound(10, 10, 0.9) == pytest.approx(0.1**0.1)
    assert wilson_interval(5, 10, 0.99) == pytest.approx((0.1842, 0.8158), abs=1e-4)


def test_the_interval_of_a_median_lies_between_order_statistics():
    from mishear.core.statistics import median_interval

    values = np.arange(100.0)
    low, high = median_interval(np.random.default_rng(0).permutation(values))
    assert (low, high) == (39, 60)
    assert median_interval(np.where(values < 55, values, np.inf)) == (39, np.inf)
    assert median_interval(np.array([1.0, 2.0])) == (-np.inf, np.inf)


def test_the_interval_of_a_median_counts_speakers_where_it_is_about_others():
    from mishear.core.statistics import median_interval

    values = np.repeat([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 50) + np.tile(np.arange(50) / 100, 6)
    speakers = np.repeat(np.arange(6), 50)
    alone, of_speakers = median_interval(values), median_interval(values, speakers)
    assert of_speakers[0] < 2 < alone[0] < alone[1] < 5 < of_speakers[1]
    each_its_own = median_interval(values, np.arange(300))
    assert each_its_own == pytest.approx(alone, abs=0.1)
    assert median_interval(np.where(values < 4, values, np.inf), speakers)[1] == np.inf


def test_a_victim_tested_on_few_speakers_has_the_interval_of_so_many():
    correct = np.repeat([[True, True, True, False]], 50, axis=1)
    speakers = np.arange(200) // 50
    rate, low, high = over_victims(correct, speakers)
    # Four means, 1, 1, 1 and 0, whose t interval with 3 degrees of freedom holds all of 0 to 1.
    assert rate == 0.75
    assert low < 0.2
    assert high > 0.95
    assert wilson_interval(150, 200)[0] > 0.68


@given(STUDIES, st.integers(1, 5))
def test_speakers_never_make_an_interval_narrower(correct, count):
    speakers = np.arange(correct.shape[1]) % count
    rate, low, high = over_victims(correct, speakers)
    alone = over_victims(correct)
    assert rate == alone[0]
    assert low <= alone[1] + 1e-9
    assert high >= alone[2] - 1e-9
    assert 0 <= low <= rate <= high <= 1
    if count == 1:
        assert (rate, low, high) == alone


@given(PAIRS, st.integers(1, 5))
def test_speakers_never_make_the_interval_of_a_difference_narrower(pair, count):
    speakers = np.arange(pair[0].shape[1]) % count
    value, low, high = paired_difference(*pair, speakers)
    alone = paired_difference(*pair)
    assert value == alone[0]
    assert low <= alone[1] + 1e-9
    assert high >= alone[2] - 1e-9


def test_a_speaker_is_a_cluster_whatever_the_order_of_the_recordings():
    random = np.random.default_rng(0)
    correct, speakers = random.random((3, 40)) < 0.6, random.integers(0, 4, 40).astype(str)
    order = random.permutation(40)
    shuffled = over_victims(correct[:, order], speakers[order])
    assert shuffled == pytest.approx(over_victims(correct, speakers))


@pytest.mark.parametrize("count", [6, 12, 60])
def test_the_interval_over_speakers_contains_the_accuracy_of_all_speakers(count):
    """In 200 studies of 5 victims: 92.5 % with a standard error of .019."""
    random = np.random.default_rng(count)
    held = []
    for _ in range(200):
        easy = random.normal(0, 1.5, count)[np.arange(240) % count] + random.normal(0, 2, 240)
        good = random.normal(0, 0.7, (5, 1))
        correct = good + easy + random.logistic(size=(5, 240)) > 0
        low, high = over_victims(correct, np.arange(240) % count)[1:]
        held.append(low <= 0.5 <= high)
    assert np.mean(held) >= 0.9
