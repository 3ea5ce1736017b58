"""The first screen: what was tested, what was tried, what came of it, and how far to trust it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mishear.core.sentences import counted, listed
from mishear.core.units import sized
from mishear.report.answers import Answer
from mishear.report.audibility import sounds_like
from mishear.report.environment import share
from mishear.report.overview import Found, Overview, OverviewRow
from mishear.report.speakers import divisions_of, remark, tested_in
from mishear.report.tables import Tables
from mishear.report.trust import trust
from mishear.study.reported import ReportedSetting, ReportedStudy

LISTED = 4
"""With more victims than this, the first screen gives the lowest and the highest accuracy."""


@dataclass(frozen=True)
class Opening:
    """Plain sentences for readers who see the project for the first time.

    Attributes
    ----------
    tested
        Networks, data, speakers, number of recordings.
    tried
        Attacks, corruptions, poisons and defences.
    outcome
        What the networks did.
    trust
        What speaks for the numbers and what against.
    heard
        What the sizes of the changes sound like.
    """

    tested: Sequence[str]
    tried: Sequence[str]
    outcome: Sequence[str]
    trust: Sequence[str]
    heard: Sequence[str]


def opening(
    study: ReportedStudy,
    tables: Tables,
    found: Overview,
    inputs: Mapping[str, Path],
    headlines: Mapping[str, str],
    poisoned: Sequence[Answer] = (),
) -> Opening:
    """Put a study into a few sentences.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    tables
        All tables of the study.
    found
        The table of victims.
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    headlines
        Sentences on each setting, by its path.
    poisoned
        What poisons did to the only setting of the study; empty if there are several.
    """
    return Opening(
        tested=[*_victims(study), *_data(study, inputs)],
        tried=list(_tried(study, tables, found)),
        outcome=[*_outcome(study, found, headlines), *map(_poisoned, poisoned)],
        trust=trust(study, tables),
        heard=sounds_like(study, tables),
    )


def _victims(study: ReportedStudy) -> Iterator[str]:
    networks = list(dict.fromkeys(place.network for place in study.settings))
    front_ends = list(dict.fromkeys(place.front_end for place in study.settings))
    what = f"The network {networks[0]}" if len(networks) == 1 else f"{len(networks)} networks"
    names = "" if len(networks) == 1 else f" ({listed(networks)})"
    ends = listed(front_ends)
    yield (
        f"{what}{names}, with the front end{'s' if len(front_ends) > 1 else ''} {ends}. A "
        f"front end turns a recording into the input of a network."
    )
    came = list(dict.fromkeys(p.network for p in study.settings if not p.is_trained_here))
    if len(came) == len(networks):
        subject = "The networks were" if len(came) > 1 else "The network was"
        yield f"{subject} trained elsewhere; nothing was trained here."
        return
    text = "Trained here" if not came else "The others were trained here"
    if came:
        yield f"{listed(came)} {'was' if len(came) == 1 else 'were'} trained elsewhere."
    seeds = len(study.seeds)
    times = "once" if seeds == 1 else f"{seeds} times, with different seeds"
    recipes = list(dict.fromkeys(p.reference for p in study.settings if p.is_trained_here))
    by = "" if recipes == [None] else f" by the recipe {listed([r for r in recipes if r])}"
    yield f"{text}{by}, {times}."


def _data(study: ReportedStudy, inputs: Mapping[str, Path]) -> Iterator[str]:
    for corpus in study.corpora:
        divisions = divisions_of(corpus, inputs)
        n = sum(len(division.rows("test")) for division in divisions)
        here = [place for place in study.settings if place.corpus == corpus]
        speakers = remark(tested_in(corpus, inputs), all(place.is_trained_here for place in here))
        classes = counted(len(divisions[0].classes), "class", "classes")
        yield f"Corpus {corpus}: {counted(n, 'test recording')} in {classes}. {speakers}"


def _tried(study: ReportedStudy, tables: Tables, found: Overview) -> Iterator[str]:
    attacked = tables.measurements[tables.measurements.evaluation.notna()]
    for domain, where in (("spectrogram", "the input of the network"), ("waveform", "the sound")):
        rows = attacked[attacked.domain == domain]
        if len(rows):
            names = list(dict.fromkeys(rows.attack))
            bounded = rows[np.isfinite(rows.eps)]
            limited = [name for name in names if (bounded.attack == name).any()]
            free = [name for name in names if name not in limited]
            parts = [f"{listed(limited)}{_limits(study, bounded, domain)}"] if limited else []
            parts += [f"{listed(free)} without a limit"] if free else []
            yield f"{counted(len(names), 'attack')} on {where}: {'; '.join(parts)}."
    if len(attacked):
        bounded = attacked[np.isfinite(attacked.eps) & (attacked.budget != "snr")]
        limit = "; eps is the largest change that it may make" if len(bounded) else ""
        yield f"An attack searches for a small change after which the network is wrong{limit}."
    kinds = list(dict.fromkeys(tables.corruptions.corruption))
    if kinds:
        yield (
            f"{counted(len(kinds), 'natural corruption')}, such as noise or a codec, that no "
            f"attacker chooses: {listed(kinds)}."
        )
    if study.poisons:
        poisons = listed(list(study.poisons))
        yield (
            f"{counted(len(study.poisons), 'poison')} in the training data, which an attacker "
            f"changed before the training: {poisons}."
        )
    defences = [name for name in dict.fromkeys(row.defence for row in found.rows) if name != "none"]
    if defences:
        yield f"{counted(len(defences), 'defence')} in front of the network: {listed(defences)}."
    if not (len(attacked) or kinds or study.poisons):
        yield "Neither attacks nor corruptions: the network was tested on clean recordings only."


def _limits(study: ReportedStudy, rows: pd.DataFrame, domain: str) -> str:
    """Say between which limits attacks are, where these have one unit."""
    units = set(study.units.values())
    texts = []
    for budget, found in rows.groupby("budget", sort=False):
        low, high = f"{found.eps.min():g}", f"{found.eps.max():g}"
        between = low if low == high else f"{low} to {high}"
        if budget == "snr":
            texts.append(f"at signal-to-noise ratios of {between} dB")
        elif domain == "waveform":
            texts.append(f"with limits of {between} of full scale")
        elif len(units) == 1:
            texts.append(f"with limits of {sized(between, next(iter(units)))}")
    return f", {listed(texts)}" if texts else ""


def _outcome(study: ReportedStudy, found: Overview, headlines: Mapping[str, str]) -> Iterator[str]:
    if len(study.settings) == 1:
        only = study.settings[0]
        if text := headlines[only.path]:
            yield text
        if row := _reference_row(found, only):
            yield from _corrupted(row)
        return
    rows = [row for place in study.settings if (row := _reference_row(found, place))]
    if len(rows) <= LISTED:
        for row in rows:
            yield f"{study.label(row.setting)}: {', '.join(_results(row))}."
        return
    for name, words in (
        ("clean", "On clean recordings"),
        ("corrupted", "Under the worst natural corruption of medium severity"),
        ("attacked", "Under the strongest attack on the input"),
        ("on_waveform", "Under the strongest attack on the sound"),
    ):
        yield from ranges(study, rows, name, words)


def _reference_row(found: Overview, place: ReportedSetting) -> OverviewRow | None:
    wanted = (place.path, place.reference, "none")
    for row in found.rows:
        if (row.setting.path, row.recipe, row.defence) == wanted:
            return row
    return None


def _results(row: OverviewRow) -> Iterator[str]:
    yield f"{_percent(row.clean.accuracy)} of the clean recordings classified correctly"
    by_scores = ", attacked through its scores only" if row.setting.scores_only else ""
    for found, how in (
        (row.corrupted, "with"),
        (row.attacked, "under attack,"),
        (row.on_waveform, "under attack at"),
    ):
        if found:
            more = "" if found is row.corrupted else by_scores
            yield f"{_percent(found.value.accuracy)} {how} {found.limit}{more}"


def _poisoned(answer: Answer) -> str:
    """Put what a poison did into a sentence."""
    words = [answer.value, answer.unit]
    number = " ".join(reversed(words) if answer.unit == "accuracy" else words)
    return f"{answer.question}: {number} ({answer.detail})."


def _corrupted(row: OverviewRow) -> Iterator[str]:
    if row.corrupted:
        yield (
            f"Of the natural corruptions of medium severity, the worst ({row.corrupted.limit}) "
            f"leaves an accuracy of {share(row.corrupted.value.accuracy)}."
        )


def ranges(
    study: ReportedStudy, rows: Sequence[OverviewRow], name: str, words: str
) -> Iterator[str]:
    """Say between what the accuracies lie, at each limit of attacks by itself.

    Victims that give only scores met weaker attacks, so they are in no range of attacks.

    Parameters
    ----------
    study
        What the page says of the study besides its results.
    rows
        Of the victims, with a value or without.
    name
        Attribute of the rows.
    words
        What the sentences begin with.
    """
    groups: dict[str, list[tuple[float, str]]] = {}
    for row in rows:
        value, limit = getattr(row, name), ""
        if isinstance(value, Found) and name != "corrupted":
            if row.setting.scores_only:
                continue
            limit = f" at {value.limit}"
        if value is not None:
            measured = value.value if isinstance(value, Found) else value
            groups.setdefault(limit, []).append((measured.accuracy, study.label(row.setting)))
    uneven = name in Overview(list(rows)).uneven
    more = " (not all met the same attacks: see the table of victims)" if uneven else ""
    for limit, values in groups.items():
        (low, lowest), (high, highest) = min(values), max(values)
        between = f"between {_percent(low)} ({lowest}) and {_percent(high)} ({highest})"
        alone = f"{_percent(low)} ({lowest})"
        yield f"{words}{limit}, the accuracy is {alone if len(values) == 1 else between + more}."


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %" if np.isfinite(value) else "an unknown fraction"
