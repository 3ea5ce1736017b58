"""Checks of the classes that a config names, against what is really there."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from mishear.config.attacks import Attack
from mishear.config.config import Config
from mishear.config.corruptions import Corruption
from mishear.config.defences import NO_DEFENCE
from mishear.config.networks import Network
from mishear.core.errors import MissingPackage, UserError, config_error
from mishear.core.modules import dependencies
from mishear.core.plugins import FAMILIES
from mishear.preflight.trained import check_trained, trained_networks
from mishear.study.black_boxes import is_black_box
from mishear.study.detections import detections
from mishear.study.evaluations import chain, evaluations


@dataclass(frozen=True)
class Check:
    """A check of one definition.

    Attributes
    ----------
    where : str
        Key of the definition in the config.
    run : callable
        Raises :class:`~mishear.core.errors.UserError` for a mistake.
    """

    where: str
    run: Callable[[], object]


def check_classes(config: Config, say: Callable[[str], object] = str) -> list[str]:
    """Check the classes of all definitions, those that the study does not use included.

    Parameters
    ----------
    config
        The config.
    say
        Called with the key of each definition before it is checked.

    Returns
    -------
    list of str
        A warning for each package that is not installed, with what could not be checked for want
        of it, and for each defence whose worst case lacks a black-box attack that it needs.

    Raises
    ------
    UserError
        Listing all mistakes.
    """
    unchecked: dict[str, list[str]] = {}
    mistakes = _mistakes(_checks(config), unchecked, say)
    # Only what is right by itself can be tried together.
    if mistakes := mistakes or _mistakes(_tries(config), unchecked, say):
        raise config_error(mistakes)
    return [
        *_unsearched(config),
        *(
            f"The package '{package}' is not installed, so the classes of these definitions are "
            f"not checked: {', '.join(dict.fromkeys(places))}. Install it: pip install {package}."
            for package, places in unchecked.items()
        ),
    ]


def _mistakes(
    checks: Iterable[Check], unchecked: dict[str, list[str]], say: Callable[[str], object]
) -> list[str]:
    """Run checks; what could not be checked is added to ``unchecked``, by the missing package."""
    mistakes = []
    for check in checks:
        say(check.where)
        try:
            with dependencies(check.where):
                check.run()
        except MissingPackage as error:
            places = unchecked.setdefault(error.package, [])
            if check.where not in places:
                places.append(check.where)
        except UserError as error:
            mistakes.append(str(error))
        except SystemExit:
            mistakes.append(f"{check.where}: its class ends the process when it is tried.")
    return mistakes


def _unsearched(config: Config) -> Iterator[str]:
    """Warn of defences of the study without an exact gradient that face no black-box attack."""
    faced: dict[str, set[str]] = {}
    for each in evaluations(config):
        if each.defence != NO_DEFENCE and each.source is None and each.attack in config.attacks:
            faced.setdefault(each.defence, set()).add(each.attack)
    for defence, attacks in faced.items():
        if any(_is_black_box(config, attack) for attack in attacks):
            continue
        with suppress(MissingPackage), dependencies(f"defences.{defence}"):
            gradient = _gradient(config, defence)
            if gradient != "exact":
                yield (
                    f"defences.{defence}: its gradient is not exact ({gradient}), and every "
                    f"attack on it follows a gradient, so its worst case may be too high. Name "
                    f"one of class mishear.attacks.autoattack.LinfSquare in its 'attacks', as "
                    f"config/defences.yaml does."
                )


def _is_black_box(config: Config, name: str) -> bool:
    attack = config.attacks.get(name)
    if attack is None:
        return False
    return is_black_box(FAMILIES["attacks"].path(attack.class_), attack.params)


def _gradient(config: Config, defence: str) -> str:
    from mishear.defences.chains import gradient_of_chain

    parts = [config.defences[part].model_dump(by_alias=True) for part in chain(config, defence)]
    return gradient_of_chain(parts)


def _checks(config: Config) -> Iterator[Check]:
    for name in config.front_ends:
        yield Check(f"front_ends.{name}", partial(_check_front_end, config, name))
    for name, attack in config.attacks.items():
        yield Check(f"attacks.{name}", partial(_check_attack, attack, f"attacks.{name}"))
    for name in config.targeted.attacks if config.targeted else []:
        aimed = config.attacks[name].model_copy(update={"targets": "random"})
        where = f"targeted.attacks ({name})"
        yield Check(where, partial(_check_attack, aimed, where))
    for name, network in config.networks.items():
        # The class of a folder is checked with what is in the folder.
        if network.class_ is not None and not network.is_folder:
            yield Check(f"networks.{name}", partial(_check_network, network, f"networks.{name}"))
    for name in trained_networks(config):
        yield Check(f"networks.{name}", partial(check_trained, config, name))
    for section in ("detectors", "recognisers"):
        for name, definition in getattr(config, section).items():
            where = f"{section}.{name}"
            yield Check(where, partial(FAMILIES[section].check, definition, where))
    for name in config.defences:
        yield Check(f"defences.{name}", partial(_check_defence, config, name))
    for name, corruption in config.corruptions.items():
        yield Check(f"corruptions.{name}", partial(_check_corruption, name, corruption))
    for name, recipe in config.recipes.items():
        if recipe.poison is not None:
            yield Check(f"recipes.{name}.poison", partial(_check_poison, config, name))


def _tries(config: Config) -> Iterator[Check]:
    """Yield the checks of what is right by itself, and the look at each network of the study."""
    yield from _fits(config)
    for name in config.study.networks:
        yield Check(f"networks.{name}", partial(_look_at, config, name))


def _check_network(network: Network, where: str) -> None:
    """Check a network's class; that of a trained model may do without ``classes``."""
    if network.is_scores_only:
        _check_scorer(network, where)
        return
    family = FAMILIES["networks"]
    spared = network.is_trained and not family.takes(network, "classes", where)
    family.check(network, where, () if spared else None)


def _fits(config: Config) -> Iterator[Check]:
    """Yield checks of what takes inputs, with each front end that it meets in the study."""
    yield Check("checks.eps", partial(_check_sizes, config))
    defences = {
        (part, each.victim.front_end)
        for each in evaluations(config)
        for part in chain(config, each.defence)
    }
    for name, front_end in sorted(defences):
        run = partial(_check_defence_fits, config, name, front_end)
        yield Check(f"defences.{name}", run)
    for name, front_end in sorted({(e.detector, e.victim.front_end) for e in detections(config)}):
        run = partial(_check_detector_fits, config, name, front_end)
        yield Check(f"detectors.{name}", run)


# What these import needs torch, Foolbox or NumPy, which may not be there.


def _check_attack(attack: Attack, where: str) -> None:
    from mishear.attacks.building import check_attack, check_universal
    from mishear.attacks.waveform import check_budget

    definition = attack.model_dump(by_alias=True)
    check_attack(definition, attack.eps, where)
    check_universal(definition, where)
    if attack.domain == "waveform":
        check_budget(definition, where)


def _check_scorer(network: Network, where: str) -> None:
    from mishear.training.scoring import SCORERS

    SCORERS.check(network, where)


def _check_front_end(config: Config, name: str) -> None:
    from mishear.preflight.front_ends import check_front_end

    check_front_end(config, name)


def _check_sizes(config: Config) -> None:
    from mishear.preflight.sizes import check_sizes

    check_sizes(config)


def _check_defence_fits(config: Config, name: str, front_end: str) -> None:
    from mishear.preflight.front_ends import check_defence_fits

    check_defence_fits(config, name, front_end)


def _check_detector_fits(config: Config, name: str, front_end: str) -> None:
    from mishear.preflight.front_ends import check_detector_fits

    check_detector_fits(config, name, front_end)


def _look_at(config: Config, name: str) -> None:
    from mishear.preflight.victims import look_at

    look_at(config, name)


def _check_defence(config: Config, name: str) -> None:
    from mishear.defences.chains import check_defence

    parts = [config.defences[part].model_dump(by_alias=True) for part in chain(config, name)]
    check_defence(parts, config.defences[name].certificate, f"defences.{name}")


def _check_corruption(name: str, corruption: Corruption) -> None:
    from mishear.corruptions.building import build_corruptions

    build_corruptions({"name": name, **corruption.model_dump(by_alias=True)})


def _check_poison(config: Config, recipe: str) -> None:
    from mishear.preflight.poisons import check_poison

    check_poison(config, recipe)
