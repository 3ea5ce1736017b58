"""Whether a defence masks its gradients: what the checks of all attacks on it say together."""

from collections.abc import Mapping, Sequence

from mishear.evaluation.checks.findings import FINDS_PLANTED, NO_WEAKER, REACHES_ZERO, TRANSFER
from mishear.evaluation.checks.runs import BLACK_BOX, NOISE
from mishear.evaluation.checks.verdicts import FAILURE, NO_FAILURE, NOT_APPLICABLE, Finding

TELLING = {REACHES_ZERO, NO_WEAKER[NOISE], NO_WEAKER[BLACK_BOX], TRANSFER, FINDS_PLANTED}
"""Checks that an attack fails where gradients lead it astray."""


def masks_gradients(found: Mapping[str, Sequence[Finding]]) -> bool:
    """Return whether a defence masks its gradients: no iterative attack on it can be trusted.

    Parameters
    ----------
    found
        For each attack its findings. An attack can be trusted if it fails none of ``TELLING``, and
        one of them other than the planted examples shows no failure. Attacks that are compared
        with a black box decide; only where there is none, the others do.
    """
    verdicts = {
        attack: {finding.check: finding.verdict for finding in of_attack}
        for attack, of_attack in found.items()
    }
    telling = [
        {check: verdict for check, verdict in of_attack.items() if check in TELLING}
        for of_attack in verdicts.values()
        if any(
            check in TELLING - {FINDS_PLANTED} and verdict in (FAILURE, NO_FAILURE)
            for check, verdict in of_attack.items()
        )
    ]
    box = NO_WEAKER[BLACK_BOX]
    judged = [each for each in telling if each.get(box) != NOT_APPLICABLE] or telling
    return bool(judged) and all(FAILURE in each.values() for each in judged)
