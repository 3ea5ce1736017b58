"""Build chains of defences from the config, check them, and describe their gradient."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.defences.base import Defence, Gradient
from mishear.defences.smoothing import RandomisedSmoothing


def build_defences(
    definitions: Sequence[Mapping[str, Any]], bounds: tuple[float, float], where: str = "defences"
) -> list[Defence]:
    """Build the defences of a chain, in the order in which they are applied.

    Parameters
    ----------
    definitions
        For each ``class`` (of :mod:`mishear.defences`, or a dotted path) and ``params``.
    bounds
        Lowest and highest value of the corpus's inputs.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If a class is no defence, states an unknown gradient, or refuses its parameters.
    """
    return [_built(definition, bounds, where) for definition in definitions]


def check_defence(definitions: Sequence[Mapping[str, Any]], certificate: Any, where: str) -> None:
    """Check the classes and parameters of a chain before anything runs.

    Parameters
    ----------
    definitions
        As for :func:`build_defences`.
    certificate
        The config's ``certificate``, or None.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If a defence cannot be built, or a certificate is asked for of a chain that does not
        begin with :class:`~mishear.defences.smoothing.RandomisedSmoothing` or has another
        randomised defence.
    """
    first, *others = build_defences(definitions, (0.0, 1.0), where)
    if certificate is None:
        return
    if not isinstance(first, RandomisedSmoothing) or any(d.gradient == "eot" for d in others):
        raise UserError(
            f"{where}.certificate: only for RandomisedSmoothing, alone or first in a chain of "
            f"deterministic defences."
        )


def gradient_of_chain(definitions: Sequence[Mapping[str, Any]]) -> str:
    """Describe how an adaptive attack computes the gradient of a chain.

    Parameters
    ----------
    definitions
        As for :func:`build_defences`.

    Returns
    -------
    str
        ``exact``, or for each defence without an exact gradient what the attack does instead.
    """
    chain = build_defences(definitions, (0.0, 1.0))
    gradients = {type(defence).__name__: _gradient(defence) for defence in chain}
    gradients = {name: text for name, text in gradients.items() if text != "exact"}
    if len(gradients) > 1:
        return "; ".join(f"{name}: {text}" for name, text in gradients.items())
    return next(iter(gradients.values()), "exact")


def _gradient(defence: Defence) -> str:
    """Describe how the gradient of one defence is computed."""
    text: str = defence.gradient
    if text == "exact":
        return text
    if text == "eot":
        draws = defence.gradient_samples
        text += f", mean of {draws} draws" if draws > 1 else ", one draw"
    surrogates = " or ".join(defence.surrogates())
    return f"{text}, {surrogates} as the surrogate" if surrogates else text


def _built(definition: Mapping[str, Any], bounds: tuple[float, float], where: str) -> Defence:
    defence = FAMILIES["defences"].build(definition, where, bounds=bounds)
    if defence.gradient not in get_args(Gradient):
        raise UserError(
            f"{where}.class: {definition['class']} states the gradient {defence.gradient!r}. "
            f"Allowed: {', '.join(get_args(Gradient))}."
        )
    return defence
