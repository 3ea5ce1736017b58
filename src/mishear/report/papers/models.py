"""The methods section on victims: networks, how they are trained, what is put before them."""

from collections.abc import Iterator, Mapping
from typing import Any

from mishear.core.card.parts import Card
from mishear.core.sentences import counted, listed
from mishear.report.papers.citations import sources_of
from mishear.report.papers.escaping import code, markdown
from mishear.report.papers.sources import cite
from mishear.report.papers.words import with_parameters

PAPER = "Attacks on the neural network and defense methods"


def networks(card: Card) -> Iterator[str]:
    """Yield a paragraph on each network."""
    yield "## Networks"
    for name, network in card.config["networks"].items():
        found = {each.parameters for each in card.models if each.network == name} - {None}
        counts = (
            listed(f"{count:,}" for count in sorted(found)) if found else "an unknown number of"
        )
        size = f"{counts} parameters"
        if network.get("class") == "PaperCNN":
            size += f', the network of "{PAPER}" (2024)'
        text = f"Network {code(name)}: {with_parameters('networks', network)}; {size}."
        if "weights" in network:
            text += " It was trained elsewhere and loaded with its weights."
        elif network.get("scores_only") or "command" in network:
            text += " It was trained elsewhere and gives only scores."
        yield text


def training(card: Card) -> Iterator[str]:
    """Yield a paragraph on each recipe; nothing where the study trains no network."""
    recipes = card.config["recipes"]
    if not recipes:
        return
    yield "## Training"
    seeds = card.config["study"]["seeds"]
    yield (
        f"Networks were trained with cross entropy and Adam {cite('kingma2015adam')}, once for "
        f"each seed ({', '.join(map(str, seeds))})."
    )
    for name, recipe in recipes.items():
        yield " ".join(_recipe(name, recipe))


def _recipe(name: str, recipe: Mapping[str, Any]) -> Iterator[str]:
    keys = sources_of("schedules", recipe["schedule"])
    schedule = f"{recipe['schedule']}{' ' + cite(*keys) if keys else ''}"
    yield (
        f"Recipe {code(name)}: {counted(recipe['epochs'], 'epoch')} in batches of "
        f"{recipe['batch_size']}, learning rate {recipe['learning_rate']:g} ({schedule})."
    )
    if adversarial := recipe.get("adversarial"):
        yield _adversarial(adversarial)
    if noise := recipe.get("noise"):
        sigma = ", ".join(f"{value:g}" for value in noise["sigma"])
        yield f"Gaussian noise was added to the inputs, of standard deviation {sigma}."
    if poison := recipe.get("poison"):
        yield _poison(poison)


def _adversarial(found: Mapping[str, Any]) -> str:
    keys = sources_of("methods", found["method"]) + sources_of("libraries", found["library"])
    eps = ", ".join(f"{value:g}" for value in found["eps"])
    beta = f", beta {found['beta']:g}" if "beta" in found else ""
    start = "with" if found["random_start"] else "without"
    warm_up = f", eps growing over the first {found['warm_up']:.0%}" if found["warm_up"] else ""
    return (
        f"Adversarial training ({found['method']} {cite(*keys)}, library {found['library']}): eps "
        f"{eps}, {found['norm']}, {counted(found['steps'], 'step')} of {found['rel_stepsize']:g} "
        f"times eps {start} a random start{beta}{warm_up}."
    )


def _poison(poison: Mapping[str, Any]) -> str:
    parts = [with_parameters("poisons", poison)]
    if poison.get("amplitude"):
        values = ", ".join(f"{value:g}" for value in poison["amplitude"])
        parts.append(f"amplitudes {values} of full scale")
    parts.append(f"poisoning rates {', '.join(f'{value:g}' for value in poison['rate'])}")
    if poison.get("target") is not None:
        parts.append(f"target class {markdown(str(poison['target']))}")
    if poison.get("sources"):
        parts.append(f"of classes {', '.join(map(markdown, map(str, poison['sources'])))}")
    return f"The training was poisoned: {', '.join(parts)}."


def defences(card: Card) -> Iterator[str]:
    """Yield the paragraphs on defences; nothing where there are none."""
    found = card.config["defences"]
    if not found:
        return
    yield "## Defences"
    gradients = sorted({threat.gradient for threat in card.threats} - {"exact"})
    if gradients:
        yield (
            f"Adaptive attacks went through the defences {cite('athalye2018obfuscated')}; where "
            f"the gradient is not exact, it was computed by {listed(map(code, gradients))}."
        )
    for name, defence in found.items():
        yield _defence(name, defence)


def _defence(name: str, defence: Mapping[str, Any]) -> str:
    if "chain" in defence:
        return f"Defence {code(name)}: {', then '.join(map(code, defence['chain']))}."
    text = f"Defence {code(name)}: {with_parameters('defences', defence)}."
    if certificate := defence.get("certificate"):
        text += (
            f" Radii were certified {cite('cohen2019certified')} with {certificate['selection']:,} "
            f"draws to choose the class and {certificate['samples']:,} to bound its probability, "
            f"at a confidence of {certificate['confidence']:g}."
        )
    return text
