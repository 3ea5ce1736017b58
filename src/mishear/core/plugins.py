"""Classes that a config names: found, checked and built in one way for every family.

A definition in the config has the keys ``class`` and ``params``. The class is one that Mishear or
Foolbox brings, named without a dot, or any other by its dotted path. Its parameters are checked
against the signature of its constructor. See ``docs/extending.md``.
"""

import difflib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mishear.core.errors import UserError, lacks_memory
from mishear.core.modules import described, exits, import_module, users_line
from mishear.core.parameters import check_params, takes_argument


@dataclass(frozen=True)
class Family:
    """A family of classes that a config names, such as attacks.

    Attributes
    ----------
    section : str
        Section of the config in which they are defined.
    noun : str
        One of them, in error messages.
    home : str
        Module of the classes that are named without a dot.
    interface : tuple of str
        Dotted paths of base classes or runtime-checkable protocols. A class must be a subclass of
        one of them.
    given : tuple of str
        Arguments that Mishear passes to the constructor itself. The others are those of
        ``params``.
    """

    section: str
    noun: str
    home: str
    interface: tuple[str, ...]
    given: tuple[str, ...] = ()

    @property
    def a_noun(self) -> str:
        """The noun with its article."""
        return f"{'an' if self.noun[0] in 'aeiou' else 'a'} {self.noun}"

    def path(self, name: str) -> str:
        """Return the dotted path of a class. Nothing is imported.

        Parameters
        ----------
        name
            As in the config.
        """
        return name if "." in name else f"{self.home}.{name}"

    def load(self, name: str, where: str) -> type:
        """Import a class, which need not belong to the family; see :meth:`find`."""
        return _class(self.path(name), f"{where}.class")

    def find(self, name: str, where: str) -> type:
        """Import a class and check that it belongs to the family.

        Parameters
        ----------
        name
            As in the config: a class of ``home``, or the dotted path of any other.
        where
            Key in the config, for the message.

        Raises
        ------
        UserError
            If there is no such module or class, or it lacks the interface of the family.
        MissingPackage
            If a dependency of Mishear that the class needs is not installed.
        """
        found = self.load(name, where)
        bases = [_class(path, f"{where}.class") for path in self.interface]
        if found in bases or not issubclass(found, tuple(bases)):
            raise UserError(
                f"{where}.class: {name} is not {self.a_noun}; it must {_requirement(bases)}."
            )
        if missing := sorted(getattr(found, "__abstractmethods__", ())):
            raise UserError(
                f"{where}.class: {name} is an incomplete {self.noun}; it lacks "
                f"{', '.join(missing)}."
            )
        return found

    def takes(self, definition: Any, argument: str, where: str) -> bool:
        """Tell whether the constructor of a definition's class takes an argument."""
        found = self.find(_name_and_params(definition)[0], where)
        return takes_argument(found, argument)

    def check(self, definition: Any, where: str, given: Sequence[str] | None = None) -> type:
        """Check the class and the parameters of a definition. Nothing is built.

        Parameters
        ----------
        definition
            Mapping or object with ``class`` and ``params``.
        where
            Key in the config, for the message.
        given
            The arguments that Mishear passes; None: those of the family.

        Returns
        -------
        type
            The class.

        Raises
        ------
        UserError
            If the class cannot be found, or a parameter is unknown, missing or of a wrong type.
        """
        passed = self.given if given is None else given
        return self._class_and_params(definition, where, passed)[0]

    def build(self, definition: Any, where: str, **given: Any) -> Any:
        """Build an object from its definition.

        Parameters
        ----------
        definition
            Mapping or object with ``class`` and ``params``.
        where
            Key in the config, for the message.
        **given
            The arguments that Mishear passes itself.

        Raises
        ------
        UserError
            If the definition is wrong, or the constructor refuses its parameters.
        """
        found, params = self._class_and_params(definition, where, tuple(given))
        try:
            return found(**given, **params)
        except UserError:
            raise
        except SystemExit as error:
            raise UserError(
                f"{where}: {found.__name__} {exits(error)} when it is built."
            ) from error
        except Exception as error:
            if lacks_memory(error):
                raise
            raise UserError(f"{where}: {found.__name__} {_not_built(error)}") from error

    def _class_and_params(
        self, definition: Any, where: str, given: Sequence[str]
    ) -> tuple[type, dict[str, Any]]:
        name, params = _name_and_params(definition)
        found = self.find(name, where)
        return found, check_params(found, params, where, given)


def _not_built(error: Exception) -> str:
    """Say why a constructor fails: for want of a package, because of its params, or otherwise."""
    if isinstance(error, ImportError):
        return f"needs a package that is not installed ({error}). Install it."
    if type(error) in (TypeError, ValueError, AssertionError) and str(error):
        return f"refuses its params: {error}{users_line(error)}"
    return f"cannot be built: {described(error)}."


HUGGING_FACE = "HuggingFace"
"""Class of the networks that are a folder in Hugging Face's format."""

FAMILIES = {
    family.section: family
    for family in (
        Family(
            "front_ends",
            "front end",
            home="mishear.features.front_ends",
            interface=("torch.nn.Module",),
            given=("sample_rate",),
        ),
        Family(
            "networks",
            "network",
            home="mishear.training.networks",
            interface=("torch.nn.Module",),
            given=("classes",),
        ),
        Family(
            "attacks",
            "attack",
            home="foolbox.attacks",
            interface=(
                "foolbox.attacks.base.FixedEpsilonAttack",
                "foolbox.attacks.base.MinimizationAttack",
            ),
        ),
        Family(
            "corruptions",
            "corruption",
            home="mishear.corruptions",
            interface=("mishear.corruptions.base.Corruption",),
            given=("level", "seed"),
        ),
        Family(
            "poisons",
            "poison",
            home="mishear.poisoning.poisons",
            interface=("mishear.poisoning.base.Poison",),
            given=("amplitude", "target", "sources", "seed"),
        ),
        Family(
            "defences",
            "defence",
            home="mishear.defences",
            interface=("mishear.defences.base.Defence",),
            given=("bounds",),
        ),
        Family(
            "detectors",
            "detector",
            home="mishear.poisoning.detectors",
            interface=("mishear.poisoning.detectors.Detector",),
        ),
        Family(
            "recognisers",
            "recogniser",
            home="mishear.listening.recognisers",
            interface=("mishear.listening.recognisers.Recogniser",),
            given=("classes",),
        ),
    )
}
"""Every family by the name of its section. Poisons stand in ``recipes.<name>.poison``."""


def _name_and_params(definition: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(definition, Mapping):
        return definition["class"], definition.get("params", {})
    return definition.class_, definition.params


def _class(path: str, where: str) -> type:
    module_name, _, class_name = path.rpartition(".")
    module = import_module(module_name, where)
    found = getattr(module, class_name, None)
    if not inspect.isclass(found):
        known = [key for key, value in vars(module).items() if inspect.isclass(value)]
        close = difflib.get_close_matches(class_name, known, n=3, cutoff=0.5)
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise UserError(f"{where}: '{module_name}' has no class '{class_name}'.{hint}")
    return found


def _requirement(bases: list[type]) -> str:
    """State what a class must be or have."""
    if any(getattr(base, "_is_protocol", False) for base in bases):
        (protocol,) = bases
        methods = [name for name in vars(protocol) if not name.startswith("_")]
        return f"have the method{'s' * (len(methods) > 1)} {' and '.join(map(repr, methods))}"
    return "derive from " + " or ".join(f"{base.__module__}.{base.__qualname__}" for base in bases)
