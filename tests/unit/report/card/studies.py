"""Studies of invented predictions, with every file that a card is made from."""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from mishear.config.config import Config
from mishear.core.card.files import write_card
from mishear.core.card.parts import Card
from mishear.core.tables.base import described
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.corpora import INDEX, SPLIT
from mishear.core.tables.corruptions import CORRUPTED
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.evaluation.evaluated import read_corrupted, read_evaluations
from mishear.evaluation.over_seeds import summarise_over_seeds, worst_cases_over_seeds
from mishear.evaluation.speakers import read_speakers_of_test
from mishear.evaluation.summary import evaluation_keys
from mishear.report.card.building import build_card
from mishear.report.card.pairing import Study
from mishear.study import params as params_of
from mishear.study import paths
from mishear.study.card import card_inputs, card_params, read_card_plan
from mishear.study.keys import corruption_keys, summary_keys
from mishear.study.plan import Plan
from mishear.training.networks.paper_cnn import PaperCNN
from tests.unit.conftest import MACHINE, result_row

HOSTILE = ["A & B_1", "50 % \\x", "日本 {#1}", "[@evil] *x* <b>$y$^~"]
"""Labels that mean something to LaTeX, BibTeX, Markdown, HTML or JSON."""

TESTS = 40
PLACE = {"corpus": "a", "front_end": "mel", "network": "net", "seed": 0, "fold": None}


@dataclass(frozen=True)
class Invented:
    """A study in a folder."""

    config: Config
    folder: Path

    @property
    def inputs(self) -> dict[str, Path]:
        return {key: self.folder / path for key, path in _inputs(self.config).items()}

    @property
    def card(self) -> Card:
        return self.build(read_card_plan(card_params(self.config)))

    def build(self, plan) -> Card:
        # A card names files as it is given them: the workflow's are relative.
        with inside(self.folder):
            return build_card(plan, _inputs(self.config))

    @property
    def study(self) -> Study:
        return Study(self.card, self.folder)

    @property
    def report(self) -> Path:
        return self.folder / paths.report(self.config.study.name, "report.html")

    def write_card(self) -> Path:
        path = self.report.with_name("card.json")
        write_card(self.card, path)
        return path


def _inputs(config):
    return {key: Path(path) for key, path in card_inputs(config).items()}


@contextmanager
def inside(folder):
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def recordings(labels, speakers, names="r"):
    return [
        {"recording": f"{names}{number}.wav", "label": labels[number % len(labels)]}
        | {"speaker": speakers[number % len(speakers)], "content": f"audio{number}", "take": ""}
        | {"sample_rate": 8000, "channels": 1, "samples": 8000, "seconds": 1.0, "clipped": 0}
        | {"peak": 0.5, "cancelled_db": 0.0, "speech_end": 0.9}
        for number in range(2 * TESTS)
    ]


def invent(
    folder,
    config,
    correct=0.5,
    labels=HOSTILE,
    speakers=("ann",),
    names="r",
) -> Invented:
    """Write the files of a study whose victims classify a fraction of the recordings correctly."""
    folder.mkdir(parents=True, exist_ok=True)
    study = Invented(config, folder)
    rows = recordings(labels, speakers, names)
    with inside(folder):
        for corpus in config.study.corpora:
            write(INDEX, rows, paths.INDEX.format(corpus=corpus))
            splits = ["train", "test"]
            divided = [row | {"split": splits[i >= TESTS]} for i, row in enumerate(rows)]
            write(SPLIT, divided, paths.SPLIT.format(corpus=corpus, fold=""))
        write_results(study, rows[TESTS:], labels, correct)
        write_tables(study, len(labels))
    return study


def write(table, rows, path):
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    table.write(rows, path)


def write_results(study, rows, labels, correct):
    plan = Plan(study.config)
    other = {label: labels[(i + 1) % len(labels)] for i, label in enumerate(labels)}
    for number, each in enumerate([*plan.evaluations, *plan.corrupted]):
        random = np.random.default_rng(number)
        found = [
            result_row(row["recording"], row["label"], row["label"], said)
            for row in rows
            for said in [row["label"] if random.random() < correct else other[row["label"]]]
        ]
        if hasattr(each, "corruption"):
            severities = study.config.corruptions[each.corruption].severities
            write(CORRUPTED, list(at_severities(found, severities)), each.results)
        else:
            write(RESULTS, found, each.results)


def at_severities(rows, severities):
    for severity, level in enumerate(severities, start=1):
        for row in rows:
            said = {"corrupted_prediction": row["adversarial_prediction"], "level_unit": "% lost"}
            yield row | said | {"severity": severity, "level": level}


def write_tables(study, classes):
    plan, config = Plan(study.config), study.config
    definitions = params_of.studied_attacks(plan), params_of.studied_defences(plan)
    attacked = evaluation_keys(summary_keys(config), *definitions)
    corrupted = evaluation_keys(corruption_keys(config), *definitions)
    evaluated = [
        *read_evaluations(described(attacked, [each.results for each in plan.evaluations])),
        *read_corrupted(described(corrupted, [each.results for each in plan.corrupted])),
    ]
    splits = [
        {"corpus": name, "path": paths.SPLIT.format(corpus=name, fold="")}
        for name in config.study.corpora
    ]
    speakers = read_speakers_of_test(described(splits, [each["path"] for each in splits]))
    given = evaluated, speakers, plan.references, {}
    inputs = card_inputs(config)
    write(SUMMARY_OVER_SEEDS, summarise_over_seeds(*given), inputs["summary_over_seeds"])
    write(ROBUSTNESS_OVER_SEEDS, worst_cases_over_seeds(*given), inputs["robustness_over_seeds"])
    check = PLACE | {"recipe": "standard", "defence": "none", "attack": "pgd", "check": "more"}
    check |= {"verdict": "failure", "n": 9, "evidence": "a < b & c", "p": 0.01}
    write(CHECKS, [check | {"smallest_difference": None}], inputs["checks"])
    machine = {key: PLACE[key] for key in ("corpus", "front_end", "network")} | MACHINE
    write(ENVIRONMENTS, [machine | {"kind": "victims", "count": 1}], inputs["environments"])
    network = PaperCNN(classes)
    for key, path in inputs.items():
        if key.startswith("network/"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            torch.save(network.state_dict(), path)
        elif key.startswith("unit/"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text('{"unit": "dB"}')
        elif path.endswith(".sha256"):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_text("ab" * 32 + "\n")
