"""Compute a study in one process, everything in memory: what the workflow is measured against.

    python benchmarks/single_process.py FOLDER config/config.yaml [config/fsdd.yaml ...]

It makes the calls into the library that the workflow's jobs make, one after the other, with no
files and no process starts between them, and writes the same ``summary.csv`` and ``checks.csv``.
Torch uses as many threads as ``--threads`` says; with one, both tables are those of the workflow to
the last digit but for the seconds, with more, sums in training round differently.

It knows attacks on network inputs and poisons, not defences, attacks on waveforms, trainings with
other libraries or on what a detector kept; it says so before it starts.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import yaml
from snakemake.utils import update_config

from mishear.attacks.building import build_attack
from mishear.attacks.judging import Threat
from mishear.attacks.norms import norm_of
from mishear.config.config import Config
from mishear.config.defences import NO_DEFENCE
from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.core.tables.base import Described, Table
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.evaluation import RESULTS, SUMMARY
from mishear.core.tables.poisoning import DISTORTIONS
from mishear.corpora.checking import check_index
from mishear.corpora.download import download
from mishear.corpora.espeak import synthesise
from mishear.corpora.index import index_recordings
from mishear.corpora.unpack import unpack
from mishear.defences.chains import gradient_of_chain
from mishear.defences.defended import DefendedVictim
from mishear.evaluation.checks.experiments import Subject, attack_runs, baseline_runs
from mishear.evaluation.checks.runs import Run, write_runs
from mishear.evaluation.checks.summary import check_rows, input_checks
from mishear.evaluation.inputs import attack_recordings
from mishear.evaluation.poisoned import compare_poisoned
from mishear.evaluation.recordings import Recordings, gallery_rows
from mishear.evaluation.results import Results
from mishear.evaluation.summary import summarise
from mishear.features.dividing import divide
from mishear.features.front_ends.building import build_front_end, features, unit_of
from mishear.features.split import Division
from mishear.features.waveforms import waveforms
from mishear.poisoning.building import build_poison, targets
from mishear.poisoning.spectrograms import poisoned_chunks
from mishear.poisoning.training_set import training_set
from mishear.runtime.batching import Batches
from mishear.runtime.devices import use_one_thread
from mishear.study.checks import (
    Check,
    check_eps,
    checked_evaluation,
    checked_evaluations,
    checks,
    compared_checks,
    one_step_evaluation,
)
from mishear.study.evaluations import Evaluation, Victim, evaluations, victims
from mishear.study.keys import summary_keys
from mishear.study.origins import inspection, origin
from mishear.study.poisons import poison_definition
from mishear.study.sizes import check_size
from mishear.study.trainings import all_trainings, study_trainings, training_settings
from mishear.training.building import prepared
from mishear.training.inputs import TrainingData, TrainingInputs
from mishear.training.trainer import train

CPU = torch.device("cpu")


class Stopwatch:
    """Seconds spent in each stage."""

    def __init__(self):
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0) + now - self._last
        self._last = now


def unsupported(config: Config) -> list[str]:
    """List what a study needs and this script does not know."""
    recipes = [config.recipes[name] for name in config.study.recipes]
    needed = evaluations(config)
    attacks = [config.attacks[each.attack] for each in needed if each.attack in config.attacks]
    known = {
        "folds": config.split.folds is None,
        "defences": all(each.defence == NO_DEFENCE for each in needed),
        "transfer attacks": not any(each.source for each in needed),
        "attacks on waveforms": all(attack.domain == "spectrogram" for attack in attacks),
        "trainings on what a detector kept": not any(
            training.detector for training in study_trainings(config)
        ),
        "trainings with another library": not any(
            recipe.adversarial and recipe.adversarial.library != "mishear" for recipe in recipes
        ),
    }
    return [name for name, is_known in known.items() if not is_known]


def recordings_folder(name: str, config: Config, scratch: Path, threads: int) -> Path:
    """Fetch or make a corpus."""
    corpus, source = config.corpora[name], origin(name, config.corpora[name])
    if source.kind == "directory":
        return Path(source.path)
    folder = scratch / name / "recordings"
    folder.parent.mkdir()
    if source.kind == "synthesised":
        synthesise(folder, corpus.speakers, corpus.repetitions, corpus.seed, processes=threads)
        return folder
    archive = source.path
    if source.kind == "download":
        archive = download(source.urls, scratch / name / "archive", corpus.sha256, corpus=name)
    return unpack(Path(archive), folder)


def indexed(name: str, config: Config, folder: Path) -> Division:
    """Index a corpus and divide it."""
    expected = inspection(config.corpora[name])
    rows, rejected = index_recordings(
        folder, expected["pattern"], expected["classes"], expected["expectation"]
    )
    share = config.corpora[name].max_rejected_share
    check_index(rows, rejected, expected["classes"], share, expected["expectation"])
    labels, speakers = [row.label for row in rows], [row.speaker for row in rows]
    contents = [row.content for row in rows]
    splits = divide([asdict(row) for row in rows], config.split)
    names = np.array([row.recording for row in rows])
    return Division(names, np.array(labels), np.array(speakers), splits, np.array(contents))


@dataclass(frozen=True)
class Trained:
    """A trained victim with all that it is evaluated on."""

    victim: Victim
    model: DefendedVictim
    clean: np.ndarray
    poisoned: dict
    division: Division

    @property
    def bounds(self) -> tuple[float, float]:
        return float(self.clean.min()), float(self.clean.max())

    def recordings(self, inputs: np.ndarray, rows: np.ndarray) -> Recordings:
        division = self.division
        targets = division.class_indices[rows]
        names = division.recordings[rows]
        return Recordings(names, rows, inputs.__getitem__, targets, division.classes)

    def test(self, inputs: np.ndarray) -> Recordings:
        return self.recordings(inputs, self.division.rows("test"))


@dataclass(frozen=True)
class Computed:
    """What a study has computed: numbers and tables of its evaluations, and runs of its checks."""

    numbers: dict[Evaluation, dict]
    tables: dict[Evaluation, list[dict]]
    runs: dict[Check, list[Run]]


def run(config: Config, scratch: Path, threads: int, watch: Stopwatch) -> Computed:
    """Compute all evaluations and checks of a study."""
    computed = Computed({}, {}, {})
    for corpus in config.study.corpora:
        folder = recordings_folder(corpus, config, scratch, threads)
        watch.lap("corpus")
        division = indexed(corpus, config, folder)
        recordings = list(
            zip(division.recordings.tolist(), division.contents.tolist(), strict=True)
        )
        watch.lap("index")
        for front_end in config.study.front_ends:
            definition = config.front_ends[front_end].model_dump(by_alias=True)
            clips = np.concatenate(list(waveforms(folder, recordings, definition)))
            watch.lap("waveforms")
            chunks = np.array_split(clips, max(1, len(clips) // 250))
            clean = np.concatenate(list(features(chunks, definition)))
            watch.lap("spectrograms")
            poisoned = poison_all(config, chunks, recordings, definition, division)
            watch.lap("poisoned spectrograms")
            for victim in victims(config):
                if (victim.corpus, victim.front_end) == (corpus, front_end):
                    model = trained(config, victim, clean, poisoned, division)
                    watch.lap("training")
                    studied = Trained(victim, DefendedVictim(model), clean, poisoned, division)
                    evaluate(config, studied, computed, watch)
                    check(config, studied, computed)
                    watch.lap("checks")
    return computed


def poison_all(
    config: Config, chunks: list, recordings: list, definition: dict, division: Division
) -> dict:
    """Poison spectrograms for each recipe and amplitude, and measure the distortions."""
    poisoned = {}
    trained_on = set(division.recordings[division.rows("train")].tolist())
    for recipe in config.study.recipes:
        section = config.recipes[recipe].poison
        for amplitude in (section.amplitude or []) if section else []:
            measured: list[dict] = []
            poison = build_poison(poison_definition(config, recipe, amplitude))
            rate = definition["sample_rate"]
            noisy = poisoned_chunks(chunks, recordings, poison, rate, trained_on, measured)
            inputs = np.concatenate(list(features(noisy, definition)))
            rows = as_read(DISTORTIONS, measured)
            poisoned[recipe, amplitude] = inputs, {row["recording"]: row for row in rows}
    return poisoned


def trained(config: Config, victim: Victim, clean, poisoned: dict, division: Division):
    """Train one victim."""
    training = all_trainings(config)[victim.recipe]
    noisy, _ = poisoned.get((training.recipe, training.amplitude), (None, None))
    poison = None
    if training.rate is not None:
        poison = poison_definition(config, training.recipe, training.amplitude, training.rate)
    inputs = TrainingInputs(clean, noisy, training_set(division, poison, victim.seed))
    recipe = training_settings(config, training)
    network = config.networks[victim.network].model_dump(by_alias=True)
    read = [clean] if noisy is None else [clean, noisy]
    bounds = min(float(each.min()) for each in read), max(float(each.max()) for each in read)
    data = TrainingData(inputs, division, bounds)
    model = train(network, recipe, data, victim.seed, CPU).network
    return prepared(model, CPU).eval().requires_grad_(False)


def evaluate(config: Config, studied: Trained, computed: Computed, watch: Stopwatch) -> None:
    """Add all evaluations of one victim."""
    recordings, poisoned = studied.test(studied.clean), studied.poisoned
    for evaluation in evaluations(config):
        if evaluation.victim != studied.victim:
            continue
        attacked = evaluation.attack in config.attacks
        if attacked:
            definition = config.attacks[evaluation.attack].model_dump(by_alias=True)
            threat = Threat.of(definition, evaluation.eps, studied.bounds)
            batches = batches_of(config, studied.victim, definition["batch_size"])
            rows, _ = attack_recordings(studied.model, definition, recordings, threat, batches)
            norm = norm_of(build_attack(definition))
        else:
            rows = poisoned_rows(config, evaluation, studied)
            norm = "linf" if (evaluation.attack, evaluation.eps) in poisoned else None
        table = as_read(RESULTS, rows)
        numbers = summarise(Results(table, attacked))
        keys = {"norm": norm, "gradient": gradient_of_chain([])}
        computed.numbers[evaluation] = {**keys, **numbers}
        computed.tables[evaluation] = table
        watch.lap(evaluation.attack)


def batches_of(config: Config, victim: Victim, own: int | None = None) -> Batches:
    """Return how the recordings are divided, with an attack's own batch size if it has one."""
    return Batches(victim.seed, own or config.evaluation.batch_size, CPU)


def poisoned_rows(config: Config, evaluation: Evaluation, studied: Trained) -> list[dict]:
    """Return the results of test recordings as a poison leaves them."""
    name, amplitude = evaluation.attack, evaluation.eps
    clean = noisy = studied.test(studied.clean)
    distortions = None
    if (name, amplitude) in studied.poisoned:
        inputs, distortions = studied.poisoned[name, amplitude]
        noisy = studied.test(inputs)
    division = studied.division
    aims = targets(poison_definition(config, name, amplitude), division, division.rows("test"))
    batches = batches_of(config, evaluation.victim)
    return compare_poisoned(studied.model, clean, noisy, distortions, aims, batches)


def check(config: Config, studied: Trained, computed: Computed) -> None:
    """Add the checks of the attacks on one victim, the baselines last: they need the others."""
    rows = gallery_rows(studied.division, config.checks.recordings)
    recordings = studied.recordings(studied.clean, rows)
    wanted = [each for each in checks(config) if each.victim == studied.victim]
    for found in sorted(wanted, key=lambda each: each.attack is None):
        names = {**found.victim.names, "defence": found.defence}
        definition = found.attack and config.attacks[found.attack].model_dump(by_alias=True)
        own = definition["batch_size"] if definition else None
        batches = batches_of(config, found.victim, own)
        subject = Subject(studied.model, recordings, studied.bounds, batches)
        if definition:
            names["attack"] = found.attack
            evaluated = _results(computed, checked_evaluation(config, names))
            eps = check_eps(config, names, found.attack)
            runs = attack_runs(subject, definition, eps, config.checks.more, evaluated)
        else:
            attacked = [computed.runs[each] for each in compared_checks(config, names)]
            runs = baseline_runs(
                subject,
                check_size(config, names),
                config.checks.noise_draws,
                config.checks.queries,
                [{run.name: run for run in each} for each in attacked],
                _results(computed, one_step_evaluation(config, names)),
            )
        computed.runs[found] = list(runs)


def _results(computed: Computed, evaluation: Evaluation | None) -> Results | None:
    return Results(computed.tables[evaluation]) if evaluation else None


def judged(config: Config, computed: Computed, scratch: Path) -> list[dict]:
    """Return the rows of ``checks.csv``, which is made from files."""

    def written(folder: str, number: int) -> Path:
        (scratch / folder).mkdir(exist_ok=True)
        return scratch / folder / f"{number}.csv"

    units, runs, tables = [], [], []
    for number, name in enumerate(config.study.front_ends):
        front_end = build_front_end(config.front_ends[name].model_dump(by_alias=True))
        units.append(Described({"front_end": name}, written("units", number)))
        units[-1].file.write_text(json.dumps({"unit": unit_of(front_end)}))
    for number, each in enumerate(checks(config)):
        runs.append(Described(asdict(each), written("checks", number)))
        write_runs(computed.runs[each], runs[-1].file)
    for number, evaluation in enumerate(checked_evaluations(config)):
        tables.append(Described(asdict(evaluation), written("evaluations", number)))
        RESULTS.write(computed.tables[evaluation], tables[-1].file)
    return check_rows(input_checks(runs, tables, units))


def as_read(table: Table, rows: list[dict]) -> list[dict]:
    """Return rows as a job reads them from a file: with as many digits."""
    return [
        {column.name: column.read(column.written(row[column.name])) for column in table.columns}
        for row in rows
    ]


def read_config(files: list[Path]) -> Config:
    """Merge config files as Snakemake merges them."""
    raw: dict = {}
    for file in files:
        update_config(raw, yaml.safe_load(file.read_text()))
    return load(raw)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where to write summary.csv and checks.csv")
    parser.add_argument("configs", type=Path, nargs="+", help="config files, merged in order")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    watch = Stopwatch()
    use_one_thread()
    torch.set_num_threads(arguments.threads)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            config = read_config(arguments.configs)
        except UserError as error:
            sys.exit(str(error))
        if unknown := unsupported(config):
            sys.exit(f"single_process.py knows no {' and no '.join(unknown)}.")
        computed = run(config, Path(scratch), arguments.threads, watch)
        rows = [
            {**keys, **computed.numbers[evaluation]}
            for keys, evaluation in zip(summary_keys(config), evaluations(config), strict=True)
        ]
        arguments.folder.mkdir(exist_ok=True)
        SUMMARY.write(rows, arguments.folder / "summary.csv")
        CHECKS.write(judged(config, computed, Path(scratch)), arguments.folder / "checks.csv")
        watch.lap("tables")
    stages = {stage: round(seconds, 1) for stage, seconds in watch.seconds.items()}
    print(json.dumps(stages, indent=1))


if __name__ == "__main__":
    main()
