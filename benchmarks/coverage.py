"""How often 95 % intervals contain the accuracy of a recipe, and how wide they are.

    PYTHONPATH=src python benchmarks/coverage.py

A simulated study trains victims with different seeds and tests them on the same recordings. Whether
a victim classifies a recording correctly depends on a level, on how good the victim is, on how easy
the recording is, and on chance: crossed random effects on the logit scale. The true accuracy is the
mean over all victims and recordings that could have been drawn. ``over_victims`` and
``paired_difference`` are Mishear's own; the other methods are those that they were chosen from.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t

from mishear.core.statistics import Z, over_victims, paired_difference

Interval = tuple[float, float]

LEVEL = 0.975


@dataclass(frozen=True)
class Population:
    """Victims and recordings that studies draw from.

    Attributes
    ----------
    level : float
        Mean on the logit scale.
    victims, recordings, speakers : float
        Standard deviations of how good a victim is, and of how easy a recording and the other
        recordings of its speaker are.
    """

    level: float
    victims: float
    recordings: float
    speakers: float = 0.0

    def accuracy(self) -> float:
        """Return the true accuracy, by Gauss-Hermite quadrature."""
        points, weights = np.polynomial.hermite_e.hermegauss(200)
        sd = np.sqrt(self.victims**2 + self.recordings**2 + self.speakers**2)
        return float(weights @ expit(self.level + sd * points) / weights.sum())


POPULATIONS = (
    Population(-6.0, 0.7, 2.5),
    Population(-2.5, 0.7, 2.5),
    Population(0.0, 0.7, 2.5),
    Population(0.0, 1.2, 1.5),
    Population(4.5, 0.5, 2.0),
)
PAIRS = (
    (Population(0.0, 0.7, 2.5), Population(0.0, 0.7, 2.5)),
    (Population(-6.0, 0.7, 2.5), Population(0.0, 0.7, 2.5)),
    (Population(4.5, 0.5, 2.0), Population(4.5, 0.5, 2.0)),
)
SPEAKERS = (6, 12, 60)
RECORDINGS_OF_SPEAKERS = (
    Population(-2.5, 0.7, 2.0, 1.5),
    Population(0.0, 0.7, 2.0, 1.5),
    Population(0.0, 0.7, 2.0, 0.5),
    Population(4.5, 0.7, 2.0, 1.5),
)
PAIR_OF_SPEAKERS = (Population(0.0, 0.7, 2.0, 1.5), Population(1.0, 0.7, 2.0, 1.5))


class Studies:
    """Draws studies: which recordings each victim classifies correctly."""

    def __init__(self, victims: int, recordings: int, seed: int):
        self.shape = (victims, recordings)
        self.random = np.random.default_rng(seed)

    def study(self, population: Population, speakers: int = 1) -> np.ndarray:
        """Draw a study whose recordings are divided evenly among speakers."""
        easy = self.random.normal(0, population.recordings, self.shape[1])
        of_speakers = self.random.normal(0, population.speakers, speakers)
        easy += of_speakers[np.arange(self.shape[1]) % speakers]
        return self._correct(population, easy)

    def pair(
        self, first: Population, second: Population, speakers: int = 1
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draw the studies of two recipes, tested on the same recordings.

        How easy a speaker is differs from recipe to recipe.
        """
        easy = self.random.normal(0, 1, self.shape[1])
        return tuple(
            self._correct(each, easy * each.recordings + self._of_speakers(each, speakers))
            for each in (first, second)
        )

    def _of_speakers(self, population: Population, speakers: int) -> np.ndarray | float:
        """Draw how easy the speaker of each recording is."""
        if not population.speakers:
            return 0.0
        drawn = self.random.normal(0, population.speakers, speakers)
        return drawn[np.arange(self.shape[1]) % speakers]

    def _correct(self, population: Population, easy: np.ndarray) -> np.ndarray:
        good = self.random.normal(0, population.victims, (self.shape[0], 1))
        return population.level + good + easy + self.random.logistic(size=self.shape) > 0


def wilson(mean: float, n: float, quantile: float = Z) -> Interval:
    """Return Wilson's interval."""
    centre = (mean + quantile**2 / 2 / n) / (1 + quantile**2 / n)
    half = quantile * np.sqrt(mean * (1 - mean) / n + quantile**2 / 4 / n**2)
    return centre - half / (1 + quantile**2 / n), centre + half / (1 + quantile**2 / n)


def mean_squares(means, of_victims, of_recordings, weights, shape):
    """Return the mean squares of victims, recordings and residuals of resampled studies."""
    (victims, recordings), (in_victims, in_recordings) = shape, weights
    of_victims = recordings * (in_victims * (of_victims - means[:, None]) ** 2).sum(1)
    of_recordings = victims * (in_recordings * (of_recordings - means[:, None]) ** 2).sum(1)
    total = victims * recordings * means * (1 - means)
    rest = np.maximum(total - of_victims - of_recordings, 0)
    rest /= (victims - 1) * (recordings - 1)
    return of_victims / (victims - 1), of_recordings / (recordings - 1), rest


def squares_of(study: np.ndarray) -> tuple[float, float, float]:
    """Return the mean squares of victims, recordings and residuals of one study."""
    ones = [np.ones((1, size)) for size in study.shape]
    found = mean_squares(
        np.array([study.mean()]), study.mean(1)[None], study.mean(0)[None], ones, study.shape
    )
    return tuple(float(each[0]) for each in found)


def one_victim(study: np.ndarray, _) -> Interval:
    """Return Wilson's interval of the first victim."""
    return wilson(study[0].mean(), study.shape[1])


def t_of_means(study: np.ndarray, _) -> Interval:
    """Return Student's t interval of the victims' accuracies."""
    half = t.ppf(LEVEL, len(study) - 1) * study.mean(1).std(ddof=1) / len(study) ** 0.5
    return study.mean() - half, study.mean() + half


def satterthwaite(study: np.ndarray, _) -> Interval:
    """Return Wilson's interval with the two-way variance and t with Satterthwaite's freedom."""
    victims, recordings = study.shape
    squares = squares_of(study)
    total = squares[0] + squares[1] - squares[2]
    variance = max(total, *squares[:2]) / study.size
    freedoms = (victims - 1, recordings - 1, (victims - 1) * (recordings - 1))
    spread = sum(square**2 / freedom for square, freedom in zip(squares, freedoms, strict=True))
    freedom = total**2 / spread if total > 0 and spread > 0 else victims - 1
    mean = study.mean()
    n = min(mean * (1 - mean) / variance, study.size) if variance > 0 else recordings
    return wilson(mean, n, t.ppf(LEVEL, max(freedom, victims - 1)))


def random_effect(study: np.ndarray, _) -> Interval:
    """Return an interval on the logit scale; the recordings' variance is by the delta method."""
    victims, recordings = study.shape
    _, of_recordings, rest = squares_of(study)
    logits = logit((study.sum(1) + 0.5) / (recordings + 1))
    mean = (study.sum() + 0.5) / (study.size + 1)
    variance = max(of_recordings - rest, 0) / study.size / (mean * (1 - mean)) ** 2
    squared = t.ppf(LEVEL, victims - 1) ** 2 * logits.var(ddof=1) / victims + Z**2 * variance
    return tuple(expit(logits.mean() + sign * np.sqrt(squared)) for sign in (-1, 1))


@dataclass(frozen=True)
class Resampled:
    """Means of studies resampled over victims and recordings, and their standard errors."""

    means: np.ndarray
    errors: np.ndarray


def resample(study: np.ndarray, draws: int, random: np.random.Generator) -> Resampled:
    """Draw victims and recordings with replacement."""
    weights = [_counts(size, draws, random) for size in study.shape]
    of_victims = weights[1] @ study.T / study.shape[1]
    of_recordings = weights[0] @ study / study.shape[0]
    means = (weights[0] * of_victims).sum(1) / study.shape[0]
    squares = mean_squares(means, of_victims, of_recordings, weights, study.shape)
    return Resampled(means, np.sqrt(_variance(*squares) / study.size))


def _counts(size: int, draws: int, random: np.random.Generator) -> np.ndarray:
    drawn = random.integers(size, size=(draws, size)) + size * np.arange(draws)[:, None]
    return np.bincount(drawn.ravel(), minlength=draws * size).reshape(draws, size).astype(float)


def _variance(of_victims, of_recordings, rest):
    return np.maximum(of_victims + np.maximum(of_recordings - rest, 0), of_recordings)


def percentile(study: np.ndarray, resampled: Resampled) -> Interval:
    """Return the percentile bootstrap's interval over victims and recordings."""
    return tuple(np.quantile(resampled.means, (1 - LEVEL, LEVEL)))


def bootstrap_t(study: np.ndarray, resampled: Resampled) -> Interval:
    """Return the bootstrap-t interval over victims and recordings."""
    usable = resampled.errors > 0
    mean, error = study.mean(), np.sqrt(_variance(*squares_of(study)) / study.size)
    if not usable.any():
        return mean, mean
    ratios = (resampled.means[usable] - mean) / resampled.errors[usable]
    low, high = np.quantile(ratios, (1 - LEVEL, LEVEL))
    return mean - high * error, mean - low * error


METHODS: dict[str, Callable[[np.ndarray, Resampled], Interval]] = {
    "one victim, Wilson": one_victim,
    "percentile bootstrap": percentile,
    "bootstrap-t": bootstrap_t,
    "t over victims": t_of_means,
    "Wilson, Satterthwaite": satterthwaite,
    "logit random effect": random_effect,
    "over_victims": lambda study, _: over_victims(study)[1:],
}


def table(titles: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    """Print a table in Markdown, row by row."""
    print(f"\n| {' | '.join(titles)} |\n|{'---|' * len(titles)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def cell(intervals: Sequence[Interval], true: float, least: float = 0.0) -> str:
    """Write how many intervals contain the truth, and their mean width from ``least`` to 1."""
    low, high = np.array(intervals).T
    width = np.mean(np.minimum(high, 1) - np.maximum(low, least))
    return f"{np.mean((low <= true) & (true <= high)):.3f} ({width:.3f})"


def accuracies(arguments: argparse.Namespace) -> Iterator[list[str]]:
    """Yield a row for each size and population."""
    for victims in arguments.victims:
        for recordings in arguments.recordings:
            for number, population in enumerate(POPULATIONS):
                drawn = Studies(victims, recordings, number)
                found = {name: [] for name in METHODS}
                for _ in range(arguments.simulations):
                    study = drawn.study(population)
                    resampled = resample(study, arguments.draws, drawn.random)
                    for name, method in METHODS.items():
                        found[name].append(method(study, resampled))
                true = population.accuracy()
                cells = [cell(intervals, true) for intervals in found.values()]
                yield [str(victims), str(recordings), f"{true:.3f}", *cells]


def of_speakers(arguments: argparse.Namespace) -> Iterator[list[str]]:
    """Yield a row for each size, number of speakers and population."""
    for victims in arguments.victims:
        for recordings in arguments.recordings:
            for speakers in SPEAKERS:
                who = np.arange(recordings) % speakers
                for number, population in enumerate(RECORDINGS_OF_SPEAKERS):
                    drawn = Studies(victims, recordings, number)
                    studies = [
                        drawn.study(population, speakers) for _ in range(arguments.simulations)
                    ]
                    true = population.accuracy()
                    found = [
                        cell([over_victims(study, each)[1:] for study in studies], true)
                        for each in (None, who)
                    ]
                    size = [str(victims), str(recordings), str(speakers)]
                    yield [*size, f"{true:.3f}", *found]


def differences_of_speakers(arguments: argparse.Namespace) -> Iterator[list[str]]:
    """Yield a row for each size and number of speakers."""
    first, second = PAIR_OF_SPEAKERS
    true = first.accuracy() - second.accuracy()
    for victims in arguments.victims:
        for recordings in arguments.recordings:
            for speakers in SPEAKERS:
                who = np.arange(recordings) % speakers
                drawn = Studies(victims, recordings, speakers)
                pairs = [drawn.pair(first, second, speakers) for _ in range(arguments.simulations)]
                found = [
                    cell([paired_difference(*pair, each)[1:] for pair in pairs], true, least=-1.0)
                    for each in (None, who)
                ]
                size = [str(victims), str(recordings), str(speakers)]
                yield [*size, f"{true:+.3f}", *found]


def differences(arguments: argparse.Namespace) -> Iterator[list[str]]:
    """Yield a row for each size and pair of populations."""
    for victims in arguments.victims:
        for recordings in arguments.recordings:
            for number, (first, second) in enumerate(PAIRS):
                drawn = Studies(victims, recordings, number)
                pairs = [drawn.pair(first, second) for _ in range(arguments.simulations)]
                true = first.accuracy() - second.accuracy()
                unpaired = [_unpaired(*pair) for pair in pairs]
                paired = [paired_difference(*pair)[1:] for pair in pairs]
                cells = [cell(found, true, least=-1.0) for found in (unpaired, paired)]
                yield [str(victims), str(recordings), f"{true:+.3f}", *cells]


def _unpaired(first: np.ndarray, second: np.ndarray) -> Interval:
    """Return the interval of the difference of two accuracies as if they were independent."""
    (a, a_low, a_high), (b, b_low, b_high) = over_victims(first), over_victims(second)
    return a - b - np.hypot(a - a_low, b_high - b), a - b + np.hypot(a_high - a, b - b_low)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--victims", type=int, nargs="+", default=[3, 5, 10])
    parser.add_argument("--recordings", type=int, nargs="+", default=[60, 240, 2400])
    parser.add_argument("--simulations", type=int, default=400, help="studies for each row")
    parser.add_argument("--draws", type=int, default=200, help="bootstrap samples of each study")
    arguments = parser.parse_args()
    size = ["victims", "recordings"]
    print(f"Coverage (mean width) in {arguments.simulations} simulated studies for each row.")
    table([*size, "accuracy", *METHODS], accuracies(arguments))
    spoken = [*size, "speakers"]
    table([*spoken, "accuracy", "over_victims", "with speakers"], of_speakers(arguments))
    table(
        [*spoken, "difference", "paired_difference", "with speakers"],
        differences_of_speakers(arguments),
    )
    table([*size, "difference", "unpaired", "paired_difference"], differences(arguments))


if __name__ == "__main__":
    main()
