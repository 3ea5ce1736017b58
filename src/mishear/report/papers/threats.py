"""The methods section on attacks, poisons and corruptions, with every parameter."""

from collections.abc import Iterator, Sequence

from mishear.core.card.parts import Card, Threat
from mishear.core.sentences import counted, listed
from mishear.report.papers.citations import sources_of
from mishear.report.papers.escaping import code, markdown
from mishear.report.papers.sources import cite
from mishear.report.papers.words import NORMS, parameters, sizes, with_parameters

DOMAINS = {
    "spectrogram": "the network's input",
    "waveform": "the waveform before the front end",
    "label": "the labels",
}
AIMS = {
    "untargeted": "it aims at any wrong class",
    "least-likely": "it aims at the least likely class of the clean recording",
    "random": "it aims at one random class",
    "every": "it aims at each wrong class in turn",
}


def attacks(card: Card) -> Iterator[str]:
    """Yield the paragraphs on attacks and on poisons in the test recordings."""
    groups: dict[str, list[Threat]] = {}
    for threat in card.threats:
        groups.setdefault(threat.attack, []).append(threat)
    if not groups:
        return
    yield "## Attacks"
    if any(name in card.config["attacks"] for name in groups):
        yield (
            f"Attacks were run with Foolbox {cite('rauber2020foolbox')} unless the class says "
            f"otherwise. A recording counts as correct under an attack if it is classified "
            f"correctly before and after it."
        )
    for name, threats in groups.items():
        attack = name in card.config["attacks"]
        after = card.config["attacks"][name].get("after", []) if attack else []
        yield " ".join(_attack(name, threats, after) if attack else _poison(name, threats))


def _attack(name: str, threats: Sequence[Threat], after: Sequence[str]) -> Iterator[str]:
    first = threats[0]
    keys = sources_of("attacks", first.class_name)
    source = f" {cite(*keys)}" if keys else ""
    given = parameters(first.params)
    yield (
        f"Attack {code(name)}: class {code(first.class_name)}{source}"
        f"{', with ' + given if given else ''}."
    )
    if after:
        yield (
            f"It was run on the recordings that {listed(map(code, after))} left correct, and its "
            f"accuracy is that after all of them."
        )
    knowledge = sorted({threat.knowledge for threat in threats})
    norm = NORMS.get(first.norm or "", first.norm)
    limit = "lowest signal-to-noise ratio" if first.budget == "snr" else f"eps in {norm}"
    # With several front ends eps has several units.
    for unit in dict.fromkeys(threat.unit for threat in threats):
        eps = dict.fromkeys(threat.eps for threat in threats if threat.unit == unit)
        yield f"It changes {DOMAINS[first.domain]}, {limit} {sizes(eps, unit)}."
    aim = AIMS.get(first.targets or "", "")
    spent = [counted(first.restarts or 1, "attempt")]
    spent += [f"up to {first.queries:,} queries"] if first.queries else []
    yield f"Knowledge: {', '.join(knowledge)}; {aim}; {', '.join(spent)}."


def _poison(name: str, threats: Sequence[Threat]) -> Iterator[str]:
    first = threats[0]
    yield f"Poison {code(name)} in the test recordings: class {code(first.class_name)}."
    if first.domain == "waveform":
        eps = dict.fromkeys(threat.eps for threat in threats)
        yield f"It changes the waveform, amplitude {sizes(eps, first.unit)}."
    yield "It does not depend on the victim."


def corruptions(card: Card) -> Iterator[str]:
    """Yield the paragraphs on natural corruptions; nothing where there are none."""
    found = card.config["corruptions"]
    if not found:
        return
    yield "## Natural corruptions"
    yield (
        f"Test recordings were corrupted at several severities {cite('hendrycks2019benchmarking')}."
    )
    for name, corruption in found.items():
        results = [each for each in card.results if each.corruption == name]
        levels = {each.severity: f"{each.level:g}" for each in results}
        units = dict.fromkeys(markdown(each.level_unit or "") for each in results)
        yield (
            f"Corruption {code(name)}: {with_parameters('corruptions', corruption)}; "
            f"{', '.join(levels[each] for each in sorted(levels))} {', '.join(units)} "
            f"(seed {corruption['seed']})."
        )
