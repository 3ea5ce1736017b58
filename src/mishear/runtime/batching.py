"""How a computation is divided into batches, and smaller ones where memory runs out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mishear.core.errors import UserError
from mishear.core.random_streams import derived_seed

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batches:
    """How a computation on recordings is divided, and what it draws.

    Attributes
    ----------
    seed : int
        Seed of the whole computation; that of a batch is derived from it.
    size : int
        Recordings in a batch.
    device : torch.device
        Where to compute.
    first : int
        Position of the first recording in the whole computation, of which this may be a part.
    """

    seed: int
    size: int
    device: "torch.device"
    first: int = 0

    @classmethod
    def of_job(cls, job: Any, device: "torch.device", first: int = 0) -> "Batches":
        """Take them from the ``snakemake`` that a script is given.

        Parameters
        ----------
        job
            Has ``seed`` among its ``wildcards`` and ``batch_size`` among its ``params``.
        device, first
            See :class:`Batches`.
        """
        return cls(int(job.wildcards.seed), job.params.batch_size, device, first)

    def seed_of(self, start: int) -> int:
        """Return the seed of the batch that starts at a position of this part.

        Batches start at multiples of their size, so a smaller seed and the position are digits of
        one number: no two victims and no two batches share a stream. With a larger seed, the sum
        could be that of another victim's batch, and the seed is hashed with the position.
        """
        position = self.first + start
        if self.seed < self.size:
            return self.seed + position
        return derived_seed(self.seed, "batch", str(position))


def in_batches(work: Callable[[slice], None], count: int, batch_size: int) -> None:
    """Work through rows in batches, in smaller ones from where the GPU's memory runs out.

    Parameters
    ----------
    work
        Called with the rows of each batch, in order. It must be repeatable: a call that runs out
        of memory is made again with half the rows.
    count
        How many rows there are.
    batch_size
        Rows in a batch.

    Raises
    ------
    UserError
        If the memory does not suffice for a single row.
    """
    start, size = 0, batch_size
    while start < count:
        rows = slice(start, min(start + size, count))
        if _fits(work, rows):
            start = rows.stop
        else:
            size = halved(rows.stop - rows.start)


def _fits(work: Callable[[slice], None], rows: slice) -> bool:
    import torch

    try:
        work(rows)
    except torch.OutOfMemoryError as error:
        log.warning("%s", str(error).partition(". ")[0])
        return False
    return True


def halved(size: int) -> int:
    """Return and log the batch size to go on with after the GPU's memory ran out.

    Raises
    ------
    UserError
        If ``size`` is 1.
    """
    import torch

    if size == 1:
        raise UserError(
            "The GPU's memory does not suffice for one recording. Use a GPU with more memory, "
            "fewer jobs_per_gpu, or device: cpu."
        )
    torch.cuda.empty_cache()
    log.warning(
        "out of GPU memory with %d recordings: going on with %d at a time; random starts and "
        "batch statistics differ from a run without this",
        size,
        size // 2,
    )
    return size // 2
