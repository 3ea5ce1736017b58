"""The paper's claims on ART and advertorch, judged by what their components did in this run."""

import pandas as pd

from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS
from mishear.paper.claims import (
    CANNOT_TELL,
    FALLS,
    IN_PART,
    MARGIN,
    STANDS,
    Claim,
    Judgement,
    Verdict,
    not_measured,
)

OTHER_FRAMEWORKS = ("tensorflow", "keras")

ERRORS = Claim("IBM's ART gives errors.", "Defence, ART")
FRAMEWORK = Claim("ART is made for TensorFlow and Keras.", "Defence, ART")
IMAGES = Claim(
    "advertorch's defences are made for images and fail on spectrograms.", "Defence, advertorch"
)


def art_errors(probe: pd.DataFrame) -> Verdict:
    """Judge whether ART's components raise errors, as documented and with fitting arguments."""
    tried = _of(probe, "ART")
    if tried.empty:
        return not_measured(ERRORS)
    documented = tried[tried.usage == AS_DOCUMENTED]
    own = tried[tried.usage == OWN_ARGUMENTS]
    failing = pd.concat([_failed(documented), _failed(own)])
    adapted = tried[tried.usage == ADAPTER]
    evidence = [
        f"{_fraction(_failed(documented), documented)} components of ART {_version(tried)} fail as "
        f"documented"
    ]
    if not own.empty:
        evidence.append(
            f", {_fraction(_failed(own), own)} even with arguments that describe decibels"
        )
    evidence.append(f"{_errors(failing)}. ")
    evidence.append(f"Behind Mishear's adapters, {_fraction(_working(adapted), adapted)} run.")
    failed, all_tried = set(failing.component), set(tried.component)
    verdict = STANDS if failed == all_tried else IN_PART if failed else FALLS
    return Verdict(ERRORS, verdict, "".join(evidence))


def art_framework(probe: pd.DataFrame) -> Verdict:
    """Judge whether ART works with a PyTorch network without changes to either."""
    tried = _of(probe, "ART")
    if tried.empty:
        return not_measured(FRAMEWORK)
    unadapted = tried[tried.usage != ADAPTER]
    working = set(_working(unadapted).component)
    components = set(tried.component)
    failures = _failed(unadapted)
    foreign = failures[failures.outcome.str.lower().str.contains("|".join(OTHER_FRAMEWORKS))]
    evidence = (
        f"{len(working)} of {len(components)} components of ART {_version(tried)} run without an "
        f"error on a PyTorch network, as documented or with arguments that fit; "
        f"{len(set(foreign.component))} of the errors name TensorFlow or Keras{_errors(foreign)}."
    )
    verdict = STANDS if not working else IN_PART if len(foreign) else FALLS
    return Verdict(FRAMEWORK, verdict, evidence)


def advertorch_images(probe: pd.DataFrame) -> Verdict:
    """Judge whether advertorch's filters fail on decibels, and whether the filters are the cause.

    A filter that runs but costs clean accuracy has failed too. It keeps the accuracy where the
    interval of its paired loss lies above minus :data:`~mishear.paper.claims.MARGIN`, and loses it
    where the interval lies below; otherwise nothing can be told.
    """
    tried = _of(probe, "advertorch")
    if tried.empty:
        return not_measured(IMAGES)
    documented, adapted = tried[tried.usage == AS_DOCUMENTED], tried[tried.usage == ADAPTER]
    own = tried[tried.usage == OWN_ARGUMENTS]
    evidence = [
        f"As documented, {_kept(documented)} filters of advertorch {_version(tried)} keep the "
        f"clean accuracy of {_undefended(tried)} to within {MARGIN:g}"
        f"{_errors(_failed(documented))}{_untold(documented)}. ",
        f"On raw decibels, with the import repaired, {_kept(own)} do{_untold(own)}. "
        if len(own)
        else "",
        f"Scaled to [0, 1] by Mishear's adapter, {_kept(adapted)} do{_untold(adapted)}",
    ]
    usable = _keeping(adapted)
    if len(usable):
        best = usable.loc[usable.clean_accuracy.idxmax()]
        evidence.append(
            f" (best: {best.component}, {best.clean_accuracy:.3f}, a difference of "
            f"{best.loss:+.3f} [{best.loss_low:+.3f}, {best.loss_high:+.3f}], paired, "
            f"n = {best.n:.0f})"
        )
    evidence.append(".")
    return Verdict(IMAGES, _images(documented, adapted), "".join(evidence))


def _images(documented: pd.DataFrame, adapted: pd.DataFrame) -> Judgement:
    kept, untold = len(_keeping(documented)), len(_undecided(documented))
    if kept + untold == len(documented):
        return CANNOT_TELL if untold else FALLS
    if len(_keeping(adapted)):
        return IN_PART
    return CANNOT_TELL if len(_undecided(adapted)) else STANDS


def _of(probe: pd.DataFrame, library: str) -> pd.DataFrame:
    return probe if probe.empty else probe[probe.library == library]


def _failed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome != WORKS]


def _working(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome == WORKS]


def _keeping(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose clean accuracy is certain to be within the margin of undefended."""
    working = _working(rows)
    return working[working.loss_low > -MARGIN]


def _undecided(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that may keep the clean accuracy or not."""
    working = _working(rows)
    return working[(working.loss_low <= -MARGIN) & (working.loss_high > -MARGIN)]


def _kept(rows: pd.DataFrame) -> str:
    return _fraction(_keeping(rows), rows)


def _untold(rows: pd.DataFrame) -> str:
    count = len(_undecided(rows))
    return f", which cannot be told of {count}" if count else ""


def _fraction(part: pd.DataFrame, whole: pd.DataFrame) -> str:
    return f"{len(part)} of {len(whole)}"


def _errors(rows: pd.DataFrame) -> str:
    """List each error once, after the name of a component that raises it."""
    different = rows.drop_duplicates("outcome")
    listed = [f"{row.component}: {row.outcome}" for row in different.itertuples()]
    return f" ({'; '.join(listed)})" if listed else ""


def _undefended(rows: pd.DataFrame) -> str:
    return f"{rows.undefended_accuracy.iloc[0]:.3f}"


def _version(rows: pd.DataFrame) -> str:
    return str(rows.version.iloc[0])
