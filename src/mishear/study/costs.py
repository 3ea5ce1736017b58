"""What jobs cost: what earlier runs in this folder took on this machine, or else a reference.

A cost is in seconds of one core. Jobs that differ in their seed, fold, size or part alone are of
one kind and cost about the same.
"""

import json
import platform
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from statistics import fmean

from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.core.files import atomic_path
from mishear.study.trainings import all_trainings, recipe_of

REFERENCE = Path(__file__).with_name("costs.json")
"""Costs as ``benchmarks/costs.py`` has measured them.

For each rule, alone and with the class that does the work: the mean cost, and the mean steps of the
attack or training, where all of its jobs have some.
"""

BESIDES = 0.5
"""Seconds that a job takes besides its steps: to start, to read and to write."""

VARYING = frozenset(("seed", "fold", "eps", "amplitude", "shard", "shards", "digest"))
"""Wildcards in which jobs of one kind may differ."""

CLASSES: Mapping[str, Callable[[Config, str], str | None]] = {
    "attack": lambda config, name: config.attacks[name].class_,
    "corruption": lambda config, name: config.corruptions[name].class_,
    "detector": lambda config, name: config.detectors[name].class_,
    "recogniser": lambda config, name: config.recognisers[name].class_,
    "network": lambda config, name: config.networks[name].class_,
}
"""How to find the class that most of a job's time is spent in, by the wildcard that names it."""

VARIANTS = {
    "evaluate_and_keep": "evaluate",
    "evaluate_shard": "evaluate",
    "evaluate_waveforms_shard": "evaluate_waveforms",
    "gather_waveform_evaluation": "gather_evaluation",
}
"""Rules that run the script of another, by whose name the reference has both."""

_WORKERS = ("attack", "corruption", "detector", "recogniser")


class Costs:
    """What is known of the costs of jobs.

    Parameters
    ----------
    config
        That of the study.
    folder
        Where the costs of runs are kept.
    reference
        The file with the reference costs.
    """

    def __init__(self, config: Config, folder: Path, reference: Path = REFERENCE) -> None:
        self.config = config
        # Where several machines share a folder, each has costs of its own.
        self.kept = folder / f"costs-{platform.node()}.json"
        self._reference_file = reference
        self._new: dict[str, list[float]] = defaultdict(list)

    def add(self, rule: str, names: Mapping[str, str], seconds: float) -> None:
        """Note what a job has cost.

        Parameters
        ----------
        rule
            Its rule.
        names
            Its wildcards.
        seconds
            In seconds of one core.
        """
        self._new[kind(rule, names)].append(seconds)

    def save(self) -> None:
        """Keep what was noted; kinds of jobs that were not run keep their earlier costs."""
        new = {each: round(fmean(seconds), 3) for each, seconds in self._new.items()}
        # Without it, an estimate is less exact.
        with suppress(UserError, OSError), atomic_path(self.kept) as path:
            path.write_text(json.dumps(_read(self.kept) | new, indent=0, sort_keys=True))

    def measured(self, rule: str, names: Mapping[str, str]) -> float | None:
        """Return what a job costs by earlier runs in this folder; None if none had its like.

        Parameters
        ----------
        rule
            Its rule.
        names
            Its wildcards.
        """
        likes = _likes(kind(rule, names))
        return next((self._measured[each] for each in likes if each in self._measured), None)

    def referred(self, rule: str, names: Mapping[str, str]) -> float | None:
        """Return what a job costs by the reference; None if that has no such rule.

        Parameters
        ----------
        rule
            Its rule.
        names
            Its wildcards.
        """
        base = VARIANTS.get(rule, rule)
        for key in (f"{base} {self.worker(names)}", base):
            if cost := self.reference.get(key):
                steps, measured_with = self.steps(rule, names), cost.get("steps")
                scale = steps / measured_with if steps and measured_with else 1
                besides = min(BESIDES, cost["seconds"])
                return besides + (cost["seconds"] - besides) * scale
        return None

    def worker(self, names: Mapping[str, str]) -> str | None:
        """Return the class that most of a job's time is spent in, without its module.

        Parameters
        ----------
        names
            The job's wildcards.
        """
        for wildcard, find in CLASSES.items():
            # Some checks name several attacks, and some networks come without a class.
            with suppress(KeyError):
                if path := find(self.config, names[wildcard]):
                    return path.rpartition(".")[2]
        return None

    def steps(self, rule: str, names: Mapping[str, str]) -> int | None:
        """Return the steps or queries of a job's attack, or the steps of a training, if known.

        Parameters
        ----------
        rule
            The job's rule.
        names
            Its wildcards.
        """
        if attack := self.config.attacks.get(names.get("attack", "")):
            return attack.params.get("steps") or attack.params.get("queries")
        training = self._trainings.get(names.get("recipe", ""))
        if training and rule.startswith("train"):
            recipe = recipe_of(self.config, training)
            return recipe.epochs * (1 + (recipe.adversarial.steps if recipe.adversarial else 0))
        return None

    @cached_property
    def reference(self) -> dict[str, dict[str, float]]:
        """The reference costs, see :data:`REFERENCE`."""
        return _read(self._reference_file).get("costs", {})

    @property
    def rules(self) -> set[str]:
        """The rules that the reference knows."""
        known = {key.partition(" ")[0] for key in self.reference}
        return known | {rule for rule, base in VARIANTS.items() if base in known}

    @cached_property
    def _measured(self) -> dict[str, float]:
        """The means of kinds, and of what several kinds have in common."""
        found: dict[str, list[float]] = defaultdict(list)
        for each, seconds in _read(self.kept).items():
            for like in _likes(each):
                found[like].append(seconds)
        return {like: fmean(seconds) for like, seconds in found.items()}

    @cached_property
    def _trainings(self) -> dict:
        return all_trainings(self.config)


def kind(rule: str, names: Mapping[str, str]) -> str:
    """Return what jobs that cost about the same have in common, as one text.

    Parameters
    ----------
    rule
        The rule of a job.
    names
        Its wildcards.
    """
    told = (f"{key}={value}" for key, value in sorted(names.items()) if key not in VARYING)
    return " ".join((rule, *told))


def _likes(each: str) -> Iterator[str]:
    """Yield a kind, and what it has in common with others: from the closest to the farthest."""
    yield each
    rule, *told = each.split(" ")
    for left in (("network", "recipe", *_WORKERS), ("network", *_WORKERS), _WORKERS):
        if kept := [each for each in told if each.partition("=")[0] in left]:
            yield " ".join((rule, "with", *kept))


def _read(file: Path) -> dict:
    """Return what a file of costs holds; nothing if it is not there or is not one."""
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
