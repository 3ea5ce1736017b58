"""Estimate how long a run still takes, from the jobs that it has finished."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from statistics import fmean

WORKLESS = {"all", "study"}
"""Rules that only name what is made."""


class Remaining:
    """What is left of a run.

    Parameters
    ----------
    jobs
        The number of jobs of each rule.
    begun
        When the first job began, in seconds.
    """

    def __init__(self, jobs: Mapping[str, int], begun: float) -> None:
        self.left = Counter(jobs)
        self.begun = begun
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def finish(self, rule: str, seconds: float) -> None:
        """Count a job as finished.

        Parameters
        ----------
        rule
            Its rule.
        seconds
            How long it took.
        """
        self.left[rule] -= 1
        self.seconds[rule].append(seconds)

    def words(self, now: float) -> str:
        """Return how long the rest takes, if its jobs take as long as those of the same rules.

        Jobs of rules of which none has finished are not counted: the rest takes longer then.

        Parameters
        ----------
        now
            In seconds.
        """
        left = {rule: count for rule, count in self.left.items() if count > 0}
        known = sum(
            count * fmean(self.seconds[rule]) for rule, count in left.items() if self.seconds[rule]
        )
        worked = sum(map(sum, self.seconds.values()))
        side_by_side = max(1.0, worked / max(now - self.begun, 1e-9))
        rest = duration(known / side_by_side)
        if rest == duration(0):
            return ""
        seen_all = all(self.seconds[rule] for rule in left if rule not in WORKLESS)
        return f"{'about' if seen_all else 'more than'} {rest} left"


def duration(seconds: float) -> str:
    """Return a time as a person would say it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
