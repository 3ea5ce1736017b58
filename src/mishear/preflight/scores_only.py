"""Check that models which give only scores meet nothing that needs more than their scores."""

from collections.abc import Iterator
from contextlib import suppress

from mishear.config.config import Config
from mishear.core.errors import MissingPackage, config_error
from mishear.core.modules import dependencies
from mishear.core.plugins import FAMILIES
from mishear.preflight.trained import names_beside
from mishear.study.black_boxes import uses_gradient
from mishear.study.evaluations import evaluations

FRONT_END = "Waveform"
"""The front end that passes waveforms on as they are."""

INSTEAD = (
    "mishear.attacks.autoattack.LinfSquare or, by decisions alone, "
    "mishear.attacks.hopskipjump.HopSkipJump or BoundaryAttack"
)


def check_scores_only(config: Config) -> None:
    """Check what the study does with its models that give only scores.

    Parameters
    ----------
    config
        The config.

    Raises
    ------
    UserError
        Listing what needs a gradient, what changes anything but the waveform, and front ends that
        are not the waveform, each with what to use instead.
    """
    mistakes = [
        mistake
        for name in config.study.networks
        if config.networks[name].is_scores_only
        for mistake in (*_front_ends(config, name), *_attacks(config, name))
    ]
    if mistakes:
        raise config_error(mistakes)


def _front_ends(config: Config, network: str) -> Iterator[str]:
    """Yield the front ends of a network that are not the waveform."""
    path = FAMILIES["front_ends"].path
    for name in names_beside(config, network, "front_end"):
        found = config.front_ends[name].class_
        if path(found) != path(FRONT_END):
            yield (
                f"networks.{network}: a model that gives only scores takes waveforms, but front "
                f"end '{name}' is {found}. Combine it with a front end of class {FRONT_END}, whose "
                f"sample_rate it is given (study.front_ends, study.victims)."
            )


def _attacks(config: Config, network: str) -> Iterator[str]:
    """Yield the attacks on a network that need a gradient, or change no waveform."""
    for where, name in _attacks_run(config, network):
        attack = config.attacks[name]
        if _needs_gradient(attack.class_, f"attacks.{name}"):
            remedy = _remedy(where, network)
            yield (
                f"{where}: '{name}' ({attack.class_}) follows the gradient, and network "
                f"'{network}' gives only scores. {remedy}"
            )
        elif attack.domain != "waveform":
            yield (
                f"{where}: '{name}' changes the network's input, and network '{network}', which "
                f"gives only scores, is attacked on the waveform. Set attacks.{name}.domain: "
                f"waveform."
            )


def _remedy(where: str, network: str) -> str:
    if where == "transfer.sources":
        return "Name other victims as sources; this network is judged on their examples."
    if where.startswith(("targeted", "listening")):
        return "Remove it there, or make a study of this network alone."
    return (
        f"Use {INSTEAD}, with domain: waveform; for this network alone, name the attacks in "
        f"networks.{network}.attacks. An attack of another victim reaches it by the section "
        f"transfer."
    )


def _attacks_run(config: Config, network: str) -> Iterator[tuple[str, str]]:
    """Yield each attack on a network, after the key that names it."""
    met = [each for each in evaluations(config) if each.victim.network == network]
    for each in met:
        if each.attack in config.attacks:
            yield _key(config, network, each.defence), each.attack
    for name in config.targeted.attacks if config.targeted else []:
        yield "targeted.attacks", name
    for name in config.listening.inversion.attacks if config.listening else []:
        yield "listening.inversion.attacks", name
    if config.transfer:
        sources = [source.split("/")[1] for source in config.transfer.sources or []]
        for name in config.transfer.attacks if network in sources else []:
            yield "transfer.sources", name


def _key(config: Config, network: str, defence: str) -> str:
    """Return the key that names the attacks on a network behind a defence."""
    if defence in config.defences and config.defences[defence].attacks is not None:
        return f"defences.{defence}.attacks"
    if config.networks[network].attacks is not None:
        return f"networks.{network}.attacks"
    return "study.attacks"


def _needs_gradient(name: str, where: str) -> bool:
    """Tell whether an attack follows the gradient; a class of the user's says it itself."""
    path = FAMILIES["attacks"].path(name)
    if path.partition(".")[0] in ("foolbox", "mishear"):
        return uses_gradient(path)
    # Where torch is not installed, the study can be planned all the same.
    with suppress(MissingPackage), dependencies(where):
        from mishear.attacks.queries import follows_gradient

        return follows_gradient(FAMILIES["attacks"].find(name, where))
    return False
