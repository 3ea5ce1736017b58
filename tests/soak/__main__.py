"""Run a soak: ``python -m tests.soak``."""

import argparse
import collections
import gc
import math
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.soak import archives, configs, edits, kills, memory, recordings, responses, staleness
from tests.soak.guarding import Case, Outcome, guarded

FUZZED: dict[str, Case] = {
    "configs": configs.case,
    "recordings": recordings.case,
    "archives": archives.case,
    "responses": responses.case,
}


RUNS: dict[str, Callable[[Path, int, int, int, float], Iterator[Outcome]]] = {
    "kills": kills.strikes,
    "keys": staleness.changed_keys,
    "edits": edits.edited_code,
    "memory": memory.jobs,
}


def outcomes(
    kind: str, first: int, count: int, seed: int, end: float = math.inf
) -> Iterator[Outcome]:
    """Run cases of a kind, one after the other, until a moment on the clock ``time.monotonic``."""
    if kind in FUZZED:
        # What a case shares with others is in memory before the first is forked, and stays there.
        configs.shipped()
        gc.freeze()
        for number in range(first, first + count):
            if time.monotonic() < end:
                yield guarded(kind, number, FUZZED[kind], seed)
    elif count:
        with tempfile.TemporaryDirectory(prefix=f"soak-{kind}-") as folder:
            yield from RUNS[kind](Path(folder), seed, first, count, end)


def main() -> int:
    """Run what the command line asks for; the exit status is 1 if anything went wrong."""
    options = _options()
    # What a shell runs in the background ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    bad, end = 0, time.monotonic() + 60 * options.minutes
    for kind in [*FUZZED, *RUNS]:
        begin, counts = time.monotonic(), collections.Counter()
        for outcome in outcomes(kind, options.first, getattr(options, kind), options.seed, end):
            counts[outcome.verdict] += 1
            bad += not outcome.good
            if not outcome.good or options.verbose:
                what = f"{kind} {outcome.number}: {outcome.verdict} in {outcome.seconds:.1f} s"
                print(f"{what}\n{outcome.detail}\n", flush=True)
        if counts:
            verdicts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            print(f"{kind}: {verdicts} in {time.monotonic() - begin:.0f} s", flush=True)
    return int(bad > 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="what all cases are drawn from")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--minutes", type=float, default=math.inf, help="when to stop in any case")
    parser.add_argument("--verbose", action="store_true", help="show good cases as well")
    for kind in FUZZED:
        parser.add_argument(f"--{kind}", type=int, default=0, metavar="N", help=f"fuzzed {kind}")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="strikes on runs")
    parser.add_argument("--keys", type=int, default=0, metavar="N", help="changed config keys")
    parser.add_argument("--edits", type=int, default=0, metavar="N", help="edits of the code")
    parser.add_argument("--memory", type=int, default=0, metavar="N", help="hostile corpora")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
