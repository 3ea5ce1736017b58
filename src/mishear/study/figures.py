"""The figures of a study.

A figure is one module in :mod:`mishear.report.figures` and one entry in ``FIGURES``; the rule that
draws it and the page that shows it find it there.
"""

from collections.abc import Iterable
from dataclasses import asdict

from mishear.config.config import Config
from mishear.core.plugins import FAMILIES
from mishear.study import figure_inputs as inputs
from mishear.study.combinations import recipes_of
from mishear.study.evaluations import attacks_with_examples, settings_of
from mishear.study.figure_types import Figure, Inputs, Kind, Options, Places
from mishear.study.kept import gallery_eps
from mishear.study.keys import certified
from mishear.study.poisons import poison_domain
from mishear.study.selections import (
    defended,
    limited_evaluations,
    minimisations,
    noises,
    poisoned_recipes,
    waveform_attacks,
)
from mishear.study.trainings import Training, reference_training
from mishear.study.transfers import transfers
from mishear.study.units import unit_file


def figures(config: Config) -> list[Figure]:
    """Return all figures of the study: setting by setting, in the order of ``FIGURES``."""
    places = {
        network: {kind: list(entry.places(config, network)) for kind, entry in FIGURES.items()}
        for network in config.study.networks
    }
    settings = settings_of(config)
    # Of the kinds of figures transfer alone is of a whole corpus.
    judged = dict.fromkeys(found.victim.corpus for found in transfers(config))
    firsts = [next(each for each in settings if each["corpus"] == name) for name in judged]
    return [
        Figure(kind, **setting, **place, eps=entry.eps(config, setting, place.get("attack")))
        for setting in settings
        for kind, entry in FIGURES.items()
        if setting in firsts or not entry.of_corpus
        for place in places[setting["network"]][kind]
    ]


def figure_files(config: Config) -> list[str]:
    """Return the paths of all figures, for the page and for print, below the report's folder."""
    return [path for figure in figures(config) for path in (figure.path, *figure.column)]


def title(figure: Figure) -> str:
    """Say what a figure shows, in a few words."""
    return FIGURES[figure.kind].title.format(**asdict(figure))


def report_labels(figure: Figure) -> dict[str, str]:
    """Return what tells a figure from others of its category in Snakemake's report."""
    recipe = {"recipe": figure.recipe} if figure.recipe else {}
    return {"figure": title(figure), **recipe}


def drawing_inputs(config: Config, figure: Figure) -> Inputs:
    """Return the paths of what a figure is drawn from, by their keys.

    ``unit`` is the file that states the unit of the front end.
    """
    return {**FIGURES[figure.kind].inputs(config, figure), "unit": unit_file(figure.setting)}


def drawing_options(config: Config, figure: Figure) -> Options:
    """Return what a figure is drawn from besides files."""
    return FIGURES[figure.kind].options(config, figure)


def drawing_code(config: Config, figure: Figure) -> list[str]:
    """Return the dotted paths of the function that draws a figure and of the classes it builds."""
    classes = FIGURES[figure.kind].classes(config, figure)
    return [f"mishear.report.figures.{figure.kind}.draw", *classes]


def wording_code(config: Config) -> list[str]:
    """Return the dotted paths of what puts the figures of a study into words."""
    poisons = [config.recipes[recipe].poison.class_ for recipe in poisoned_recipes(config)]
    return [
        *(
            f"mishear.report.figures.{kind}.{function}"
            for kind in dict.fromkeys(figure.kind for figure in figures(config))
            for function in ("caption", "alternative")
        ),
        *map(FAMILIES["poisons"].path, poisons),
    ]


def _once(wanted: bool) -> Places:
    return [{}] if wanted else []


def _of_recipes(recipes: Iterable[str]) -> Places:
    return [{"recipe": recipe} for recipe in recipes]


def _attacked(config: Config, network: str) -> list[Training]:
    """Return the training whose confusions and spectrograms are shown, if it is attacked.

    Only the one that stands for the network: a sweep of recipes would fill the page.
    """
    shown = reference_training(config, network)
    return [shown] if shown is not None and attacks_with_examples(config, network, shown) else []


def _poisoned(config: Config, network: str) -> list[str]:
    """Return the poisoned recipes that a network is trained with."""
    if config.networks[network].is_trained:
        return []
    own = recipes_of(config, network)
    return [recipe for recipe in poisoned_recipes(config) if recipe in own]


def _galleries(config: Config, network: str) -> Places:
    return [
        {"recipe": training.name, "attack": attack}
        for training in _attacked(config, network)
        for attack in attacks_with_examples(config, network, training)
    ]


def _targeted(config: Config, network: str) -> Places:
    shown = reference_training(config, network)
    if config.targeted is None or shown is None:
        return []
    return [{"recipe": shown.name, "attack": attack} for attack in config.targeted.attacks]


def _transfers(config: Config, network: str) -> Places:
    return [{"attack": attack} for attack in config.transfer.attacks] if config.transfer else []


def _poisoned_waveforms(config: Config, network: str) -> Places:
    poisoned = _poisoned(config, network)
    return _of_recipes(name for name in poisoned if poison_domain(config, name) == "waveform")


FIGURES: dict[str, Kind] = {
    "accuracy": Kind(
        category="Attacks",
        title="accuracy against eps",
        places=lambda config, network: _once(
            any(found.source is None for found in limited_evaluations(config, network))
        ),
        inputs=inputs.accuracy_inputs,
        options=inputs.accuracy_options,
    ),
    "waveform": Kind(
        category="Attacks",
        title="accuracy under attacks on the waveform",
        places=lambda config, network: _once(
            bool(config.listening is None and waveform_attacks(config, network))
        ),
        inputs=inputs.summary,
        options=inputs.snr_options,
    ),
    "distance": Kind(
        category="Attacks",
        title="accuracy against L2",
        places=lambda config, network: _once(bool(minimisations(config, {"network": network}))),
        inputs=inputs.distance_inputs,
        options=inputs.distance_options,
    ),
    "confusion": Kind(
        category="Attacks",
        heading="What the recordings are classified as",
        wide=True,
        title="confusion matrices",
        places=lambda config, network: _of_recipes(
            training.name for training in _attacked(config, network)
        ),
        inputs=inputs.confusion_inputs,
        options=inputs.confusion_options,
    ),
    "targeted": Kind(
        category="Attacks",
        heading="Aimed at each class",
        wide=True,
        title="{attack}, aimed at each class",
        places=_targeted,
        inputs=lambda config, _: {"targeted": inputs.table(config, "targeted")},
        options=lambda *_: {},
    ),
    "gallery": Kind(
        category="Inputs",
        title="{attack}",
        places=_galleries,
        inputs=inputs.gallery_inputs,
        options=inputs.gallery_options,
        eps=gallery_eps,
    ),
    "corruptions": Kind(
        category="Corruptions",
        title="accuracy against severity",
        places=lambda config, network: _once(
            bool(config.study.corruptions and reference_training(config, network))
        ),
        inputs=inputs.summary,
        options=lambda *_: {},
    ),
    "tradeoff": Kind(
        category="Defences",
        title="clean accuracy against the worst case",
        places=lambda config, network: _once(
            len(defended(limited_evaluations(config, network))) > 1
        ),
        inputs=lambda config, _: {
            "robustness_over_seeds": inputs.table(config, "robustness_over_seeds")
        },
        options=inputs.tradeoff_options,
    ),
    "certificates": Kind(
        category="Certified",
        title="certified accuracy",
        places=lambda config, network: _once(
            any(found.victim.network == network for found in certified(config))
        ),
        inputs=lambda config, _: {"certificates": inputs.table(config, "certificates")},
        options=lambda *_: {},
    ),
    "poisoning": Kind(
        category="Poisoning",
        title="accuracy under poisoning",
        places=lambda config, network: _of_recipes(_poisoned(config, network)),
        inputs=inputs.summary,
        options=inputs.poisoning_options,
        classes=inputs.poison_class,
    ),
    "recording": Kind(
        category="Poisoning",
        heading="What poison looks like",
        title="one recording",
        places=_poisoned_waveforms,
        inputs=inputs.recording_inputs,
        options=inputs.recording_options,
        classes=inputs.poison_class,
    ),
    "snr": Kind(
        category="Listening",
        title="accuracy against SNR",
        places=lambda config, network: _once(
            bool(config.listening and waveform_attacks(config, network))
        ),
        inputs=lambda config, figure: (
            inputs.sounds(config, figure)
            | {"halves": inputs.table(config, "snr_at_half_over_seeds")}
        ),
        options=inputs.snr_options,
    ),
    "audio_quality": Kind(
        category="Listening",
        title="recognition and quality of noisy recordings",
        places=lambda config, network: _of_recipes(
            noise
            for noise in noises(config)
            if config.listening and not config.networks[network].is_trained
        ),
        inputs=inputs.sounds,
        options=lambda config, figure: {"reference": inputs.reference(config, figure.network)},
    ),
    "transfer": Kind(
        category="Transfer",
        title="{attack}",
        places=_transfers,
        inputs=lambda config, _: {"transfer": inputs.table(config, "transfer")},
        options=lambda *_: {},
        wide=True,
        of_corpus=True,
    ),
    "training": Kind(
        category="Training",
        title="loss and accuracy",
        places=lambda config, network: _once(not config.networks[network].is_trained),
        inputs=inputs.training_inputs,
        options=inputs.training_options,
    ),
}
