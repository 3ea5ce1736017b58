"""Detections over the seeds: rates with intervals over victims, recordings and their speakers."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.statistics import over_victims_of
from mishear.core.tables.base import described
from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS
from mishear.core.tables.poisoning import DETECTION
from mishear.evaluation.detections import detections_over_seeds
from mishear.evaluation.speakers import SpeakersOfTest

PLACE = {"corpus": "digits", "front_end": "mel", "network": "net", "recipe": "backdoor-rate0.2"}
PLACE |= {"poison": "backdoor", "poison_amplitude": 0.01, "poisoning_rate": 0.2, "fold": None}
PLACE |= {"detector": "finder"}
TOGETHER = {"digits": SpeakersOfTest({}, frozenset())}


@pytest.fixture
def table(tmp_path):
    """A function that gives detections of some seeds and folds, and what is said of them."""

    def made(victims, speakers=TOGETHER):
        keys, files = [], []
        for (seed, fold), (poisoned, flagged) in victims.items():
            keys.append(PLACE | {"seed": seed, "fold": fold})
            files.append(tmp_path / f"{seed}-{fold}.csv")
            rows = [
                {"recording": f"{number:02d}.wav", "label": str(number % 2), "score": float(said)}
                | {"is_poisoned": is_poisoned, "flagged": said}
                for number, (is_poisoned, said) in enumerate(zip(poisoned, flagged, strict=True))
            ]
            DETECTION.write(rows, files[-1])
        found = detections_over_seeds(described(keys, files), speakers)
        DETECTIONS_OVER_SEEDS.write(found, tmp_path / "table.csv")
        return DETECTIONS_OVER_SEEDS.frame(tmp_path / "table.csv")

    return made


def drawn(seed):
    random = np.random.default_rng(seed)
    poisoned = random.permutation(20) < 4
    return poisoned, np.where(poisoned, random.random(20) < 0.7, random.random(20) < 0.2)


def test_rates_are_means_over_the_seeds_with_intervals_over_victims_and_recordings(table):
    victims = {(seed, None): drawn(seed) for seed in range(3)}
    (row,) = table(victims).itertuples()
    poisoned, flagged = (np.array(each) for each in zip(*victims.values(), strict=True))
    assert (row.n, row.seeds, row.poisoned) == (20, 3, 4)
    for rate, stem, among in (("true", "tpr", poisoned), ("false", "fpr", ~poisoned)):
        rates = (flagged & among).sum(1) / among.sum(1)
        values = [getattr(row, name) for name in (f"{rate}_positive_rate", f"{stem}_low")]
        expected = over_victims_of(flagged & among, among)
        assert values == pytest.approx([rates.mean(), expected[1]], abs=1e-5)
        assert getattr(row, f"{rate}_positive_rate_lowest") == pytest.approx(rates.min(), abs=1e-5)
        assert getattr(row, f"{stem}_high") == pytest.approx(expected[2], abs=1e-5)
    assert row.precision == pytest.approx(poisoned[flagged].mean(), abs=1e-5)


def test_folds_are_one_victim_of_their_seed(table):
    once = table({(seed, None): drawn(seed) for seed in range(2)})
    folds = table({(seed, fold): drawn(seed) for seed in range(2) for fold in (0, 1)})
    assert (folds.n[0], folds.seeds[0], folds.poisoned[0]) == (40, 2, 8)
    assert folds.true_positive_rate[0] == once.true_positive_rate[0]


def test_speakers_are_resampled_where_those_of_accuracies_are(table):
    found = np.arange(40) < 20
    victims = {(0, None): (np.full(40, True), found)}
    of_training = {f"{number:02d}.wav": f"speaker {number // 10}" for number in range(40)}
    tested = {"x.wav": "a", "y.wav": "b"}
    alone, apart = (
        table(victims, {"digits": SpeakersOfTest(tested, frozenset(known), of_training)})
        for known in ({"a"}, ())
    )
    assert alone.tpr_low[0] > 0.3
    assert apart.tpr_low[0] < 0.1


def test_classes_of_which_nothing_is_kept_are_named_with_the_number_of_seeds(table):
    nothing, odd = np.full(20, False), np.arange(20) % 2 == 1
    (row,) = table({(0, None): (nothing, nothing), (1, None): (nothing, odd)}).itertuples()
    assert (row.emptied_classes, row.emptied_seeds) == ("1", 1)
    assert np.isnan(row.true_positive_rate) and np.isnan(row.tpr_at_5_percent_fpr)
    assert row.precision == 0


def test_victims_of_different_recordings_are_an_error(table):
    with pytest.raises(UserError, match="not all trained on the same recordings"):
        table({(0, None): drawn(0), (1, None): tuple(each[:10] for each in drawn(1))})
