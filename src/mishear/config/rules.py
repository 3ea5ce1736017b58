"""Rules across sections: names that are chosen are defined, and choices fit each other."""

from collections.abc import Iterable, Iterator

from mishear.config.config import Config
from mishear.config.corpora import FolderCorpus, named_groups
from mishear.config.defences import NO_DEFENCE
from mishear.config.messages import suggestion

CHOSEN_BY_STUDY = (
    "corpora",
    "front_ends",
    "networks",
    "recipes",
    "attacks",
    "corruptions",
    "defences",
)
"""Lists of ``study``, each choosing names from the section of the same name."""

NAMES_OF_FILES = (*CHOSEN_BY_STUDY, "detectors", "recognisers")
"""Sections whose names are parts of the paths of results."""


def undefined_names(config: Config) -> Iterator[str]:
    """Yield a message for every name that is chosen but not defined, or cannot be chosen there."""
    for where, name, section in _choices(config):
        defined = list(getattr(config, section)) + ([NO_DEFENCE] if section == "defences" else [])
        if name not in defined:
            yield _undefined(where, name, section, defined)
    for defence_name, defence in config.defences.items():
        where = f"defences.{defence_name}.chain"
        for name in defence.chain or []:
            if name not in config.defences:
                yield _undefined(where, name, "defences", config.defences)
            elif config.defences[name].chain:
                yield f"{where}: '{name}' is a chain itself. List its members here instead."


def _choices(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield the key of every choice, the name chosen, and the section that defines it."""
    chosen = [
        (f"study.{section}", getattr(config.study, section), section) for section in CHOSEN_BY_STUDY
    ]
    for name, recipe in config.recipes.items():
        chosen += [
            (f"recipes.{name}.{section}", getattr(recipe, section), section)
            for section in ("attacks", "defences")
        ]
        if recipe.poison:
            where = f"recipes.{name}.poison.detectors"
            chosen.append((where, recipe.poison.detectors, "detectors"))
    for name, network in config.networks.items():
        chosen.append((f"networks.{name}.attacks", network.attacks, "attacks"))
    for name, attack in config.attacks.items():
        chosen.append((f"attacks.{name}.after", attack.after, "attacks"))
    for name, defence in config.defences.items():
        chosen.append((f"defences.{name}.attacks", defence.attacks, "attacks"))
    chosen.append(("checks.attacks", config.checks.attacks, "attacks"))
    if config.targeted:
        chosen.append(("targeted.attacks", config.targeted.attacks, "attacks"))
    if config.transfer:
        chosen.append(("transfer.attacks", config.transfer.attacks, "attacks"))
    if listening := config.listening:
        chosen.append(("listening.recognisers", listening.recognisers, "recognisers"))
        chosen.append(("listening.inversion.attacks", listening.inversion.attacks, "attacks"))
    for where, sizes in (
        ("checks.eps", config.checks.eps),
        ("report.gallery.eps", config.report.gallery.eps),
    ):
        chosen.append((where, list(sizes) if isinstance(sizes, dict) else [], "front_ends"))
    for where, names, section in chosen:
        for name in names or []:
            yield where, name, section


def _undefined(where: str, name: str, section: str, defined: Iterable[str]) -> str:
    return (
        f"{where}: '{name}' is not defined under '{section}'{suggestion(name, defined)}. "
        f"Defined: {', '.join(defined) or 'none'}."
    )


def clashes(config: Config) -> Iterator[str]:
    """Yield a message for every choice that does not fit another one."""
    for name, recipe in config.recipes.items():
        by_art = recipe.adversarial is not None and recipe.adversarial.library == "art"
        if by_art and (recipe.poison or recipe.noise or recipe.schedule != "constant"):
            yield (
                f"recipes.{name}.adversarial.library: art supports no poison, noise or "
                f"schedule. Remove them, or set library: mishear."
            )
        if recipe.poison and name in config.attacks:
            yield (
                f"recipes.{name}: a poisoned recipe and an attack have the same name, so their "
                f"results would be the same files. Rename one of them."
            )
    yield from _misfit_attacks(config)
    for name, attack in config.attacks.items():
        if attack.after:
            yield from _misfits_after(config, name)
    yield from _split_clashes(config)
    yield from _untrained(config)
    yield from _names_alike(config)
    if NO_DEFENCE in config.defences:
        yield f"defences.{NO_DEFENCE}: this name stands for no defence. Rename yours."


def _names_alike(config: Config) -> Iterator[str]:
    """Yield a message for names that are the same folder where case does not count."""
    for section in NAMES_OF_FILES:
        first: dict[str, str] = {}
        for name in getattr(config, section):
            other = first.setdefault(name.casefold(), name)
            if other != name:
                yield (
                    f"{section}.{name}, {section}.{other}: they differ only in case, so on some "
                    f"disks their results would be the same files. Rename one of them."
                )


def _misfit_attacks(config: Config) -> Iterator[str]:
    """Yield a message for every attack that does not fit the section that names it."""
    for name in config.listening.inversion.attacks if config.listening else []:
        if name in config.attacks and config.attacks[name].domain == "waveform":
            yield (
                f"listening.inversion.attacks: '{name}' changes the waveform, so there is nothing "
                f"to invert. Name attacks with domain: spectrogram."
            )
        elif name in config.attacks and config.attacks[name].after:
            yield (
                f"listening.inversion.attacks: '{name}' continues other attacks, so its inputs are "
                f"not kept. Name attacks without 'after'."
            )
    for name in config.targeted.attacks if config.targeted else []:
        if name in config.attacks and (
            config.attacks[name].after or config.attacks[name].universal
        ):
            yield (
                f"targeted.attacks: '{name}' continues other attacks or is universal, so it aims "
                f"at no class. Name attacks without 'after' and 'universal'."
            )
    for name in config.transfer.attacks if config.transfer else []:
        if name in config.attacks and config.attacks[name].after:
            yield (
                f"transfer.attacks: '{name}' continues other attacks, so its inputs are not kept. "
                f"Name attacks without 'after'."
            )


def _split_clashes(config: Config) -> Iterator[str]:
    """Yield a message for every choice that does not fit how the recordings are divided."""
    split = config.split
    chosen = {name: config.corpora[name] for name in config.study.corpora if name in config.corpora}
    for name, corpus in chosen.items():
        if not isinstance(corpus, FolderCorpus):
            continue
        if split.by in ("speaker", "take") and split.by not in named_groups(corpus.pattern):
            yield (
                f"split.by: {split.by}, but corpora.{name}.pattern has no group named "
                f"'{split.by}'. Mark it in the pattern: (?P<{split.by}>...)."
            )
        if split.folds == "all":
            yield (
                f"split.folds: all, but how many speakers corpus '{name}' has is known only once "
                f"its recordings are inspected. Write their number instead."
            )
    if split.by == "file" and len(chosen) > 1:
        yield (
            f"split.file: one file cannot divide several corpora ({', '.join(chosen)}). Name one "
            f"corpus in study.corpora."
        )
    if split.folds is not None:
        poisoned = [name for name in config.study.recipes if _is_poisoned(config, name)]
        if poisoned:
            yield (
                f"split.folds: recipe '{poisoned[0]}' has a poison, which needs one division of "
                f"the recordings. Remove it from study.recipes, or remove split.folds."
            )
        if config.listening is not None:
            yield (
                "split.folds: the section 'listening' needs one set of test recordings. Remove "
                "it, or remove split.folds."
            )


def _untrained(config: Config) -> Iterator[str]:
    """Yield why the networks of the study that come untrained cannot be trained."""
    networks = config.study.networks
    untrained = [
        name
        for name in networks
        if name in config.networks and not config.networks[name].is_trained
    ]
    if untrained and not config.study.recipes:
        yield (
            f"study.recipes: network '{untrained[0]}' has no weights, so it needs a recipe. Name "
            f"one, or give networks.{untrained[0]}.weights."
        )
    if config.split.by != "all":
        return
    if untrained:
        yield (
            f"split.by: all leaves nothing to train on, but network '{untrained[0]}' has no "
            f"weights. Give them, remove the network from study.networks, or divide in another way."
        )
    for where, attack in _attacks_run(config):
        if attack in config.attacks and config.attacks[attack].universal:
            yield (
                f"split.by: all leaves no recordings to learn a universal perturbation on. Remove "
                f"'{attack}' from {where}, or divide in another way."
            )
    for recipe in filter(lambda name: _is_poisoned(config, name), config.study.recipes):
        yield (
            f"split.by: all leaves nothing to poison, but recipe '{recipe}' has a poison. Remove "
            f"it from study.recipes, or divide in another way."
        )


def _attacks_run(config: Config) -> Iterator[tuple[str, str]]:
    """Yield each attack that models which came trained meet, after the key that names it."""
    chosen = [("study.attacks", config.study.attacks)]
    chosen += [
        (f"defences.{name}.attacks", config.defences[name].attacks or [])
        for name in config.study.defences
        if name in config.defences
    ]
    chosen += [
        (f"networks.{name}.attacks", config.networks[name].attacks or [])
        for name in config.study.networks
        if name in config.networks
    ]
    if config.transfer:
        chosen.append(("transfer.attacks", config.transfer.attacks))
    for where, names in chosen:
        for name in names:
            yield where, name


def _is_poisoned(config: Config, recipe: str) -> bool:
    return recipe in config.recipes and config.recipes[recipe].poison is not None


def _misfits_after(config: Config, name: str) -> Iterator[str]:
    """Yield why an attack cannot continue those that it names."""
    attack, where = config.attacks[name], f"attacks.{name}.after"
    for key, value, only in (
        ("domain", attack.domain, "spectrogram"),
        ("targets", attack.targets, "untargeted"),
        ("shards", attack.shards, 1),
    ):
        if value != only:
            yield f"{where}: only for attacks with {key}: {only}, this one has {key}: {value}."
    for earlier in attack.after or []:
        found = config.attacks.get(earlier)
        if found is None:
            continue
        if found.after or found.domain != "spectrogram":
            yield (
                f"{where}: '{earlier}' continues others itself, or changes the waveform. Name "
                f"attacks with domain: spectrogram without 'after'."
            )
        elif missing := [eps for eps in attack.eps if eps not in found.eps]:
            yield (
                f"{where}: '{earlier}' is not run at eps {', '.join(map('{:g}'.format, missing))}. "
                f"Add it to attacks.{earlier}.eps, or remove it from attacks.{name}.eps."
            )
