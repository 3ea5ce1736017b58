"""The modules that keep jobs going and that no result depends on.

Every job reaches them, so each edit of one of them would repeat every job, all trainings included,
and end with the same numbers. :mod:`mishear.runtime.fingerprint.hashing` leaves them out.

A module belongs here only if nothing that it computes can get into a result. It draws nothing at
random, computes with no numerical library and sets nothing that such a library reads, and what
other code takes from it is listed. The tests of this module hold that. In doubt a module stays
out: :mod:`~mishear.runtime.devices` sets how torch computes, :mod:`~mishear.runtime.batching`
derives seeds, and :mod:`~mishear.runtime.environment` writes columns of tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Exempt:
    """Why a module is left out, and what other code may take from it.

    Attributes
    ----------
    reason : str
    taken : frozenset of str
        Names whose values get into no result.
    """

    reason: str
    taken: frozenset[str] = frozenset()


INFRASTRUCTURE: Mapping[str, Exempt] = {
    "mishear.runtime.contents": Exempt(
        "Compares files with what was written. It refuses a job or lets it run.",
        frozenset(("RECORDS", "SUFFIX", "described_by", "record_of")),
    ),
    "mishear.runtime.counted": Exempt(
        "Lists the files that count, for those that compare them.",
        frozenset(("hashes_of_run",)),
    ),
    "mishear.runtime.edited": Exempt(
        "Compares code with what was planned. It refuses a job or lets it run."
    ),
    "mishear.runtime.gpus": Exempt(
        "Waits for a free GPU. Which one computed is recorded with the result.",
        frozenset(("VISIBLE", "leased_gpu")),
    ),
    "mishear.runtime.jobs": Exempt(
        "Opens the log of a job and ends the job. It gives the job nothing.",
        frozenset(("end_with_parent", "job_log")),
    ),
    "mishear.runtime.memory": Exempt("Measures memory for the log."),
    "mishear.runtime.observed": Exempt("Notes which files code of the user's has used."),
}
"""By dotted names."""
