"""What the report says of what is heard: by victims, by recognisers, by the measures of quality."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from mishear.figures.captions import ratio
from mishear.listening import HEARINGS
from mishear.paper_example import Example
from mishear.plan import number_name
from mishear.reading import Measured, measured


def title(sound: Mapping[str, Any]) -> str:
    """A version in words; ``sound`` has ``kind``, ``name``, ``budget`` and ``eps``."""
    size = "" if sound["eps"] is None else number_name(sound["eps"])
    match sound["kind"], sound["budget"]:
        case "clean", _:
            return "clean"
        case "round-trip", _:
            return "clean spectrogram, inverted"
        case "poisoned", _:
            return f"{sound['name']}, amplitude {size}"
        case "inverted", _:
            limit = "no limit" if size == "inf" else f"eps {size} dB"
            return f"{sound['name']} on the spectrogram, {limit}, inverted"
        case _, "snr":
            return f"{sound['name']}, SNR {size} dB"
        case _:
            limit = "no limit" if size == "inf" else f"eps {size} of full scale"
            return f"{sound['name']}, {limit}"


def heard_in(ears: pd.DataFrame, setting: Mapping[str, str]) -> pd.DataFrame:
    """The rows of ``ears.csv`` of a corpus and front end: of one network, or of none."""
    here = (ears.corpus == setting["corpus"]) & (ears.front_end == setting["front_end"])
    return ears[here & (ears.network.isna() | (ears.network == setting["network"]))]


def listening_section(
    table: pd.DataFrame,
    ears: pd.DataFrame,
    inversions: pd.DataFrame,
    halves: pd.DataFrame,
    reference: str,
    noises: Sequence[str],
    examples: Sequence[Example] = (),
) -> dict[str, Any]:
    """What ``_listening.html.j2`` says of one corpus, front end and network.

    Parameters
    ----------
    table
        Rows of :func:`mishear.reading.over_seeds`, attacks on the waveform among them.
    ears
        Rows of ``ears.csv``, see :func:`heard_in`.
    inversions, halves
        Rows of ``inversions.csv`` and ``snr_at_half.csv``.
    reference
        The recipe without poison.
    noises
        Poisoned recipes of uniform noise.
    examples
        What is left of the paper's example.
    """
    undefended = table[(table.recipe == reference) & (table.defence == "none")]
    attacked = undefended[(undefended.domain == "waveform") & undefended.budget.notna()]
    heard = ears[(ears.recipe == reference) & (ears.defence == "none")]
    return {
        "recognisers": list(ears.recogniser.dropna().unique()),
        "halves": [_half(row, reference) for row in halves.itertuples()],
        "attacked": [
            _attacked(row, heard[heard.kind == "waveform"]) for row in attacked.itertuples()
        ],
        "inversions": list(_inversions(inversions)),
        "noise": [found for name in noises for found in _noise(name, table, undefended, ears)],
        "examples": examples,
    }


def _half(row: Any, reference: str) -> dict[str, Any]:
    names = [row.recipe] * (row.recipe != reference) + [row.defence] * (row.defence != "none")
    return {
        "attack": row.attack,
        "victim": " behind ".join(names),
        "seed": row.seed,
        "snr": ratio(row.snr_db, row.note),
        "interval": f"{_limit(row.low)} to {_limit(row.high)}",
        "clean": row.clean_accuracy,
        "half": row.half,
        "n": row.n,
    }


def _limit(snr_db: float) -> str:
    if math.isinf(snr_db):
        return "above all run" if snr_db > 0 else "below all run"
    return f"{snr_db:.1f}"


def _attacked(row: Any, heard: pd.DataFrame) -> dict[str, Any]:
    """An attack on the waveform at one size, and how its recordings are heard."""
    same = heard[(heard.name == row.attack) & (heard.eps == row.eps)]
    saved = None
    if pd.notna(row.saved_accuracy):
        values = map(float, (row.saved_accuracy, row.saved_low, row.saved_high))
        saved = Measured(*values, n=int(row.n), seeds=int(row.seeds))
    sound = {"kind": "waveform", "name": row.attack, "budget": row.budget, "eps": row.eps}
    return {"title": title(sound), "victim": measured(row), "saved": saved, **_ears(same)}


def _ears(rows: pd.DataFrame) -> dict[str, Any]:
    """What recognisers hear in a sound and how good it is, over the seeds."""
    numbers = {
        name: float(rows[name].mean()) if rows[name].notna().any() else None
        for name in ("median_snr_db", "median_pesq", "median_stoi")
    }
    return {
        "heard": {
            name: {
                "kept": _over_seeds(of_one, "kept", "kept", "kept_n"),
                "recognised": _over_seeds(of_one, "recognised", "recognised", "n"),
            }
            for name, of_one in rows.groupby("recogniser", sort=False)
        },
        **numbers,
    }


def _over_seeds(rows: pd.DataFrame, column: str, prefix: str, count: str) -> Measured | None:
    """A share with the widest limits of the seeds; None where it was not measured."""
    if rows[column].isna().any():
        return None
    return Measured(
        accuracy=float(rows[column].mean()),
        low=float(rows[f"{prefix}_low"].min()),
        high=float(rows[f"{prefix}_high"].max()),
        n=int(rows[count].iloc[0]),
        seeds=len(rows),
    )


def _inversions(inversions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for (attack, eps), rows in inversions.groupby(["attack", "eps"], sort=False):
        counts = dict.fromkeys(HEARINGS, "n") | {"inverted_of_kept": "kept_n"}
        yield {"attack": attack, "eps": eps} | {
            hearing: _over_seeds(rows, f"{hearing}_accuracy", hearing, counts[hearing])
            for hearing in HEARINGS
        }


def _noise(
    poison: str, table: pd.DataFrame, undefended: pd.DataFrame, ears: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    """Noise at each amplitude: what victims without it and with it hear, and what ears do."""
    retrained = table[(table.poison == poison) & (table.attack == poison) & table.detector.isna()]
    retrained = retrained[retrained.defence == "none"]
    retrained = retrained[retrained.poison_share == retrained.poison_share.max()]
    standard = undefended[undefended.attack == poison]
    poisoned = ears[(ears.kind == "poisoned") & (ears.name == poison)]
    for amplitude, rows in poisoned.groupby("eps"):
        pair = [
            next((measured(row) for row in found[found.eps == amplitude].itertuples()), None)
            for found in (standard, retrained)
        ]
        yield {
            "poison": poison,
            "amplitude": amplitude,
            "standard": pair[0],
            "retrained": pair[1],
            **_ears(rows),
        }
