"""The pages on which examples of targeted attacks are played."""

from collections.abc import Mapping
from typing import Any

from mishear.config.config import Config
from mishear.config.listening import Inversion
from mishear.study import paths
from mishear.study.evaluations import Victim, first_victim, settings_of
from mishear.study.feature_inputs import waveform_shards
from mishear.study.figure_inputs import reference
from mishear.study.inputs import Files, Names, victim_with_inputs
from mishear.study.listening import listening_pages
from mishear.study.plan import Plan
from mishear.study.targeted import Targeted
from mishear.study.trainings import TRAINED

SETTING = ("corpus", "front_end", "network")


def targeted_pages(config: Config) -> list[str]:
    """Return the pages of the study: one for each setting, where attacks aim at every class."""
    return [
        paths.report(config.study.name, paths.TARGETED_PAGE.format(**setting))
        for setting in played_settings(config)
    ]


def pages_with_sounds(plan: Plan) -> list[str]:
    """Return these pages after those on which other recordings are played."""
    return [*listening_pages(plan), *targeted_pages(plan.config)]


def played_settings(config: Config) -> list[Mapping[str, str]]:
    """Return the settings that have a page."""
    if config.targeted is None:
        return []
    settings = settings_of(config)
    return [each for each in settings if reference(config, each["network"]) is not None]


def page_inputs(plan: Plan, names: Names) -> Files:
    """Return a victim with the corpus in both domains, and the examples of each attack.

    Keys of examples and results are the name of the attack and its eps after a word that says what
    the file is.
    """
    victim = page_victim(plan, names)
    place = dict(victim.names, defence="none")
    found = victim_with_inputs(plan, place) | waveform_shards(plan, place)
    for each in _played(plan.config, victim):
        key = f"{each.attack}/{paths.number_name(each.eps)}"
        found |= {f"examples/{key}": each.examples, f"results/{key}": each.path}
    return found


def page_attacks(plan: Plan, names: Names) -> dict[str, dict[str, Any]]:
    """Return domain, budget and all eps of each attack, by its name.

    The eps are in the order of the perturbation's size, the smallest perturbation first.
    """
    found = {}
    for name in plan.config.targeted.attacks:
        attack = plan.config.attacks[name]
        eps = sorted(attack.eps, reverse=attack.budget == "snr")
        found[name] = {"domain": attack.domain, "budget": attack.budget, "eps": eps}
    return found


def page_victim(plan: Plan, names: Names) -> Victim:
    """Return the victim whose examples are played: the reference of the first seed and fold."""
    setting = {key: names[key] for key in SETTING}
    training = reference(plan.config, setting["network"]) or ""
    return first_victim(plan.config, setting, training)


def victim_in_words(plan: Plan, names: Names) -> str:
    """Return what the page calls that victim."""
    victim = page_victim(plan, names)
    if victim.recipe == TRAINED:
        return "the network as trained elsewhere"
    return f"the victim of recipe {victim.recipe}, seed {victim.seed}"


def iterations(plan: Plan, names: Names) -> int:
    """Return the iterations of the inverse of a front end, where it has some."""
    listening = plan.config.listening
    return (listening.inversion if listening else Inversion()).iterations


def _played(config: Config, victim: Victim) -> list[Targeted]:
    return [
        Targeted(victim, attack, eps)
        for attack in config.targeted.attacks
        for eps in config.attacks[attack].eps
    ]
