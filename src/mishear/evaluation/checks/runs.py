"""Runs of attacks for a check: what each left correct, written and read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mishear.core.tables.checks import CHECK_RUNS
from mishear.core.units import sized
from mishear.evaluation.completeness import check_present
from mishear.evaluation.results import Results
from mishear.runtime.environment import write_computed

if TYPE_CHECKING:
    import torch

CONFIGURED = "as configured"
LONGER = "more iterations"
UNBOUNDED = "unbounded"
UNIT_TEST = "attack unit test"
PLANTED = "planted in the victim"
SAMPLED = "planted in the victim, random samples"
ONE_STEP = "one step"
NOISE = "random noise"
BLACK_BOX = "black box"
"""Names of runs."""

RATIO = "dB SNR"
"""Unit of a limit that is a signal-to-noise ratio; other limits have that of what is changed."""


@dataclass(frozen=True)
class Run:
    """One run of an attack.

    Attributes
    ----------
    name : str
    eps : float
    norm : str
        Norm in which eps is measured.
    correct_clean, correct_adversarial : dict of str to bool
        For each recording whether it is classified correctly when clean, and before and after the
        attack.
    note : str
        What the run spent.
    unit : str
        Unit of eps.
    sizes : dict of str to float
        For each recording on which the attack succeeded the size of the change: its L-infinity
        norm where eps is in that norm, else its L2 norm.
    files : tuple of Path
        The tables of results that it was taken from; empty if it was computed here.
    """

    name: str
    eps: float
    norm: str
    correct_clean: Mapping[str, bool]
    correct_adversarial: Mapping[str, bool]
    note: str = ""
    unit: str = ""
    sizes: Mapping[str, float] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    @classmethod
    def of_results(
        cls,
        name: str,
        eps: float,
        norm: str,
        results: Results,
        note: str = "",
        unit: str = "",
    ) -> "Run":
        """Take a run from the results of an evaluation."""
        clean = results.by_recording(results.correct_clean)
        adversarial = results.by_recording(results.correct_adversarial)
        size = "linf" if norm == "linf" else "l2"
        sizes = {row["recording"]: row[size] for row in results.rows if row["success"]}
        return cls(name, eps, norm, clean, adversarial, note, unit, sizes, results.files)

    def of(self, other: "Run") -> "Run":
        """Return the run on the recordings of another alone.

        Raises
        ------
        UserError
            If the tables that it was taken from lack one.
        """
        if self.files:
            names = list(other.correct_adversarial)
            check_present(names, self.correct_adversarial, self.files)
        left = {name: self.correct_adversarial[name] for name in other.correct_adversarial}
        return replace(self, correct_adversarial=left)

    @property
    def limit(self) -> str:
        """The eps in words."""
        return sized(self.eps, self.unit)

    def in_unit(self, size: float) -> str:
        """Put the size of a change into words."""
        return sized(f"{size:.3g}", self.unit)

    @property
    def size(self) -> float:
        """A number that grows with the perturbation allowed."""
        return -self.eps if self.unit == RATIO else self.eps

    @property
    def n(self) -> int:
        """Number of recordings."""
        return len(self.correct_adversarial)

    @property
    def left(self) -> int:
        """Number of recordings classified correctly after the attack."""
        return sum(self.correct_adversarial.values())

    @property
    def accuracy(self) -> float:
        """Accuracy after the attack."""
        return self.left / self.n


def write_runs(runs: Iterable[Run], path: Path, device: "torch.device | None" = None) -> None:
    """Write runs, a row of :data:`mishear.core.tables.checks.CHECK_RUNS` per recording.

    Where they were computed is recorded; None stands for the CPU.
    """
    rows = (
        {
            "run": run.name,
            "eps": run.eps,
            "norm": run.norm,
            "recording": recording,
            "correct_clean": correct,
            "correct_adversarial": run.correct_adversarial[recording],
            "size": run.sizes.get(recording),
            "note": run.note,
        }
        for run in runs
        for recording, correct in run.correct_clean.items()
    )
    write_computed(CHECK_RUNS, rows, path, device)


def read_runs(path: Path, unit: str = "") -> dict[str, Run]:
    """Read runs, by their names; ``unit`` is that of their eps."""
    found: dict[str, Run] = {}
    for row in CHECK_RUNS.read(path):
        run = Run(row["run"], row["eps"], row["norm"], {}, {}, row["note"], unit, {})
        run = found.setdefault(row["run"], run)
        run.correct_clean[row["recording"]] = row["correct_clean"]
        run.correct_adversarial[row["recording"]] = row["correct_adversarial"]
        if row["size"] is not None:
            run.sizes[row["recording"]] = row["size"]
    return found
