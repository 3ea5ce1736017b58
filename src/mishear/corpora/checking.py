"""Check that the usable recordings of a corpus are enough, and those that were expected."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from mishear.core.errors import UserError
from mishear.core.sentences import counted
from mishear.corpora.conspicuous import conspicuous
from mishear.corpora.index import Recording, Rejected, copies
from mishear.corpora.sources import Expectation

log = logging.getLogger(__name__)

_SHOWN = 3


def check_index(
    rows: Sequence[Recording],
    rejected: Sequence[Rejected],
    classes: Sequence[str] | None = None,
    max_rejected_share: float = 0.05,
    expectation: Expectation | None = None,
    rejected_path: str | Path = "rejected.csv",
) -> None:
    """Check that enough recordings are usable, and log how many are copies of others.

    Parameters
    ----------
    rows, rejected
        From :func:`mishear.corpora.index.index_recordings`.
    classes
        Labels that must all be there; None: those that were found.
    max_rejected_share
        Largest share of rejected recordings, 0 to 1.
    expectation
        Content of the complete corpus; None: anything.
    rejected_path
        File of the rejected recordings, for the messages.

    Raises
    ------
    UserError
        If too many recordings were rejected, a class has none, or the content is not the
        expected one.
    """
    share = len(rejected) / max(1, len(rows) + len(rejected))
    if share > max_rejected_share or not rows:
        raise UserError(_rejected_message(rows, rejected, max_rejected_share, rejected_path))
    _check_classes(rows, classes or (), rejected_path)
    if expectation is not None:
        _check_expectation(rows, rejected, expectation)
    _report_copies(rows)
    for found in conspicuous(list(map(asdict, rows))):
        log.info("%d of %d recordings: %s", found.count, found.n, found.text)


def _report_copies(rows: Sequence[Recording]) -> None:
    if not (count := copies(rows)):
        return
    log.warning(
        "%d of %d recordings are the same audio as another one. They are kept, all copies in the "
        "same split.",
        count,
        len(rows),
    )
    labels: dict[str, set[str]] = {}
    for row in rows:
        labels.setdefault(row.content, set()).add(row.label)
    if ambiguous := sum(len(found) > 1 for found in labels.values()):
        log.warning("%d recordings have copies with another label.", ambiguous)


def _rejected_message(
    rows: Sequence[Recording],
    rejected: Sequence[Rejected],
    max_rejected_share: float,
    rejected_path: str | Path,
) -> str:
    kinds = Counter(row.reason.partition(":")[0] for row in rejected)
    lines = []
    for kind, count in kinds.most_common(_SHOWN):
        example = next(row for row in rejected if row.reason.partition(":")[0] == kind)
        lines.append(f"\n  - {count} x {example.reason} ({example.recording})")
    return (
        f"{len(rejected)} of {len(rows) + len(rejected)} recordings cannot be used, more than "
        f"the allowed share of {max_rejected_share:g}. Most frequent reasons:{''.join(lines)}\n"
        f"All of them: {rejected_path}. Correct the files, the pattern or the classes, or raise "
        "max_rejected_share of this corpus in the config."
    )


def _check_classes(
    rows: Iterable[Recording], classes: Iterable[str], rejected_path: str | Path
) -> None:
    found = {row.label for row in rows}
    missing = [label for label in classes if label not in found]
    if missing:
        raise UserError(
            f"There are no usable recordings of the classes {', '.join(missing)}; found: "
            f"{', '.join(sorted(found))}. Correct classes or pattern of this corpus in the "
            f"config, or see {rejected_path}."
        )


def _check_expectation(
    rows: Sequence[Recording], rejected: Sequence[Rejected], expectation: Expectation
) -> None:
    differences = list(_count_differences(rows, expectation))
    if not differences:
        return
    shown = differences[:_SHOWN]
    shown += [f"rejected: {row.recording}: {row.reason}" for row in rejected[:_SHOWN]]
    lines = "".join(f"\n  - {difference}" for difference in shown)
    raise UserError(
        f"This is not the complete corpus: its counts differ in "
        f"{counted(len(differences), 'place')}.{lines}\nFetch it again; for a part or a variant "
        f"of it use `source: folder`."
    )


def _count_differences(rows: Sequence[Recording], expectation: Expectation) -> Iterator[str]:
    speakers = sorted({row.speaker for row in rows})
    if len(speakers) != expectation.speakers:
        yield f"{len(speakers)} speakers instead of {expectation.speakers}"
    counts = Counter((row.speaker, row.label) for row in rows)
    for speaker in speakers:
        for label in sorted({row.label for row in rows}):
            count = counts[speaker, label]
            if count != expectation.recordings:
                yield (
                    f"speaker {speaker}, class {label}: {count} recordings instead of "
                    f"{expectation.recordings}"
                )
