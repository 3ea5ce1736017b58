"""Parameters of a class that a config names, checked against the signature of its constructor."""

import difflib
import inspect
import math
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from mishear.core.errors import UserError


def check_params(
    found: type, params: Mapping[str, Any], where: str, given: Sequence[str] = ()
) -> dict[str, Any]:
    """Check keyword arguments against the signature of a class.

    Parameters
    ----------
    found
        The class.
    params
        Its keyword arguments from the config.
    where
        Key in the config, for the message.
    given
        Arguments that Mishear gives itself.

    Returns
    -------
    dict
        The arguments with the types of the signature (``"1"`` for an ``int`` becomes 1).

    Raises
    ------
    UserError
        If an argument is unknown, missing, or of a wrong type.
    """
    signature = inspect.signature(found)
    accepted = [name for name in signature.parameters if name not in given]
    any_name = _takes_any(signature)
    for name in given:
        if not takes_argument(found, name):
            raise UserError(
                f"{where}.class: {found.__name__} takes no argument '{name}', which Mishear passes."
            )
    for name in params:
        if not any_name and name not in accepted:
            close = difflib.get_close_matches(name, accepted, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            raise UserError(
                f"{where}.params.{name}: {found.__name__} has no such parameter.{hint} "
                f"Allowed: {', '.join(accepted) or 'none'}."
            )
    for name, parameter in signature.parameters.items():
        optional = parameter.default is not parameter.empty or parameter.kind in (
            parameter.VAR_KEYWORD,
            parameter.VAR_POSITIONAL,
        )
        if not optional and name not in params and name not in given:
            raise UserError(f"{where}.params: {found.__name__} needs '{name}', which is not given.")
    hints = typing.get_type_hints(found.__init__)
    return {
        name: _converted(value, hints.get(name, Any), f"{where}.params.{name}")
        for name, value in params.items()
    }


def declared_numbers(found: type, params: Mapping[str, Any]) -> dict[str, bool | int | float]:
    """Return the keyword arguments that become a number of another type than they are given in.

    Parameters
    ----------
    found
        The class, whose signature declares the types.
    params
        Its keyword arguments, which :func:`check_params` accepts.
    """
    hints = typing.get_type_hints(found.__init__)
    scalars = {name: value for name, value in params.items() if type(value) in (str, int, float)}
    converted = {
        name: _converted(value, hints[name], name)
        for name, value in scalars.items()
        if name in hints
    }
    return {
        name: value
        for name, value in converted.items()
        if isinstance(value, int | float) and type(value) is not type(params[name])
    }


def may_be_number(value: Any) -> bool:
    """Tell whether a value is text that becomes a number where one is declared."""
    if not isinstance(value, str):
        return False
    try:
        _converted(value, bool | int | float, "")
    except UserError:
        return False
    return True


def takes_argument(found: type, name: str) -> bool:
    """Tell whether the constructor of a class takes an argument by its name."""
    signature = inspect.signature(found)
    return name in signature.parameters or _takes_any(signature)


def _takes_any(signature: inspect.Signature) -> bool:
    return any(each.kind is each.VAR_KEYWORD for each in signature.parameters.values())


def _converted(value: Any, hint: Any, where: str) -> Any:
    given = value if isinstance(value, list) else [value]
    if any(type(each) is bool for each in given) and not _may_be_true(hint):
        raise UserError(
            f"{where}: {value!r} is not allowed: must be {_said(hint)}. YAML reads words such as "
            f"yes and off as true or false."
        )
    _check_finite(given, where)
    if type(value) in (hint, *typing.get_args(hint)):
        return value
    # Imported where it is needed only: most jobs do without, and start a tenth faster.
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    adapter = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
    try:
        converted = adapter.validate_python(value)
    except ValidationError as error:
        raise UserError(f"{where}: {value!r} is not allowed: must be {_said(hint)}.") from error
    _check_finite([converted], where)
    return converted


def _check_finite(values: Sequence[Any], where: str) -> None:
    for value in values:
        if isinstance(value, float) and not math.isfinite(value):
            raise UserError(f"{where}: {value} is not allowed: must be finite.")


def _may_be_true(hint: Any) -> bool:
    """Return whether a type allows true and false; Python takes them as 1 and 0."""
    if typing.get_origin(hint) is typing.Literal:
        return any(type(value) is bool for value in typing.get_args(hint))
    return hint in (bool, Any) or any(map(_may_be_true, typing.get_args(hint)))


def _said(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    return getattr(hint, "__name__", str(hint).replace("typing.", ""))
