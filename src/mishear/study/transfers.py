"""Transfer between victims: who is judged on whose adversarial examples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.config.messages import suggestion
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.study import paths
from mishear.study.black_boxes import uses_gradient
from mishear.study.evaluations import Evaluation, Victim, victims

Alike = tuple[str, str, str]
"""Front end, network and training: what victims that differ in their seed have in common."""


@dataclass(frozen=True)
class Transfer:
    """A victim that is judged on the examples of one attack on all of its source models."""

    victim: Victim
    attack: str

    @property
    def path(self) -> str:
        """The table of its predictions."""
        place = paths.TRANSFER.format(**self.victim.names, attack=self.attack)
        return paths.transferred(place)


def transfers(config: Config) -> list[Transfer]:
    """Return the transfers of the study; none unless the config has the section ``transfer``."""
    if config.transfer is None:
        return []
    return [
        Transfer(victim, attack)
        for attack in config.transfer.attacks
        for victim in victims(config)
        if source_models(config, victim, attack)
    ]


def source_models(config: Config, target: Victim, attack: str) -> list[Victim]:
    """Return the victims whose examples of an attack one victim is judged on.

    They are of the same corpus and fold. Of each training the study names as a source it is one
    victim, of another seed than the target's: two victims of one seed may share their initial
    weights and the order of their batches, so that examples transfer better between them than
    between victims at large. Every source is judged on one victim of each training in this way.
    Where the source or the target has a single seed, all pairs are judged. A source is also judged
    on itself, which is the attack on it. A model that gives only scores is no source of an attack
    that follows a gradient.
    """
    known = [
        each for each in victims(config) if (each.corpus, each.fold) == (target.corpus, target.fold)
    ]
    targets = [each.seed for each in known if _alike(each) == _alike(target)]
    found = []
    for group in _wanted(config, attack):
        sources = [each for each in known if _alike(each) == group]
        found += [
            source
            for source in sources
            if source == target
            or len(sources) == 1
            or len(targets) == 1
            or _next(targets, source.seed) == target.seed
        ]
    return found


def can_attack(config: Config, attack: str, network: str) -> bool:
    """Return whether an attack can be run on the victims of a network."""
    path = FAMILIES["attacks"].path(config.attacks[attack].class_)
    return not (config.networks[network].is_scores_only and uses_gradient(path))


def _next(seeds: list[int], seed: int) -> int:
    """Return the seed after one, or the first where there is none."""
    return min((each for each in seeds if each > seed), default=min(seeds))


def _wanted(config: Config, attack: str) -> list[Alike]:
    if config.transfer.sources is None:
        able = [each for each in victims(config) if can_attack(config, attack, each.network)]
        return list(dict.fromkeys(map(_alike, able)))
    return [tuple(source.split("/")) for source in config.transfer.sources]


def _alike(victim: Victim) -> Alike:
    return victim.front_end, victim.network, victim.recipe


def transferred_evaluations(config: Config, transfer: Transfer) -> list[Evaluation]:
    """Return the attacks on the source models of a transfer, at all eps."""
    return [
        Evaluation(source, NO_DEFENCE, transfer.attack, eps)
        for source in source_models(config, transfer.victim, transfer.attack)
        for eps in config.attacks[transfer.attack].eps
    ]


def sources_of(config: Config, names: Mapping[str, str]) -> list[Evaluation]:
    """Return the same, from the wildcards of a job."""
    return transferred_evaluations(config, Transfer(Victim.of(names), names["attack"]))


def all_sources(config: Config) -> Iterator[Evaluation]:
    """Yield every evaluation whose examples are judged on other victims."""
    for transfer in transfers(config):
        yield from transferred_evaluations(config, transfer)


def transfer_keys(config: Config) -> list[dict[str, Any]]:
    """Return the keys of each transfer of the study, in its order."""
    return [
        {
            "corpus": transfer.victim.corpus,
            "fold": transfer.victim.fold,
            "target_front_end": transfer.victim.front_end,
            "target_network": transfer.victim.network,
            "target_recipe": transfer.victim.recipe,
            "target_seed": transfer.victim.seed,
            "attack": transfer.attack,
            "domain": config.attacks[transfer.attack].domain,
            "budget": config.attacks[transfer.attack].budget,
        }
        for transfer in transfers(config)
    ]


def check_transfers(config: Config) -> None:
    """Check that the sources of transfers are victims, and that examples fit all victims.

    Raises
    ------
    UserError
        If a source is not a victim of the study, or an attack changes features that not all victims
        take.
    """
    if config.transfer is None:
        return
    known = ["/".join(group) for group in dict.fromkeys(map(_alike, victims(config)))]
    for source in config.transfer.sources or []:
        if source not in known:
            raise UserError(
                f"transfer.sources: '{source}' is not a victim of the study"
                f"{suggestion(source, known)}. Its victims: {', '.join(known)}."
            )
    front_ends = list(dict.fromkeys(victim.front_end for victim in victims(config)))
    for attack in config.transfer.attacks:
        if len(front_ends) > 1 and config.attacks[attack].domain != "waveform":
            raise UserError(
                f"transfer.attacks: '{attack}' changes the input of the network, which is not the "
                f"same behind the front ends of the study ({', '.join(front_ends)}). Name attacks "
                f"with domain: waveform, or use one front end."
            )
