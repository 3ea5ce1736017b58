"""The worst case: what is still heard right under every attack of a study."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mishear.core.statistics import wilson_interval
from mishear.core.tables import read_results, write_table

KEYS = (
    "corpus",
    "front_end",
    "network",
    "recipe",
    "seed",
    "defence",
    "gradient",
    "domain",
    "norm",
    "budget",
    "eps",
)
KINDS = ("transfer", "adaptive", "worst")
COLUMNS = (
    *KEYS,
    "n",
    "clean_accuracy",
    "clean_low",
    "clean_high",
    *(f"{kind}_{value}" for kind in KINDS for value in ("accuracy", "low", "high")),
    "strongest",
    "attacks",
)


@dataclass(frozen=True)
class Attacked:
    """Which recordings one evaluation left heard right.

    Attributes
    ----------
    attack : str
    kind : str
        ``transfer`` or ``adaptive``.
    clean, robust : dict of str to bool
        For each recording whether it is heard right before and after.
    """

    attack: str
    kind: str
    clean: Mapping[str, bool]
    robust: Mapping[str, bool]


def attacked(attack: str, kind: str, rows: Iterable[Mapping[str, str]]) -> Attacked:
    """One evaluation from the rows that :mod:`mishear.evaluation.inputs` wrote."""
    rows = list(rows)
    return Attacked(
        attack,
        kind,
        {row["recording"]: row["clean_prediction"] == row["label"] for row in rows},
        {row["recording"]: row["adversarial_prediction"] == row["label"] for row in rows},
    )


def worst_case(evaluations: Sequence[Attacked]) -> dict[str, Any]:
    """The accuracy that is left when a recording counts as misheard if any attack succeeds.

    Nor is one right that was misheard before the attack: what an attack put right by chance, its
    clean recording undoes.

    Parameters
    ----------
    evaluations
        Of one victim behind one defence at one eps, on the same recordings.

    Returns
    -------
    dict
        ``n``; ``clean_accuracy`` with its 95 % Wilson interval; the same for the worst case over
        transfer attacks, over adaptive attacks, and over all (None where there are none);
        ``strongest``, the attack that by itself leaves the fewest; ``attacks``, all of them.
    """
    found = {
        "transfer": [each for each in evaluations if each.kind == "transfer"],
        "adaptive": [each for each in evaluations if each.kind == "adaptive"],
        "worst": list(evaluations),
    }
    clean = evaluations[0].clean
    numbers: dict[str, Any] = {"n": len(clean), **_share("clean", clean.values())}
    for kind, group in found.items():
        numbers |= _share(kind, _left(group) if group else None)
    strongest = min(evaluations, key=lambda each: sum(each.robust.values()))
    kind = " (transfer)" if strongest.kind == "transfer" else ""
    numbers["strongest"] = f"{strongest.attack}{kind}"
    numbers["attacks"] = " ".join(dict.fromkeys(each.attack for each in evaluations))
    return numbers


def _left(group: Sequence[Attacked]) -> list[bool]:
    """Which recordings are heard right before every attack and after it."""
    return [
        all(each.clean[name] and each.robust[name] for each in group) for name in group[0].clean
    ]


def _share(name: str, right: Iterable[bool] | None) -> dict[str, float | None]:
    if right is None:
        return {f"{name}_{value}": None for value in ("accuracy", "low", "high")}
    right = list(right)
    low, high = wilson_interval(sum(right), len(right))
    return {f"{name}_accuracy": sum(right) / len(right), f"{name}_low": low, f"{name}_high": high}


def worst_cases(
    keys: Sequence[Mapping[str, Any]], files: Sequence[Path]
) -> Iterator[dict[str, Any]]:
    """The worst case of every victim, defence, norm and eps of a study.

    Parameters
    ----------
    keys
        What the summary says of each evaluation, with ``norm`` and ``gradient``.
    files
        Their results, in that order.

    Yields
    ------
    dict
        Rows of ``COLUMNS``.
    """
    groups: dict[tuple, list[tuple[Mapping[str, Any], Path]]] = {}
    for key, file in zip(keys, files, strict=True):
        # Noise in the test recordings knows nothing of the victim: it is no attack.
        if key["evaluation"]:
            group = tuple(key[column] for column in KEYS)
            groups.setdefault(group, []).append((key, file))
    for group, members in groups.items():
        evaluations = [
            attacked(key["attack"], key["evaluation"], read_results(file)) for key, file in members
        ]
        yield dict(zip(KEYS, group, strict=True)) | worst_case(evaluations)


def write_worst_cases(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write ``robustness.csv``."""
    write_table(rows, COLUMNS, path)
