"""The report: one self-contained page made from the summary and the figures."""

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from mishear import __version__
from mishear.core.files import atomic_path
from mishear.core.statistics import Measured
from mishear.core.tables.corpora import REJECTED
from mishear.core.tables.evaluation import CHECKS, SUMMARY
from mishear.core.tables.listening import AUDIO_QUALITY, INVERSIONS, SNR_AT_HALF
from mishear.core.tables.poisoning import DETECTIONS
from mishear.evaluation.measurements import (
    level,
    measured,
    of_setting,
    of_setting_heard,
    on_spectrograms,
    over_seeds,
    read_accuracies,
    read_robustness,
    succeeded,
)
from mishear.paper.claims import read_probes, verdicts
from mishear.paper.comparison import Results, compare, corpus_note
from mishear.poisoning.base import Poison
from mishear.poisoning.building import build_poison
from mishear.report.defences import (
    best_defence,
    check_matrix,
    claimed_accuracies,
    defence_tables,
    failures,
    hiding,
    paper_attack_remark,
)
from mishear.report.drawing.inline import inline_svg
from mishear.report.environment import environment, interval, ratio, share
from mishear.report.listening import listening_section
from mishear.study.evaluations import Victim
from mishear.study.reported import ReportedFigure, ReportedSetting, ReportedStudy

PACKAGES = (
    "torch",
    "torchaudio",
    "foolbox",
    "numpy",
    "scipy",
    "pandas",
    "matplotlib",
    "soundfile",
    "snakemake",
)
REJECTED_SHOWN = 5
HALF = 0.5


@dataclass(frozen=True)
class Answer:
    """One honest number: what it is, how large, and against whom it holds.

    ``threat`` maps the parts of the threat model to what they are here.
    """

    question: str
    value: str
    unit: str
    detail: str
    threat: Mapping[str, str]


def write_report(study: ReportedStudy, inputs: Mapping[str, Path], path: Path) -> None:
    """Write the page.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    inputs
        The files of :func:`mishear.study.reported.report_inputs` by their keys.
    path
        The HTML file.
    """
    summary = SUMMARY.frame(inputs["summary"])
    page = (
        environment()
        .get_template("report.html.j2")
        .render(
            study=study,
            sections=_sections(study, inputs, over_seeds(summary)),
            table=_table(summary),
            corpora=[_corpus(name, inputs[f"rejected/{name}"]) for name in study.corpora],
            devices=sorted(summary.device.unique()),
            seconds=float(summary.seconds.sum()),
            versions=_versions(),
        )
    )
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


LISTENING = {"audio_quality": AUDIO_QUALITY, "inversions": INVERSIONS, "halves": SNR_AT_HALF}


def _sections(
    study: ReportedStudy, inputs: Mapping[str, Path], whole: pd.DataFrame
) -> list[dict[str, Any]]:
    """What the page says of each corpus, front end and network."""
    table = on_spectrograms(whole)
    robustness = on_spectrograms(read_robustness(inputs["robustness"]))
    checks = CHECKS.frame(inputs["checks"])
    detections = DETECTIONS.frame(inputs["detections"]) if "detections" in inputs else None
    listening = {
        name: table.frame(inputs[name]) for name, table in LISTENING.items() if name in inputs
    }
    sections = []
    for number, reported in enumerate(study.settings):
        setting = reported.names
        results = _results(study, reported, of_setting(table, setting), inputs)
        here = {"id": f"victim{number}", **_section(study, reported, results, inputs)}
        here |= _trust(study, results, of_setting(robustness, setting), of_setting(checks, setting))
        probe = inputs.get(f"probe/{reported.path}")
        here |= _other_libraries(study, results, read_probes([probe]) if probe else None)
        found = [] if detections is None else of_setting(detections, setting)
        here["detections"] = detection_rows(found, results) if len(found) else []
        here["listening"] = None
        if listening:
            tables = {name: of_setting_heard(found, setting) for name, found in listening.items()}
            half = _halved(tables["halves"], study.reference)
            here["answers"] += [half] if half else []
            here["listening"] = listening_section(
                of_setting(whole, setting), reference=study.reference, **tables
            )
        sections.append(here)
    return sections


def _results(
    study: ReportedStudy,
    setting: ReportedSetting,
    table: pd.DataFrame,
    inputs: Mapping[str, Path],
) -> Results:
    accuracies = [
        inputs[f"accuracy/{Victim(**setting.names, recipe=study.reference, seed=seed).path}"]
        for seed in (study.seeds if study.reference else ())
    ]
    return Results(
        table=table,
        accuracies=read_accuracies(accuracies) if accuracies else {},
        reference=study.reference,
        attacks=study.attacks,
        source=setting.source,
        corpus=setting.corpus,
        poisons={name: build_poison(found) for name, found in study.poisons.items()},
    )


def _section(
    study: ReportedStudy,
    setting: ReportedSetting,
    results: Results,
    inputs: Mapping[str, Path],
) -> dict[str, Any]:
    """All that the page says of one corpus, front end and network."""
    figures = [
        _figure(study, reported, inputs[reported.figure.path], results)
        for reported in study.figures
        if reported.figure.setting == setting.names
    ]
    return {
        **setting.names,
        "name": ", ".join(setting.names.values()),
        "note": corpus_note(results) if study.paper_reference else "",
        "answers": list(answers(results, study.gallery_eps)),
        "headline": headline(results),
        "accuracies": results.accuracies,
        "figures": figures,
        "categories": {figure["category"] for figure in figures},
        "comparisons": compare(results) if study.paper_reference else [],
    }


def _trust(
    study: ReportedStudy, results: Results, robustness: pd.DataFrame, checks: pd.DataFrame
) -> dict[str, Any]:
    """What the page says of defences, and of whether the attacks can be trusted."""
    eps, reference = study.gallery_eps, results.reference
    hidden = hiding(checks, reference)
    of_reference = check_matrix(checks, reference, "none")
    checked = {row["attack"] for row in of_reference["rows"]}
    return {
        "defences": defence_tables(robustness, results.table, hidden, eps),
        "checks": of_reference,
        "unchecked": [attack for attack in study.attacks if attack not in checked],
        "other_checks": failures(checks, reference, "none", hidden),
        "paper_attack": paper_attack_remark(checks, reference, study.attacks),
        "best": _best(best_defence(robustness, reference, hidden, eps), hidden),
    }


def _other_libraries(
    study: ReportedStudy, results: Results, probe: pd.DataFrame | None
) -> dict[str, Any]:
    """What ART and advertorch did, and what is left of the paper's claims on them."""
    if probe is None:
        return {"claims": [], "probe": []}
    accuracies = claimed_accuracies(
        results.table, results.reference, study.libraries, study.adversarial_settings
    )
    return {
        "claims": verdicts(probe, accuracies),
        "probe": probe.fillna("").to_dict("records"),
    }


def _best(row: Any, hidden: set[tuple[str, str]]) -> Answer | None:
    if row is None:
        return None
    worst, clean = level(row, "worst"), level(row, "clean")
    hides = " It hides gradients: do not trust it." if (row.recipe, row.defence) in hidden else ""
    return Answer(
        f"Best defence at {row.eps:g} dB",
        share(worst.accuracy),
        "accuracy, worst case",
        _precision(worst),
        {
            "Recipe": row.recipe,
            "Defence": f"{row.defence}.{hides}" if hides else row.defence,
            "Clean": f"{share(clean.accuracy)} ({interval(clean)})",
            "Attacks": f"any of {row.attacks}",
            "Adaptive": "white box through the defence, and transfer; untargeted",
        },
    )


def _halved(halves: pd.DataFrame, reference: str | None) -> Answer | None:
    """The quietest change of the sound that halves the accuracy of the reference's victims.

    It is that of the recordings saved with 16 bits: what can be played.
    """
    rows = halves[(halves.recipe == reference) & (halves.defence == "none")]
    how = {"snr_db": "mean", "saved_snr_db": "mean", "half": "mean", "n": "first"}
    how |= {"saved_low": "min", "saved_high": "max"}
    ends = {"highest_snr_db": "first", "lowest_snr_db": "first"}
    by_attack = rows.groupby("attack", sort=False).agg(how | ends).reset_index()
    if by_attack.empty:
        return None
    row = by_attack.loc[by_attack.saved_snr_db.idxmax()]
    return Answer(
        "Change of the sound that halves the accuracy",
        ratio(row.saved_snr_db, row),
        "dB SNR",
        f"accuracy {share(row.half)}; 95 % interval {ratio(row.saved_low, row)} to "
        f"{ratio(row.saved_high, row)} dB, n = {int(row.n)}",
        {
            "Attack": f"{row.attack}, the strongest of {', '.join(by_attack.attack)}",
            "Norm": "limited by each recording's SNR",
            "Saved": f"with 16 bits; before rounding {ratio(row.snr_db, row)} dB",
            "Domain": "waveform, where the recording speaks",
            "Adaptive": "white box, untargeted; there is no defence to adapt to",
        },
    )


def _figure(
    study: ReportedStudy, reported: ReportedFigure, file: Path, results: Results
) -> dict[str, Any]:
    figure = reported.figure
    module = import_module(f"mishear.report.figures.{figure.kind}")
    return {
        "category": reported.category,
        "heading": reported.heading,
        "wide": reported.wide,
        "recipe": figure.recipe,
        "svg": Markup(inline_svg(file, module.alternative(figure, results))),
        "caption": module.caption(figure, study),
    }


def headline(results: Results) -> str:
    """Where the victim gives way: the smallest eps at which most recordings are misheard."""
    rows = _limited(results)
    if rows.empty:
        return ""
    misheard = rows[rows.accuracy < HALF]
    if misheard.empty:
        return (
            f"Up to an eps of {rows.eps.max():g} dB no attack makes it mishear more than half of "
            f"the test recordings."
        )
    first = misheard.loc[misheard.eps.idxmin()]
    return (
        f"From an eps of {first.eps:g} dB on, {first.attack} makes it mishear more than half of "
        f"the test recordings."
    )


def answers(results: Results, gallery_eps: float) -> Iterable[Answer]:
    """The few numbers that say how robust the reference recipe's victims are."""
    if test := results.accuracies.get("test"):
        yield Answer(
            "Clean recordings",
            share(test.accuracy),
            "accuracy",
            _precision(test),
            {
                "Attack": "none",
                "Recipe": results.reference,
                "Train": share(results.accuracies["train"].accuracy),
                "Validation": share(results.accuracies["validation"].accuracy),
            },
        )
    limited = _limited(results)
    if not limited.empty:
        yield _strongest(limited, gallery_eps)
    if not (free := _unlimited(results)).empty:
        yield _smallest_change(free)
    for name, poison in results.poisons.items():
        if poison.against == "amplitude":
            yield from _noise(results, name)
        else:
            yield from _aimed(results, name, poison)


def _limited(results: Results) -> pd.DataFrame:
    """The reference recipe under attacks with an eps in the L-infinity norm."""
    rows = [results.of_reference(attack) for attack in results.attacks]
    table = pd.concat(rows) if rows else results.table.iloc[:0]
    return table[(table.norm == "linf") & np.isfinite(table.eps)].reset_index(drop=True)


def _unlimited(results: Results) -> pd.DataFrame:
    rows = [results.of_reference(attack) for attack in results.attacks]
    table = pd.concat(rows) if rows else results.table.iloc[:0]
    return table[np.isinf(table.eps)].reset_index(drop=True)


def _strongest(rows: pd.DataFrame, gallery_eps: float) -> Answer:
    eps = rows.eps[(rows.eps - gallery_eps).abs().idxmin()]
    at_eps = rows[rows.eps == eps]
    row = at_eps.loc[at_eps.accuracy.idxmin()]
    value = measured(row)
    return Answer(
        f"Every point changed by at most {eps:g} dB",
        share(value.accuracy),
        "accuracy",
        _precision(value),
        {
            "Attack": f"{row.attack}, the strongest of {', '.join(at_eps.attack)}",
            "Norm": f"L∞, eps {eps:g} dB",
            **_knowledge(row),
        },
    )


def _smallest_change(rows: pd.DataFrame) -> Answer:
    row = rows.loc[rows.accuracy.idxmin()]
    value = measured(row)
    found = pd.notna(row.median_l2)
    return Answer(
        "Smallest change that is misheard",
        f"{row.median_l2:.1f}" if found else "none found",
        "dB, median L2" if found else "",
        f"accuracy {share(value.accuracy)}, {_precision(value)}",
        {"Attack": row.attack, "Norm": "L2, no eps", **_knowledge(row)},
    )


def _knowledge(row: Any) -> dict[str, str]:
    return {
        "Domain": row.domain,
        "Adaptive": "white box, untargeted; there is no defence to adapt to",
    }


def _noise(results: Results, poison: str) -> Iterable[Answer]:
    """The quietest poison that costs the unpoisoned victim half its hearing, or the loudest."""
    rows = results.of_reference(poison)
    if rows.empty:
        return
    under_half = rows[rows.accuracy < HALF]
    row = (rows if under_half.empty else under_half).iloc[-1 if under_half.empty else 0]
    value = measured(row)
    yield Answer(
        f"Noise in the test, SNR {row.median_snr_db:.0f} dB",
        share(value.accuracy),
        "accuracy",
        _precision(value),
        {
            "Poison": f"{poison}, amplitude {row.eps:g} of full scale",
            "Domain": row.domain,
            "Adaptive": "no: noise that knows nothing of the victim",
            "Retrained on it": _retrained(results, poison, row.eps),
        },
    )


def _retrained(results: Results, poison: str, amplitude: float) -> str:
    rows = results.of_poisoned(poison)
    rows = rows[rows.poison_amplitude == amplitude]
    row = rows.loc[rows.poisoning_rate.idxmax()]
    value = measured(row)
    return (
        f"{share(value.accuracy)} ({interval(value)}) with {row.poisoning_rate * 100:g} % of the "
        f"training poisoned"
    )


def _aimed(results: Results, name: str, poison: Poison) -> Iterable[Answer]:
    """The poison that does most: by its success, or by the accuracy it costs without a target."""
    rows = results.of_poisoned(name)
    if rows.empty:
        return
    aimed = poison.target is not None
    row = rows.loc[rows.attack_success_rate.idxmax() if aimed else rows.clean_accuracy.idxmin()]
    value = succeeded(row) if aimed else measured(row, clean=True)
    amplitude = f", amplitude {row.eps:g} of full scale" if row.eps else ""
    yield Answer(
        poison.question(f"{row.poisoning_rate * 100:g} %"),
        share(value.accuracy),
        f"classified as {poison.target}" if aimed else "accuracy",
        _precision(value),
        {
            "Poison": f"{name}{amplitude}",
            "Domain": row.domain,
            "On clean": f"accuracy {share(row.clean_accuracy)}",
            "Unpoisoned": _without(results, name, row.eps, aimed),
        },
    )


def _without(results: Results, poison: str, eps: float, aimed: bool) -> str:
    """What the reference recipe's victims give on the same recordings."""
    rows = results.of_reference(poison)
    rows = rows[rows.eps == eps]
    if rows.empty:
        return "not run"
    row = rows.iloc[0]
    if not aimed:
        return f"accuracy {share(row.clean_accuracy)}"
    return f"{share(row.attack_success_rate)}, accuracy {share(row.clean_accuracy)}"


def detection_rows(detections: pd.DataFrame, results: Results) -> list[dict[str, Any]]:
    """What each detector found at each poisoning, and what training without it gained.

    Parameters
    ----------
    detections
        A row per victim and detector, of one corpus, front end and network.
    results
        Of the same.

    Returns
    -------
    list of dict
        A row for each recipe, amplitude, share and detector, over the seeds; ``recall``,
        ``false_alarms``, ``precision``, ``recall_at_5_percent``, and ``success`` and
        ``accuracy`` each before and after. ``emptied`` tells in words of which classes nothing was
        kept. What could not be measured is None.
    """
    found = []
    for keys, rows in detections.groupby(POISON_KEYS, dropna=False, sort=False):
        place = dict(zip(POISON_KEYS, keys, strict=True))
        found.append(
            {
                **place,
                "amplitude": "" if pd.isna(place["poison_amplitude"]) else keys[1],
                "n": int(rows.n.iloc[0]),
                "poisoned": int(round(rows.poisoned.mean())),
                "recall": _over_seeds(rows, "true_positive_rate", "tpr"),
                "false_alarms": _over_seeds(rows, "false_positive_rate", "fpr"),
                "precision": _pooled_precision(rows),
                "recall_at_5_percent": _mean(rows.tpr_at_5_percent_fpr),
                "emptied": _emptied(rows),
                **_gained(results.table, place),
            }
        )
    return found


POISON_KEYS = ["poison", "poison_amplitude", "poisoning_rate", "detector"]


def _emptied(rows: pd.DataFrame) -> str:
    """Of which classes a detector kept nothing, and with which seeds."""
    emptied = rows[rows.emptied_classes.notna()]
    if emptied.empty:
        return ""
    classes = "; ".join(sorted(set(emptied.emptied_classes)))
    seeds = f", with {len(emptied)} of {len(rows)} seeds" if len(rows) > 1 else ""
    return f"nothing of {classes} kept{seeds}"


def _pooled_precision(rows: pd.DataFrame) -> float | None:
    """Share of poison in all that was flagged with any seed: some may have flagged nothing."""
    flagged = rows.flagged.sum()
    return float((rows.true_positive_rate * rows.poisoned).sum() / flagged) if flagged else None


def _mean(values: pd.Series) -> float | None:
    return None if values.isna().any() else float(values.mean())


def _over_seeds(rows: pd.DataFrame, column: str, prefix: str) -> Measured | None:
    if rows[column].isna().any():
        return None
    return Measured(
        accuracy=float(rows[column].mean()),
        low=float(rows[f"{prefix}_low"].min()),
        high=float(rows[f"{prefix}_high"].max()),
        n=int(rows.n.iloc[0]),
        seeds=len(rows),
    )


def _gained(table: pd.DataFrame, place: Mapping[str, Any]) -> dict[str, Any]:
    """Success and clean accuracy of the victims before and after the detector's work."""
    same = (table.poison == place["poison"]) & (table.attack == place["poison"])
    same &= (table.poisoning_rate == place["poisoning_rate"]) & (table.defence == "none")
    if pd.notna(place["poison_amplitude"]):
        same &= table.poison_amplitude == place["poison_amplitude"]
    before, after = (
        table[same & chosen].iloc[0]
        for chosen in (table.detector.isna(), table.detector == place["detector"])
    )
    aimed = pd.notna(before.attack_success_rate)
    return {
        "success": (succeeded(before), succeeded(after)) if aimed else None,
        "accuracy": (measured(before, clean=True), measured(after, clean=True)),
    }


def _precision(value: Measured) -> str:
    seeds = f", mean of {value.seeds} seeds" if value.seeds > 1 else ""
    return f"95 % interval {interval(value)}, n = {value.n:,}{seeds}"


TABLE = {
    "corpus": ("corpus", ""),
    "front_end": ("front end", ""),
    "network": ("network", ""),
    "recipe": ("recipe", ""),
    "seed": ("seed", "d"),
    "defence": ("defence", ""),
    "evaluation": ("evaluation", ""),
    "gradient": ("gradient", ""),
    "attack": ("attack", ""),
    "domain": ("domain", ""),
    "norm": ("norm", ""),
    "budget": ("budget", ""),
    "eps": ("eps", "g"),
    "n": ("n", ",d"),
    "clean_accuracy": ("clean accuracy", ".3f"),
    "accuracy": ("accuracy", ".3f"),
    "ci_low": ("95 % from", ".3f"),
    "ci_high": ("to", ".3f"),
    "saved_accuracy": ("accuracy, saved", ".3f"),
    "attack_success_rate": ("attack success", ".3f"),
    "median_l2": ("median L2", ".3g"),
    "median_snr_db": ("median SNR, dB", ".1f"),
    "rejected": ("rejected", "d"),
    "seconds": ("seconds", ".2f"),
}
"""Title and format of each column shown; text columns have no format."""
SHOWN_IF_SEVERAL = {
    "corpus",
    "front_end",
    "network",
    "seed",
    "defence",
    "evaluation",
    "gradient",
    "budget",
}
SHOWN_IF_ANY = {"saved_accuracy"}


def _table(summary: pd.DataFrame) -> dict[str, Any]:
    """The summary for reading: columns that say the same in every row are left out."""
    shown = [
        column
        for column in TABLE
        if (column not in SHOWN_IF_SEVERAL or summary[column].nunique() > 1)
        and (column not in SHOWN_IF_ANY or summary[column].notna().any())
    ]
    return {
        "columns": [
            {"title": title, "numeric": bool(form)} for title, form in map(TABLE.get, shown)
        ],
        "rows": [
            [_cell(value, TABLE[column][1]) for column, value in zip(shown, row, strict=True)]
            for row in summary[shown].itertuples(index=False)
        ],
    }


def _cell(value: Any, form: str) -> dict[str, Any]:
    """What stands in a cell, and the number it is sorted by; None for text."""
    if not form:
        value = "" if pd.isna(value) else value
        return {"text": value, "value": None}
    if np.isnan(value):
        return {"text": "", "value": "nan"}
    if np.isinf(value):
        return {"text": "none" if form == "g" else "∞", "value": value}
    return {"text": format(value, form), "value": value}


def _corpus(name: str, rejected: Path) -> dict[str, Any]:
    rows = REJECTED.read(rejected)
    return {"name": name, "count": len(rows), "first": rows[:REJECTED_SHOWN]}


def _versions() -> dict[str, str]:
    found = {"mishear": __version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
