"""The methods section on what some studies do besides: detection, transfer, targets, listening."""

from collections.abc import Iterator

from mishear.core.card.parts import Card
from mishear.core.sentences import listed
from mishear.report.papers.escaping import code
from mishear.report.papers.sources import cite
from mishear.report.papers.words import with_parameters


def detectors(card: Card) -> Iterator[str]:
    """Yield a paragraph on each detector of poisoned recordings; nothing without any."""
    found = card.config["detectors"]
    if not found:
        return
    yield "## Detection of poisoned recordings"
    for name, detector in found.items():
        yield (
            f"Detector {code(name)}: {with_parameters('detectors', detector)}. Victims were also "
            f"trained on what it kept."
        )


def transfer(card: Card) -> Iterator[str]:
    """Yield the paragraph on transfer between all victims; nothing where it was not measured."""
    section = card.config.get("transfer")
    if not section:
        return
    yield "## Transfer between victims"
    yield (
        f"Adversarial examples of attacks {listed(map(code, section['attacks']))} on some victims "
        f"were judged on all victims of the study."
    )


def targeted(card: Card) -> Iterator[str]:
    """Yield the paragraph on attacks aimed at each class; nothing where there were none."""
    section = card.config.get("targeted")
    if not section:
        return
    yield "## Targeted attacks"
    yield (
        f"Attacks {listed(map(code, section['attacks']))} were aimed at every class in turn; only "
        f"this class counts as a success."
    )


def listening(card: Card) -> Iterator[str]:
    """Yield the paragraph on audio quality and recognition; nothing where nothing was judged."""
    section = card.config.get("listening")
    if not section:
        return
    yield "## Audio quality and recognition"
    recognisers = card.config["recognisers"]
    text = (
        f"The quality of changed recordings was measured by PESQ {cite('rix2001pesq')} and STOI "
        f"{cite('taal2011stoi')}."
    )
    if recognisers:
        named = [
            f"{code(name)} ({with_parameters('recognisers', each)})"
            for name, each in recognisers.items()
        ]
        text += f" They were transcribed by {listed(named)}, independently of the victims."
    yield text
