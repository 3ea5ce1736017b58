"""Certified radii: the bound behind them is exact, and no change within one is misheard."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mishear.core.errors import UserError
from mishear.core.statistics import lower_bound, over_victims, wilson_interval
from mishear.core.tables.base import described
from mishear.core.tables.certificates import CERTIFICATE, CERTIFICATES, CERTIFICATES_OVER_SEEDS
from mishear.core.tables.shared import ENVIRONMENT_KEYS
from mishear.defences.defended import DefendedVictim
from mishear.defences.filters import MedianSmoothing
from mishear.defences.smoothing import RandomisedSmoothing
from mishear.evaluation.attack_unit_test import UnitTest, plant
from mishear.evaluation.certificates import (
    Draws,
    certificates_over_seeds,
    certified_accuracies,
    certified_radius,
    certify,
    summarise_certificates,
)
from mishear.evaluation.recordings import Recordings
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.runtime.batching import Batches

BOUNDS = (-60.0, 40.0)
CPU = torch.device("cpu")
SIGMA = 2.0
ENVIRONMENT = dict.fromkeys(ENVIRONMENT_KEYS, "here") | {"threads": 1}

SHARES = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CONFIDENCES = st.floats(0.6, 0.9999)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("n", [1, 10, 100, 1000])
@pytest.mark.parametrize("confidence", [0.9, 0.999])
def test_bound_where_all_draws_agree_is_a_root(n, confidence):
    assert lower_bound(n, n, confidence) == pytest.approx((1 - confidence) ** (1 / n))


@pytest.mark.parametrize(
    ("correct", "n", "confidence", "bound"),
    [
        # Tables of Clopper and Pearson 1934, two-sided 95 %: n = 10, x = 5 and 8; n = 20, x = 18.
        (5, 10, 0.975, 0.187),
        (8, 10, 0.975, 0.444),
        (18, 20, 0.975, 0.683),
    ],
)
def test_bound_is_that_of_printed_tables(correct, n, confidence, bound):
    assert lower_bound(correct, n, confidence) == pytest.approx(bound, abs=5e-4)


@given(SHARES, CONFIDENCES)
def test_bound_is_the_share_at_which_so_many_would_be_this_rare(counted, confidence):
    """Its definition, by the sum of binomial probabilities."""
    correct, n = counted
    bound = lower_bound(correct, n, confidence)
    assert 0 <= bound <= correct / n
    if correct == 0:
        assert bound == 0
        return
    logs = [
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(bound)
        + (n - k) * math.log1p(-bound)
        for k in range(correct, n + 1)
    ]
    assert math.fsum(map(math.exp, logs)) == pytest.approx(1 - confidence, rel=1e-4)


@given(SHARES, CONFIDENCES)
def test_bound_rises_with_what_was_counted_and_falls_with_confidence(counted, confidence):
    correct, n = counted
    bound = lower_bound(correct, n, confidence)
    if correct < n:
        assert bound <= lower_bound(correct + 1, n, confidence)
    assert lower_bound(correct, n, confidence + (1 - confidence) / 2) <= bound
    assert bound <= lower_bound(10 * correct, 10 * n, confidence) + 1e-12


@given(SHARES, st.floats(0.01, 100), CONFIDENCES)
def test_radius_is_sigma_times_a_normal_quantile_or_none(counted, sigma, confidence):
    correct, n = counted
    share = lower_bound(correct, n, confidence)
    radius = certified_radius(correct, n, sigma, confidence)
    if share <= 0.5:
        assert radius is None
        return
    assert radius > 0
    below = (1 + math.erf(radius / sigma / math.sqrt(2))) / 2
    assert below == pytest.approx(share)
    assert certified_radius(correct, n, 2 * sigma, confidence) == pytest.approx(2 * radius)


def test_a_bare_majority_is_not_certified():
    assert certified_radius(50, 100, 1.0, 0.999) is None
    assert certified_radius(55, 100, 1.0, 0.999) is None
    assert certified_radius(99, 100, 1.0, 0.999) > 0


@pytest.fixture(scope="module")
def planted():
    """A linear network; its recordings are misclassified from an L2 change of 3 dB on."""
    return plant(UnitTest((8, 8), BOUNDS, eps=5.0, norm="l2", share=0.6, count=60, classes=2))


def recordings_of(planted):
    values = planted.recordings.numpy()
    return Recordings(
        names=np.array([f"{number}.wav" for number in range(len(values))]),
        rows=np.arange(len(values)),
        read=values.__getitem__,
        targets=planted.labels.numpy(),
        classes=["no", "yes"],
    )


def certified(planted, samples, confidence=0.99, seed=0, batch_size=60, sigma=SIGMA, behind=()):
    return certify(
        DefendedVictim(planted.network, [RandomisedSmoothing(BOUNDS, sigma), *behind]),
        Draws(selection=50, samples=samples, confidence=confidence),
        recordings_of(planted),
        Batches(seed, batch_size, CPU),
    )


def radii(rows):
    return np.array([float(row["radius"] or 0) for row in rows])


def true_radius(planted):
    """A linear network of two classes smoothed is the network itself, so this is its margin.

    The noise moves the difference of the logits by a normal variable, whatever sigma is.
    """
    linear = planted.network[1]
    normal = linear.weight[0] - linear.weight[1]
    logits = planted.network(planted.recordings)
    return ((logits[:, 0] - logits[:, 1]).abs() / normal.norm()).numpy()


def test_the_planted_distance_is_the_true_radius(planted):
    assert np.allclose(true_radius(planted), 3.0, rtol=1e-3)


def test_a_radius_is_beyond_the_true_one_no_more_often_than_allowed(planted):
    """360 radii at a confidence of 90 %: more than 54 beyond have a probability of 0.1 %."""
    from scipy.stats import binom

    found = np.concatenate([radii(certified(planted, 100, 0.9, seed)) for seed in range(6)])
    beyond = int((found > 3.001).sum())
    assert 0 < beyond <= binom.ppf(0.999, len(found), 0.1)


def test_at_a_usual_confidence_no_radius_is_beyond_the_true_one(planted):
    """60 recordings at 99.99 %: one beyond has a probability of 0.6 %."""
    assert radii(certified(planted, 500, 0.9999)).max() <= true_radius(planted).min()


def test_radii_approach_the_true_one_with_more_samples(planted):
    means = [radii(certified(planted, samples)).mean() for samples in (50, 200, 2000)]
    assert means == sorted(means)
    assert means[-1] == pytest.approx(3.0, rel=0.07)
    assert means[0] < 2.5


def test_little_noise_cannot_certify_far(planted):
    """With all draws right the radius is bounded by sigma and the number of draws."""
    found = radii(certified(planted, 100, sigma=0.1))
    assert np.allclose(found, certified_radius(100, 100, 0.1, 0.99), atol=1e-5)


def test_rows_say_what_was_predicted(planted):
    rows = certified(planted, 200)
    assert list(rows[0]) == list(CERTIFICATE.names)
    assert [row["recording"] for row in rows] == [f"{number}.wav" for number in range(60)]
    assert [row["label"] for row in rows] == ["no", "yes"] * 30
    assert all(row["prediction"] == row["label"] for row in rows if row["radius"])


def test_the_same_seed_gives_the_same_radii_and_another_seed_others(planted):
    def numbers(**changes):
        return radii(certified(planted, 100, **changes)).tolist()

    assert numbers() == numbers()
    assert numbers() != numbers(seed=1)


def test_every_batch_has_noise_of_its_own(planted):
    first, second = (radii(certified(planted, 100, batch_size=30))[half::2] for half in (0, 1))
    assert first[:15].tolist() != first[15:].tolist()
    assert second[:15].tolist() != second[15:].tolist()


def test_where_noise_drowns_everything_it_abstains(planted):
    rows = certified(planted, 50, confidence=0.999, sigma=1e4)
    abstained = [row for row in rows if row["prediction"] is None]
    assert len(abstained) >= 55
    assert all(row["radius"] is None for row in abstained)


def test_what_stands_behind_the_noise_is_part_of_what_is_certified(planted):
    """A median filter smooths the noise away, so the same draws agree more often."""
    rows = certified(planted, 200, sigma=4.0, behind=[MedianSmoothing(BOUNDS)])
    assert radii(rows).mean() > radii(certified(planted, 200, sigma=4.0)).mean()


ROWS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {
                "label": st.just("no"),
                "prediction": st.sampled_from(["no", "yes"]),
                "radius": st.floats(1e-3, 50),
                "largest_radius": st.just(50.0),
            }
        ),
        st.just({"label": "no", "prediction": None, "radius": None, "largest_radius": 50.0}),
    ),
    min_size=1,
    max_size=30,
)


@given(ROWS)
@settings(max_examples=30)
def test_certified_accuracy_falls_with_the_radius(rows):
    table = certified_accuracies(rows)
    certain = [float(row["radius"]) for row in rows if row["prediction"] == row["label"]]
    accuracies = [row["certified_accuracy"] for row in table]
    assert accuracies == sorted(accuracies, reverse=True)
    assert accuracies[0] == len(certain) / len(rows)
    assert [row["radius"] for row in table] == sorted(row["radius"] for row in table)
    assert table[0]["radius"] == 0
    assert table[-1]["radius"] == max(certain, default=0)
    if certain:
        assert accuracies[-1] >= 1 / len(rows)
    for row in table:
        held = sum(radius >= row["radius"] for radius in certain)
        assert row["certified_accuracy"] == held / len(rows)
        assert row["n"] == len(rows)
        assert row["abstained"] == sum(each["radius"] is None for each in rows)
    assert (row["ci_low"], row["ci_high"]) == wilson_interval(held, len(rows))


def test_a_wrong_class_is_certain_of_nothing():
    rows = [
        {"label": "no", "prediction": "yes", "radius": 9.0, "largest_radius": 9.0},
        {"label": "no", "prediction": "no", "radius": 2.0, "largest_radius": 9.0},
    ]
    table = certified_accuracies(rows)
    assert table[0]["certified_accuracy"] == 0.5
    assert table[-1]["radius"] == 2
    assert {(row["largest_radius"], row["capped"]) for row in table} == {(9, 1)}


def test_a_studys_table_has_its_certificates_one_below_the_other(planted, tmp_path):
    rows = certified(planted, 100)
    CERTIFICATE.write(rows, tmp_path / "one.csv")
    place = {"corpus": "a", "front_end": "mel", "network": "net", "recipe": "standard"}
    keys = [
        place | {"seed": seed, "fold": None, "defence": "none", "confidence": 0.99}
        for seed in (0, 1)
    ]
    path = tmp_path / "certificates.csv"
    found = summarise_certificates(described(keys, [tmp_path / "one.csv"] * 2))
    CERTIFICATES.write(found, path)
    table = CERTIFICATES.frame(path)
    assert len(table) == 120
    assert table.groupby("seed").size().tolist() == [60, 60]
    assert table.defence.unique().tolist() == ["none"]
    assert table.certified_accuracy.max() == pytest.approx(
        np.mean([row["prediction"] == row["label"] for row in rows])
    )


def test_over_the_seeds_each_recording_holds_to_its_own_radius(tmp_path):
    """Two victims, the second of two folds; a wrong class and an abstention hold to no radius."""
    said = {
        (0, None): [("a", "no", 2.0), ("b", "no", 1.0), ("c", "yes", 9.0), ("d", None, None)],
        (1, 0): [("a", "no", 1.0), ("b", "no", 3.0)],
        (1, 1): [("c", "no", 0.0), ("d", "no", 0.5)],
    }
    place = {"corpus": "a", "front_end": "mel", "network": "net", "recipe": "standard"}
    place |= {"defence": "smooth", "confidence": 0.99}
    keys, files = [], []
    for (seed, fold), rows in said.items():
        keys.append(place | {"seed": seed, "fold": fold})
        files.append(tmp_path / f"{seed}-{fold}.csv")
        of_job = {"label": "no", "largest_radius": 9.0, "seconds": 0.0, **ENVIRONMENT}
        rows = [dict(zip(("recording", "prediction", "radius"), row, strict=True)) for row in rows]
        CERTIFICATE.write([row | of_job for row in rows], files[-1])
    speakers = {"a": SpeakersOfTest({}, frozenset())}
    path = tmp_path / "over_seeds.csv"
    found = certificates_over_seeds(described(keys, files), speakers)
    CERTIFICATES_OVER_SEEDS.write(found, path)
    table = CERTIFICATES_OVER_SEEDS.frame(path)
    assert (table.n.unique(), table.seeds.unique()) == ([4], [2])
    assert table.radius.iloc[-1] == 3.0
    matrix = np.array([[2, 1, -1, -1], [1, 3, 0, 0.5]])
    for row in table.itertuples():
        mean, low, high = over_victims(matrix >= row.radius - 1e-6)
        assert (row.certified_accuracy, row.ci_low, row.ci_high) == pytest.approx(
            (mean, low, high), abs=1e-5
        )
    apart = SpeakersOfTest({name: name for name in "abcd"} | {"b": "a"}, frozenset())
    wider = list(certificates_over_seeds(described(keys, files), {"a": apart}))[0]
    assert wider["ci_low"] < table.ci_low[0]
    with pytest.raises(UserError, match="not all certified on the same recordings"):
        list(certificates_over_seeds(described(keys[:2], files[:2]), speakers))


class Noting(torch.nn.Module):
    """Says the first class in its first calls and the second later; notes what it is given."""

    def __init__(self, calls):
        super().__init__()
        self.calls, self.seen = calls, []

    def forward(self, inputs):
        answer = int(len(self.seen) >= self.calls)
        self.seen.append(inputs)
        return torch.eye(2)[[answer] * len(inputs)]


def certified_by(network, samples):
    recordings = Recordings(
        np.array(["a.wav"]),
        np.arange(1),
        np.zeros((1, 1, 4, 4), np.float32).__getitem__,
        np.zeros(1, dtype=int),
        ["no", "yes"],
    )
    victim = DefendedVictim(network, [RandomisedSmoothing(BOUNDS, SIGMA)])
    (row,) = certify(victim, Draws(20, samples, 0.9), recordings, Batches(0, 1, CPU))
    return row


def test_the_class_chosen_first_is_certified_even_where_another_becomes_the_commonest():
    row = certified_by(Noting(calls=20), samples=100)
    assert row["radius"] is None
    assert row["prediction"] is None
    row = certified_by(Noting(calls=20 + 90), samples=100)
    assert row["prediction"] == "no"
    assert row["radius"] == certified_radius(90, 100, SIGMA, 0.9)


def test_the_draws_that_choose_the_class_are_not_counted_again():
    """A bound on the proportion of draws that decided what is counted would be too high."""
    network = Noting(calls=10)
    certified_by(network, samples=30)
    assert len({inputs.numpy().tobytes() for inputs in network.seen}) == 20 + 30


def test_the_largest_radius_is_that_of_draws_that_all_agree(planted):
    rows = certified(planted, 100)
    largest = {row["largest_radius"] for row in rows}
    assert len(largest) == 1
    assert max(row["radius"] or 0 for row in rows) <= largest.pop()
