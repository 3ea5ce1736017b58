"""What the paper claims about defences, judged by the numbers of a run; no verdict is fixed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from mishear.core.statistics import wilson_interval
from mishear.core.tables.libraries import PROBE
from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS

Judgement = Literal["stands", "stands in part", "does not stand", "not measured"]
STANDS: Judgement = "stands"
IN_PART: Judgement = "stands in part"
FALLS: Judgement = "does not stand"
NOT_MEASURED: Judgement = "not measured"

OTHER_FRAMEWORKS = ("tensorflow", "keras")

OWN = "mishear"
"""Stands for Mishear in the column ``library``."""

UNDEFENDED = "none"
"""Stands for no defence in the column ``defence``."""

ACCURACY_COLUMNS = (
    "library",
    "defence",
    "settings",
    "clean",
    "attack",
    "eps",
    "evaluation",
    "accuracy",
    "low",
    "high",
    "n",
)
"""Of a table with a row per defence, attack, eps (dB) and evaluation (``transfer``: attacked with
what was made on the undefended victim; ``adaptive``: through the defence). ``library`` is the one
the defence comes from, ``settings`` the same text for trainings that differ in their library
alone, ``clean`` the accuracy behind it on recordings as they are, ``low`` and ``high`` the limits
of the 95 % interval of ``accuracy`` on ``n`` recordings. Rows of the defence
``none`` are those of the undefended victim, whatever their evaluation."""


@dataclass(frozen=True)
class Claim:
    """Something the paper says, in our words, and where."""

    text: str
    place: str


ART_ERRORS = Claim("IBM's ART gives errors.", "Defence, ART")
ART_ACCURACY = Claim("ART's defences do not restore accuracy.", "Defence, ART")
ART_FRAMEWORK = Claim("ART is made for TensorFlow and Keras.", "Defence, ART")
ADVERTORCH_IMAGES = Claim(
    "advertorch's defences are made for images and fail on spectrograms.", "Defence, advertorch"
)
OTHER_METHODS = Claim("Hand-written methods or another framework are needed.", "Conclusion")


@dataclass(frozen=True)
class Verdict:
    """A claim with what this run says to it; ``evidence`` is in sentences, with the numbers."""

    claim: Claim
    verdict: Judgement
    evidence: str


def verdicts(probe: pd.DataFrame, accuracies: pd.DataFrame) -> list[Verdict]:
    """Judge every claim.

    Parameters
    ----------
    probe
        Rows of :func:`mishear.libraries.probe.probe_libraries`; empty if it was not run.
    accuracies
        With `ACCURACY_COLUMNS`; empty if nothing was attacked.
    """
    return [
        art_errors(probe),
        art_accuracy(accuracies),
        art_framework(probe),
        advertorch_images(probe),
        other_methods(accuracies),
    ]


def read_probes(paths: Iterable[Path]) -> pd.DataFrame:
    """The rows of several files of :data:`mishear.core.tables.libraries.PROBE`."""
    tables = [PROBE.frame(path) for path in paths]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def art_errors(probe: pd.DataFrame) -> Verdict:
    """Whether ART's components end in errors, as documented and with arguments for the data."""
    tried = _of(probe, "ART")
    if tried.empty:
        return _not_measured(ART_ERRORS)
    documented = tried[tried.usage == AS_DOCUMENTED]
    own = tried[tried.usage == OWN_ARGUMENTS]
    failing = pd.concat([_failed(documented), _failed(own)])
    adapted = tried[tried.usage == ADAPTER]
    evidence = [
        f"{_share(_failed(documented), documented)} components of ART {_version(tried)} fail as "
        f"documented"
    ]
    if not own.empty:
        evidence.append(f", {_share(_failed(own), own)} also with arguments that describe decibels")
    evidence.append(f"{_errors(failing)}. ")
    evidence.append(f"Behind Mishear's adapters {_share(_working(adapted), adapted)} run.")
    failed, all_tried = set(failing.component), set(tried.component)
    verdict = STANDS if failed == all_tried else IN_PART if failed else FALLS
    return Verdict(ART_ERRORS, verdict, "".join(evidence))


def art_framework(probe: pd.DataFrame) -> Verdict:
    """Whether ART works with a PyTorch network without changes to either."""
    tried = _of(probe, "ART")
    if tried.empty:
        return _not_measured(ART_FRAMEWORK)
    unadapted = tried[tried.usage != ADAPTER]
    working = set(_working(unadapted).component)
    components = set(tried.component)
    failures = _failed(unadapted)
    foreign = failures[failures.outcome.str.lower().str.contains("|".join(OTHER_FRAMEWORKS))]
    evidence = (
        f"{len(working)} of {len(components)} components of ART {_version(tried)} run without an "
        f"error on a PyTorch network, as documented or with arguments of their own; "
        f"{len(set(foreign.component))} of the errors name TensorFlow or Keras{_errors(foreign)}."
    )
    verdict = STANDS if not working else IN_PART if len(foreign) else FALLS
    return Verdict(ART_FRAMEWORK, verdict, evidence)


def advertorch_images(probe: pd.DataFrame) -> Verdict:
    """Whether advertorch's filters fail on decibels, and whether that is the filters' doing.

    A filter that returns but costs clean accuracy (its interval lies below the undefended
    accuracy) has failed too.
    """
    tried = _of(probe, "advertorch")
    if tried.empty:
        return _not_measured(ADVERTORCH_IMAGES)
    documented, adapted = tried[tried.usage == AS_DOCUMENTED], tried[tried.usage == ADAPTER]
    own = tried[tried.usage == OWN_ARGUMENTS]
    kept, usable = _keeping(documented), _keeping(adapted)
    evidence = [
        f"As documented {len(kept)} of {len(documented)} filters of advertorch "
        f"{_version(tried)} keep the clean accuracy of {_undefended(tried)}"
        f"{_errors(_failed(documented))}. ",
        f"On raw decibels, once imported, {_share(_keeping(own), own)} do. " if len(own) else "",
        f"Scaled to [0, 1] by Mishear's adapter {_share(usable, adapted)} do",
    ]
    if len(usable):
        best = usable.loc[usable.clean_accuracy.idxmax()]
        evidence.append(f" (best: {best.component}, {best.clean_accuracy:.3f}, n = {best.n:.0f})")
    evidence.append(".")
    failing = IN_PART if len(usable) else STANDS
    verdict = FALLS if len(kept) == len(documented) else failing
    return Verdict(ADVERTORCH_IMAGES, verdict, "".join(evidence))


def art_accuracy(accuracies: pd.DataFrame) -> Verdict:
    """Whether any defence of ART brings accuracy back, by adaptive attacks where there are such.

    It restores accuracy where the upper limit of its interval reaches the undefended victim's
    accuracy on clean recordings, and helps where its lower limit is above the upper limit of the
    undefended victim under the same attack.
    """
    table = against_all_attacks(accuracies)
    defended = table[table.library == "ART"]
    undefended = table[table.defence == UNDEFENDED]
    if defended.empty or undefended.empty:
        return _not_measured(ART_ACCURACY)
    adaptive = defended[defended.evaluation == "adaptive"]
    judged = defended if adaptive.empty else adaptive
    compared = judged.merge(undefended, on="eps", suffixes=("", "_undefended"))
    if compared.empty:
        return _not_measured(ART_ACCURACY)
    helping = compared[compared.low > compared.high_undefended]
    restoring = compared[compared.high >= compared.clean_undefended]
    restoring = restoring[restoring.low > restoring.high_undefended]
    evidence = " ".join(_comparison(rows) for _, rows in compared.groupby("eps"))
    if adaptive.empty:
        evidence += " Only transferred attacks were made, which overstate what a defence does."
    if len(restoring):
        # A transferred attack that fails says nothing of one that knows the defence.
        verdict = NOT_MEASURED if adaptive.empty else FALLS
    else:
        verdict = IN_PART if len(helping) else STANDS
    return Verdict(ART_ACCURACY, verdict, evidence)


def other_methods(accuracies: pd.DataFrame) -> Verdict:
    """Whether Mishear's own trainings do what those of a library cannot, by adaptive attacks.

    Only trainings with the same settings are compared: what more epochs or another eps are worth
    says nothing of a library.
    """
    table = against_all_attacks(accuracies)
    adaptive = table[(table.evaluation == "adaptive") & (table.defence != UNDEFENDED)]
    own = adaptive[adaptive.library == OWN]
    others = adaptive[(adaptive.library != OWN) & adaptive.settings.notna()]
    pairs = others.merge(own, on=["settings", "eps"], suffixes=("", "_own")).sort_values("eps")
    if pairs.empty:
        return _not_measured(OTHER_METHODS)
    evidence = ["With the same settings, under adaptive attacks:"]
    for _, pair in pairs.iterrows():
        ours = pair.filter(like="_own").rename(lambda name: name.removesuffix("_own"))
        evidence.append(
            f"at {pair.eps:g} dB {_named(ours)} by Mishear, {_named(pair)} by {pair.library}."
        )
    best = own.loc[own.groupby("eps").accuracy.idxmax()]
    evidence.append(
        "The best of Mishear's own, with settings that no library was given: "
        + ", ".join(f"at {row.eps:g} dB {_named(row)}" for _, row in best.iterrows())
        + "."
    )
    better = pairs.low_own > pairs.high
    verdict = STANDS if better.all() else IN_PART if better.any() else FALLS
    return Verdict(OTHER_METHODS, verdict, " ".join(evidence))


def against_all_attacks(accuracies: pd.DataFrame) -> pd.DataFrame:
    """For each defence, evaluation and eps the row of the attack that leaves it least."""
    if accuracies.empty:
        return pd.DataFrame(columns=list(ACCURACY_COLUMNS))
    table = accuracies.assign(library=accuracies.library.fillna(""))
    undefended = table.defence == UNDEFENDED
    table.loc[undefended, "evaluation"] = "adaptive"
    keys = ["library", "defence", "evaluation", "eps"]
    return table.loc[table.groupby(keys).accuracy.idxmin()].reset_index(drop=True)


def _comparison(rows: pd.DataFrame) -> str:
    """The best defence at one eps beside the undefended victim."""
    best = rows.loc[rows.accuracy.idxmax()]
    return (
        f"At {best.eps:g} dB {_named(best)}, undefended {best.accuracy_undefended:.3f} (clean "
        f"{best.clean:.3f} and {best.clean_undefended:.3f}, n = {best.n:.0f})."
    )


def _named(row: pd.Series) -> str:
    return f"{row.defence} with {row.accuracy:.3f} [{row.low:.3f}, {row.high:.3f}]"


def _of(probe: pd.DataFrame, library: str) -> pd.DataFrame:
    return probe if probe.empty else probe[probe.library == library]


def _failed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome != WORKS]


def _working(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome == WORKS]


def _keeping(rows: pd.DataFrame) -> pd.DataFrame:
    """Those whose clean accuracy is not clearly below that of the undefended victim."""
    working = _working(rows)
    upper = [
        wilson_interval(round(accuracy * n), int(n))[1]
        for accuracy, n in zip(working.clean_accuracy, working.n, strict=True)
    ]
    return working[pd.Series(upper, working.index, float) >= working.undefended_accuracy]


def _share(part: pd.DataFrame, whole: pd.DataFrame) -> str:
    return f"{len(part)} of {len(whole)}"


def _errors(rows: pd.DataFrame) -> str:
    """Each error once, after the name of a component that ends in it."""
    different = rows.drop_duplicates("outcome")
    listed = [f"{row.component}: {row.outcome}" for row in different.itertuples()]
    return f" ({'; '.join(listed)})" if listed else ""


def _undefended(rows: pd.DataFrame) -> str:
    return f"{rows.undefended_accuracy.iloc[0]:.3f}"


def _version(rows: pd.DataFrame) -> str:
    return str(rows.version.iloc[0])


def _not_measured(claim: Claim) -> Verdict:
    return Verdict(claim, NOT_MEASURED, "Not part of this study.")
