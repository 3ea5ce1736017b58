"""Classes named in the config: found, and their parameters checked against their signature."""

import difflib
import importlib
import inspect
import sys
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mishear.core.errors import UserError


def find_class(name: str, home: str, where: str) -> type:
    """Import a class.

    Parameters
    ----------
    name
        A class of the module ``home``, or a dotted path to any other.
    home
        Dotted path of the module for names without a dot.
    where
        Key in the config, for the message.

    Raises
    ------
    UserError
        If there is no such module or class.
    """
    module_name, _, class_name = name.rpartition(".")
    try:
        module = importlib.import_module(module_name or home)
    except ImportError as error:
        raise UserError(
            f"{where}.class: cannot import '{module_name}' ({error}). Your own module must lie in "
            f"the working directory or be installed."
        ) from error
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        known = [key for key, value in vars(module).items() if inspect.isclass(value)]
        close = difflib.get_close_matches(class_name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UserError(f"{where}.class: '{module.__name__}' has no class '{class_name}'.{hint}")
    return found


def check_params(
    found: type, params: Mapping[str, Any], where: str, given: tuple[str, ...] = ()
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
    any_name = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
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


def _converted(value: Any, hint: Any, where: str) -> Any:
    if type(value) in (hint, *typing.get_args(hint)):
        return value
    # Imported where it is needed only: most jobs do without, and start a tenth faster.
    from pydantic import ConfigDict, TypeAdapter, ValidationError

    adapter = TypeAdapter(hint, config=ConfigDict(arbitrary_types_allowed=True))
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise UserError(f"{where}: {value!r} is not allowed: must be {_said(hint)}.") from error


def _said(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return " or ".join(map(repr, typing.get_args(hint)))
    return getattr(hint, "__name__", str(hint).replace("typing.", ""))


def add_packages(folder: Path) -> None:
    """Let the packages in a folder be found, after all that is found already."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
