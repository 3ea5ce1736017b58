"""The paper's claims on what defences achieve, judged by the accuracies of this run."""

import pandas as pd

from mishear.paper.claims import (
    CANNOT_TELL,
    FALLS,
    IN_PART,
    MARGIN,
    NOT_MEASURED,
    STANDS,
    Claim,
    Judgement,
    Verdict,
    not_measured,
)

OWN = "mishear"
"""Mishear in the column ``library``."""

UNDEFENDED = "none"
"""No defence in the column ``defence``."""

ACCURACY_COLUMNS = (
    "library",
    "defence",
    "counterpart",
    "clean",
    "attack",
    "eps",
    "evaluation",
    "accuracy",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "loss",
    "loss_low",
    "loss_high",
    "gain",
    "gain_low",
    "gain_high",
    "n",
)
"""Columns of a table with a row per defence, attack, eps (dB) and evaluation.

``evaluation`` is ``transfer`` for attacks on the undefended victim and ``adaptive`` for attacks
through the defence. ``library`` is the origin of the defence. ``counterpart`` is the defence that
is Mishear's own training with the same settings, of trainings by a library. ``clean`` is the
accuracy on clean recordings. ``low`` and ``high`` are the limits of the 95 % interval of
``accuracy`` on ``n`` recordings.

Three columns are paired differences, with the limits of their 95 % intervals; they may be missing.
``difference`` is ``accuracy`` minus that of the undefended victims under the same attack at the
same eps, ``loss`` is ``accuracy`` minus the clean accuracy of the undefended victims, and ``gain``
is ``accuracy`` minus that of the counterpart under the same attack at the same eps. Rows of the
defence ``none`` are those of the undefended victim, whatever their evaluation.
"""

ART_ACCURACY = Claim("ART's defences do not restore accuracy.", "Defence, ART")
OTHER_METHODS = Claim("Hand-written methods or another framework are needed.", "Conclusion")


def art_accuracy(accuracies: pd.DataFrame) -> Verdict:
    """Judge whether any defence of ART restores accuracy, by adaptive attacks where there are any.

    A defence restores accuracy where the interval of its loss to the undefended victim on clean
    recordings, paired, lies above minus :data:`~mishear.paper.claims.MARGIN`: a wide interval
    restores nothing. Where such an interval lies on both sides, nothing can be told. A defence
    helps where the interval of its difference to the undefended victim under the same attack lies
    above 0.
    """
    table = against_all_attacks(accuracies)
    defended = table[table.library == "ART"]
    undefended = table[table.defence == UNDEFENDED]
    if defended.empty or undefended.empty:
        return not_measured(ART_ACCURACY)
    adaptive = defended[defended.evaluation == "adaptive"]
    judged = defended if adaptive.empty else adaptive
    paired = judged[judged.difference.notna()]
    compared = paired.merge(undefended, on="eps", suffixes=("", "_undefended"))
    if compared.empty:
        return not_measured(ART_ACCURACY)
    helping = compared[compared.difference_low > 0]
    restoring = helping[helping.loss_low > -MARGIN]
    undecided = helping[(helping.loss_low <= -MARGIN) & (helping.loss_high > -MARGIN)]
    evidence = " ".join(_comparison(rows) for _, rows in compared.groupby("eps"))
    if adaptive.empty:
        evidence += " Only transfer attacks were run, which overstate what a defence achieves."
    if len(undecided) and not len(restoring):
        evidence += f" Whether it is within {MARGIN:g} of the clean accuracy cannot be told."
        return Verdict(ART_ACCURACY, CANNOT_TELL, evidence)
    if len(restoring):
        # A transfer attack that fails says nothing about one that knows the defence.
        verdict = NOT_MEASURED if adaptive.empty else FALLS
    else:
        verdict = IN_PART if len(helping) else STANDS
    return Verdict(ART_ACCURACY, verdict, evidence)


def other_methods(accuracies: pd.DataFrame) -> Verdict:
    """Judge whether Mishear's trainings achieve what a library's do not, by adaptive attacks.

    Only trainings with the same settings are compared: the effect of more epochs or another eps
    says nothing about a library. They are compared at each eps under the attack that leaves the two
    the least, by the paired difference of their victims. The library's does as well where the
    interval of that difference lies above minus
    :data:`~mishear.paper.claims.MARGIN`.
    """
    if accuracies.empty:
        return not_measured(OTHER_METHODS)
    is_adaptive = (accuracies.evaluation == "adaptive") & (accuracies.defence != UNDEFENDED)
    adaptive = accuracies[is_adaptive]
    own = adaptive[adaptive.library == OWN]
    compared = adaptive.counterpart.notna() & adaptive.gain.notna() & (adaptive.library != OWN)
    # Without any counterpart the column holds no text and cannot be merged on.
    if not compared.any() or (pairs := _pairs(adaptive[compared], own)).empty:
        return not_measured(OTHER_METHODS)
    evidence = ["With the same settings, under adaptive attacks:"]
    for _, pair in pairs.iterrows():
        ours = pair.filter(like="_own").rename(lambda name: name.removesuffix("_own"))
        evidence.append(
            f"at {pair.eps:g} dB under {pair.attack} {_named(ours)} by Mishear, {_named(pair)} by "
            f"{pair.library}, {pair.gain:+.3f} [{pair.gain_low:+.3f}, {pair.gain_high:+.3f}], "
            f"paired."
        )
    strongest = against_all_attacks(own)
    best = strongest.loc[strongest.groupby("eps").accuracy.idxmax()]
    evidence.append(
        "The best of Mishear's own trainings, with settings that no library was given: "
        + ", ".join(f"at {row.eps:g} dB {_named(row)}" for _, row in best.iterrows())
        + "."
    )
    return Verdict(OTHER_METHODS, _compared(pairs), " ".join(evidence))


def _pairs(others: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """Put trainings of libraries beside their counterparts, under the strongest attack on both."""
    keys = ["attack", "eps"]
    pairs = others.merge(
        own, left_on=["counterpart", *keys], right_on=["defence", *keys], suffixes=("", "_own")
    )
    left = pairs.accuracy + pairs.accuracy_own
    return pairs.loc[left.groupby([pairs.defence, pairs.eps]).idxmin()].sort_values("eps")


def _compared(pairs: pd.DataFrame) -> Judgement:
    worse = pairs.gain_high < 0
    if worse.any():
        return STANDS if worse.all() else IN_PART
    return FALLS if (pairs.gain_low > -MARGIN).all() else CANNOT_TELL


def against_all_attacks(accuracies: pd.DataFrame) -> pd.DataFrame:
    """Return the row of the strongest attack for each defence, evaluation and eps."""
    if accuracies.empty:
        return pd.DataFrame(columns=list(ACCURACY_COLUMNS))
    table = accuracies.assign(library=accuracies.library.fillna(""))
    undefended = table.defence == UNDEFENDED
    table.loc[undefended, "evaluation"] = "adaptive"
    keys = ["library", "defence", "evaluation", "eps"]
    return table.loc[table.groupby(keys).accuracy.idxmin()].reset_index(drop=True)


def _comparison(rows: pd.DataFrame) -> str:
    """Put the best defence at one eps beside the undefended victim."""
    best = rows.loc[rows.accuracy.idxmax()]
    return (
        f"At {best.eps:g} dB {_named(best)}, undefended {best.accuracy_undefended:.3f}; paired "
        f"difference under {best.attack} {best.difference:+.3f} [{best.difference_low:+.3f}, "
        f"{best.difference_high:+.3f}] (clean {best.clean:.3f} and {best.clean_undefended:.3f}, "
        f"n = {best.n:.0f})."
    )


def _named(row: pd.Series) -> str:
    return f"{row.defence} with {row.accuracy:.3f} [{row.low:.3f}, {row.high:.3f}]"
