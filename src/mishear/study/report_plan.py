"""The report of a study: how it describes the study, and the files it is written from."""

from dataclasses import asdict, replace
from typing import Any

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.card import used_config
from mishear.study.corruptions import white_noises
from mishear.study.detections import detections
from mishear.study.evaluations import chain, evaluations, is_first, seeds_of, settings_of
from mishear.study.figure_inputs import reference, table
from mishear.study.figure_types import Figure
from mishear.study.figures import FIGURES, figures
from mishear.study.folds import splits
from mishear.study.keys import certified, trained_here
from mishear.study.params import weights_hash
from mishear.study.plan import Plan
from mishear.study.poisons import poison_definition
from mishear.study.reported import (
    ReportedFigure,
    ReportedSetting,
    ReportedStudy,
)
from mishear.study.requirements import required
from mishear.study.selections import (
    Setting,
    attack_definitions,
    poisoned_recipes,
    reference_victims,
)
from mishear.study.sizes import shown_size
from mishear.study.trainings import TRAINED, all_trainings, recipe_of, reference_training
from mishear.study.units import unit_files

ADAPTERS = {"ArtPreprocessor": "ART", "AdvertorchFilter": "advertorch"}
"""The library behind each adapter class; other classes are Mishear's own."""

OF_SOUND = ("audio_quality", "inversions", "snr_at_half")
"""Tables of a study that listens, each for single victims and over the seeds."""

FILES = {
    "methods.md": "A methods section of what was run, in Markdown for Pandoc.",
    "references.bib": "The references that it cites.",
    "table.tex": "The main table in LaTeX.",
    "card.json": "Data, models, threat models, results, checks and versions for programs; `mishear "
    "compare` reads two of them.",
}
"""Files beside the report that are no tables, and what they hold."""


def reported_study(config: Config) -> ReportedStudy:
    """Describe the study of a config."""
    settings = tuple(
        ReportedSetting(
            **setting,
            source=config.corpora[setting["corpus"]].source,
            reference=reference(config, setting["network"]),
            seeds=_seeds(config, setting),
            scores_only=config.networks[setting["network"]].is_scores_only,
            shown_eps=shown_size(config, setting),
        )
        for setting in settings_of(config)
    )
    return ReportedStudy(
        name=config.study.name,
        settings=settings,
        seeds=max((setting.seeds for setting in settings), key=len),
        attacks=attack_definitions(config),
        waveform_attacks=attack_definitions(config, "waveform"),
        poisons={name: poison_definition(config, name) for name in poisoned_recipes(config)},
        figures=tuple(_figure(figure) for figure in figures(config)),
        white_noises=white_noises(config),
        paper_reference=config.report.paper_reference,
        libraries=_libraries(config) if config.report.other_libraries else {},
        sample_rates={name: config.front_ends[name].sample_rate for name in unit_files(config)},
        lengths={name: config.front_ends[name].seconds for name in unit_files(config)},
        requirements=required(config),
        config=used_config(config),
        files=FILES,
        tables=tuple(dict.fromkeys([*study_tables(config), *map("{}.csv".format, _read(config))])),
    )


def report_params(plan: Plan) -> dict[str, Any]:
    """Return the study of a plan, with the hashes of networks that were trained elsewhere."""
    study = reported_study(plan.config)
    came = dict.fromkeys(each.network for each in study.settings if not each.is_trained_here)
    hashes = {name: weights_hash(plan, {"network": name}) for name in came}
    return asdict(replace(study, weights=hashes))


def victim_pages(config: Config) -> list[str]:
    """Return the paths of the pages of settings; none where the report is one page."""
    study = reported_study(config)
    pages = [setting.page for setting in study.settings if study.is_paged]
    return [paths.report(config.study.name, page) for page in pages]


def study_tables(config: Config) -> list[str]:
    """Return the names of the tables in the folder of the study's report that a run makes."""
    names = ["summary", "summary_over_seeds", "checks", "robustness", "robustness_over_seeds"]
    names.append("by_speaker")
    names += _of_sections(config)
    if config.listening is not None:
        names += [f"{name}{over}" for name in OF_SOUND for over in ("", "_over_seeds")]
    return [f"{name}.csv" for name in names]


def report_inputs(config: Config) -> dict[str, str]:
    """Return the paths of what the report is written from, by their keys.

    Figures have their own paths as keys, other files of a victim, a setting or a corpus theirs
    after a word that says what they are.
    """
    inputs = {name: table(config, name) for name in _read(config)}
    if config.listening is not None:
        inputs |= {
            "audio_quality": table(config, "audio_quality_over_seeds"),
            "inversions": table(config, "inversions_over_seeds"),
            "halves": table(config, "snr_at_half_over_seeds"),
        }
    for front_end, file in unit_files(config).items():
        inputs[f"unit/{front_end}"] = file
    for figure in figures(config):
        inputs[figure.path] = paths.report(config.study.name, figure.path)
    for victim in reference_victims(config):
        inputs[f"accuracy/{victim.path}"] = paths.ACCURACY.format(**victim.names)
        # The libraries train the network themselves, which one that came trained may not allow.
        is_trained_here = victim.recipe != TRAINED
        if config.report.other_libraries and is_trained_here and is_first(config, victim):
            setting = f"{victim.corpus}/{victim.front_end}/{victim.network}"
            inputs[f"probe/{setting}"] = paths.PROBE.format(**victim.names)
    for victim in trained_here(config):
        inputs[f"history/{victim.path}"] = paths.HISTORY.format(**victim.names)
    for division in splits(config):
        inputs[f"split/{division['corpus']}/{division['path']}"] = division["path"]
    for corpus in config.study.corpora:
        inputs[f"index/{corpus}"] = paths.INDEX.format(corpus=corpus)
        inputs[f"rejected/{corpus}"] = paths.REJECTED.format(corpus=corpus)
    return inputs


def _read(config: Config) -> list[str]:
    """Return the names of the tables that the report is written from, without those of sounds."""
    names = {"summary", "summary_over_seeds", "robustness_over_seeds", "smallest_change"}
    names |= {"by_speaker", "checks", "environments"}
    if certified(config):
        names |= {"certificates", "certificates_over_seeds"}
    return sorted(names.union(_of_sections(config)))


def _of_sections(config: Config) -> list[str]:
    """Return the names of the tables that some studies have."""
    asked = {
        "detections": bool(detections(config)),
        "detections_over_seeds": bool(detections(config)),
        "transfer": config.transfer is not None,
        "targeted": config.targeted is not None,
    }
    return [name for name, is_asked in asked.items() if is_asked]


def _seeds(config: Config, setting: Setting) -> tuple[int, ...]:
    """Return the seeds of the victims of a setting, those of its reference where it has one."""
    training = reference_training(config, setting["network"])
    return tuple(seeds_of(config, setting, training) if training else config.study.seeds)


def _figure(figure: Figure) -> ReportedFigure:
    kind = FIGURES[figure.kind]
    svg, pdf = figure.column
    files = {"SVG": figure.path, "SVG for print": svg, "PDF for print": pdf}
    return ReportedFigure(figure, kind.category, kind.heading, kind.wide, files)


def _libraries(config: Config) -> dict[str, str]:
    """Return the library of each defence of the study and of each training by another library."""
    found = {}
    for defence in dict.fromkeys(evaluation.defence for evaluation in evaluations(config)):
        for part in chain(config, defence)[:1]:
            name = config.defences[part].class_.rpartition(".")[2]
            found[defence] = ADAPTERS.get(name, "mishear")
    for name, training in all_trainings(config).items():
        adversarial = recipe_of(config, training).adversarial
        if adversarial and adversarial.library == "art":
            found[name] = "ART"
    return found
