"""How long a study will take, before it begins: from the costs of the jobs that are planned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mishear.study.costs import Costs


@dataclass(frozen=True)
class PlannedJob:
    """A job that is to run.

    Attributes
    ----------
    rule : str
        Its rule.
    names : mapping
        Its wildcards.
    threads : int
        The cores that it takes.
    gpu : int
        The places on GPUs that it takes.
    inputs, outputs : list of str
        Its files.
    """

    rule: str
    names: Mapping[str, str]
    threads: int = 1
    gpu: int = 0
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)


@dataclass
class Estimate:
    """How long jobs take.

    Attributes
    ----------
    seconds : float
        From the first job's begin to the last one's end.
    measured, referred, unknown : int
        Jobs whose cost is that of earlier runs in this folder, that of the reference, and jobs
        whose cost is not known and left out.
    """

    seconds: float = 0.0
    measured: int = 0
    referred: int = 0
    unknown: int = 0


def estimate(jobs: Iterable[PlannedJob], costs: Costs, cores: int, gpus: int | None) -> Estimate:
    """Estimate how long jobs take.

    No schedule is faster than the sum of all costs by the number of cores, than that of the jobs
    on GPUs by the places on them, or than the longest chain of jobs of which each waits for the
    one before. The longest of the three is the estimate.

    Parameters
    ----------
    jobs
        In an order in which they could run.
    costs
        What is known of their costs.
    cores
        How many cores they share.
    gpus
        How many places on GPUs they share; None for no limit.
    """
    found = Estimate()
    core_seconds = gpu_seconds = 0.0
    ends: dict[str, float] = {}
    for job in jobs:
        cost = _cost(job, costs, found)
        begin = max((ends.get(file, 0.0) for file in job.inputs), default=0.0)
        ends |= dict.fromkeys(job.outputs, begin + cost / job.threads)
        core_seconds += cost
        gpu_seconds += cost * job.gpu
    longest = max(ends.values(), default=0.0)
    found.seconds = max(longest, core_seconds / cores, gpu_seconds / gpus if gpus else 0.0)
    return found


def _cost(job: PlannedJob, costs: Costs, counted: Estimate) -> float:
    """Return the cost of a job, and count where it is from."""
    if not job.outputs:  # it only names what is made
        return 0.0
    if (measured := costs.measured(job.rule, job.names)) is not None:
        counted.measured += 1
        return measured
    if (referred := costs.referred(job.rule, job.names)) is not None:
        counted.referred += 1
        return referred
    counted.unknown += 1
    return 0.0
