"""The paper's claims on ART and advertorch, judged by what their components did in this run."""

import pandas as pd

from mishear.core.statistics import wilson_interval
from mishear.libraries.probe_terms import ADAPTER, AS_DOCUMENTED, OWN_ARGUMENTS, WORKS
from mishear.paper.claims import FALLS, IN_PART, STANDS, Claim, Verdict, not_measured

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

    A filter that runs but costs clean accuracy (its interval lies below the undefended accuracy)
    has failed too.
    """
    tried = _of(probe, "advertorch")
    if tried.empty:
        return not_measured(IMAGES)
    documented, adapted = tried[tried.usage == AS_DOCUMENTED], tried[tried.usage == ADAPTER]
    own = tried[tried.usage == OWN_ARGUMENTS]
    kept, usable = _keeping(documented), _keeping(adapted)
    evidence = [
        f"As documented, {len(kept)} of {len(documented)} filters of advertorch "
        f"{_version(tried)} keep the clean accuracy of {_undefended(tried)}"
        f"{_errors(_failed(documented))}. ",
        f"On raw decibels, with the import repaired, {_fraction(_keeping(own), own)} do. "
        if len(own)
        else "",
        f"Scaled to [0, 1] by Mishear's adapter, {_fraction(usable, adapted)} do",
    ]
    if len(usable):
        best = usable.loc[usable.clean_accuracy.idxmax()]
        evidence.append(f" (best: {best.component}, {best.clean_accuracy:.3f}, n = {best.n:.0f})")
    evidence.append(".")
    failing = IN_PART if len(usable) else STANDS
    verdict = FALLS if len(kept) == len(documented) else failing
    return Verdict(IMAGES, verdict, "".join(evidence))


def _of(probe: pd.DataFrame, library: str) -> pd.DataFrame:
    return probe if probe.empty else probe[probe.library == library]


def _failed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome != WORKS]


def _working(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows.outcome == WORKS]


def _keeping(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose clean accuracy is not clearly below the undefended victim's."""
    working = _working(rows)
    upper = [
        wilson_interval(round(accuracy * n), int(n))[1]
        for accuracy, n in zip(working.clean_accuracy, working.n, strict=True)
    ]
    return working[pd.Series(upper, working.index, float) >= working.undefended_accuracy]


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
