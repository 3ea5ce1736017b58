"""A study of invented numbers, small enough to be read here, for figures and report."""

import csv
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from mishear.core.statistics import wilson_interval
from mishear.core.tables.certificates import CERTIFICATES
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.evaluation import ROBUSTNESS, SUMMARY
from mishear.core.tables.listening_over_seeds import (
    AUDIO_QUALITY_OVER_SEEDS,
    INVERSIONS_OVER_SEEDS,
    SNR_AT_HALF_OVER_SEEDS,
)
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.core.tables.shared import CORRUPTION_KEYS
from mishear.corpora.decoding import decode
from mishear.study.reported import AttackDefinition, ReportedSetting, ReportedStudy

MACHINE = {
    "device": "cpu",
    "gpu": "",
    "cpu": "Some CPU",
    "cpu_capability": "AVX2",
    "threads": 1,
    "libraries": "torch 2.11.0, numpy 2.4.1",
}
SETTING = {"corpus": "digits", "front_end": "mel8", "network": "net"}
PLACE = SETTING | {"recipe": "standard", "seed": 0, "fold": None, "defence": "none"}
N = 200
EPS = [0.25, 0.5, 0.95]
CURVES = {"fgsm": [0.6, 0.3, 0.02], "pgd-paper": [0.6, 0.35, 0.19], "pgd": [0.5, 0.1, 0.0]}
POISONED = {0.001: (0.65, 0.95, 0.7), 0.01: (0.17, 0.9, 0.2)}
"""For each amplitude: unpoisoned victim, retrained victim, retrained victim on clean."""


def summary_row(attack, eps, accuracy, seed=0, **changes):
    low, high = wilson_interval(round(accuracy * N), N)
    row = dict.fromkeys(SUMMARY.names, "") | SETTING
    row |= {"recipe": "standard", "seed": seed, "defence": "none", "domain": "spectrogram"}
    row |= {"evaluation": "adaptive", "gradient": "exact", "budget": "eps"}
    row |= {"norm": "linf", "clean_accuracy": 0.95, "attack_success_rate": 0.5, "mean_linf": 1}
    row |= {"mean_l2": 1, "rejected": 0, "tried": N, "seconds": 1.5, "n": N, **MACHINE}
    row |= {"attack": attack, "eps": eps, "accuracy": accuracy, "ci_low": low, "ci_high": high}
    if attack not in ATTACKS:
        row |= {"evaluation": "", "budget": ""}
    return row | changes


def merged(rows, table):
    """Rows of a table over seeds from invented rows of the table of victims.

    Limits are the widest of the seeds'.
    """
    keys = table.names[: table.names.index("n")]
    keys += tuple(name for name in CORRUPTION_KEYS if name in table.names)
    groups = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return [
        dict(zip(keys, values, strict=True))
        | _over_seeds(members, [name for name in table.names if name not in keys])
        for values, members in groups.items()
    ]


def _over_seeds(rows, columns):
    found = {"n": rows[0]["n"], "seeds": len({row["seed"] for row in rows})}
    limits = [wilson_interval(round(row["clean_accuracy"] * N), N) for row in rows]
    low, high = zip(*limits, strict=True)
    limits = {"clean_low": min(low), "clean_high": max(high)}
    changes = [row["accuracy"] - row["clean_accuracy"] for row in rows if "accuracy" in row]
    if changes:
        limits |= {"change": np.mean(changes)}
        limits |= {"change_low": min(changes) - 0.05, "change_high": max(changes) + 0.05}
    for column in columns[2:]:
        name, _, ending = column.rpartition("_")
        of = column if ending not in ("sd", "lowest", "highest") else name
        values = [row[of] for row in rows if row.get(of, "") not in ("", None)]
        if column in limits:
            found[column] = limits[column]
        elif not values:
            found[column] = ""
        elif isinstance(values[0], str) and values[0] != "inf":
            found[column] = values[0]
        elif ending == "sd":
            found[column] = np.std(values, ddof=1) if len(values) > 1 else ""
        elif ending in ("low", "lowest"):
            found[column] = min(values)
        elif ending in ("high", "highest"):
            found[column] = max(values)
        elif column == "rejected":
            found[column] = sum(values)
        else:
            found[column] = np.mean(np.array(values, dtype=float))
    return found


def result_row(recording="a.wav", label="1", clean="1", adversarial="1", **changes):
    """A row of an evaluation under an attack that does not aim at a class."""
    return {
        "recording": recording,
        "label": label,
        "clean_prediction": clean,
        "adversarial_prediction": adversarial,
        "target": "",
        "success": label != adversarial if clean == label else None,
        "linf": 0.5,
        "l2": 2.0,
        "snr_db": None,
        "si_sdr_db": None,
        "rejected": "",
        "saved_prediction": "",
        "queries": None,
        "seconds": 0.25,
        **MACHINE,
    } | changes


def study_rows(seed=0):
    """The summary of a study with three attacks with eps, one without, and one poison."""
    rows = [
        summary_row(attack, eps, accuracy, seed)
        for attack, curve in CURVES.items()
        for eps, accuracy in zip(EPS, curve, strict=True)
    ]
    rows.append(summary_row("cw", "inf", 0.0, seed, norm="l2", median_l2=17.5))
    for amplitude, (mismatched, matched, on_clean) in POISONED.items():
        poisoned = {"domain": "waveform", "evaluation": ""}
        poisoned |= {"median_snr_db": 18, "median_si_sdr_db": 24}
        retrained = {
            "recipe": f"noise-amplitude{amplitude}-rate1",
            "poison": "noise",
            "poison_amplitude": amplitude,
            "poisoning_rate": 1,
            "clean_accuracy": on_clean,
        }
        rows.append(summary_row("noise", amplitude, mismatched, seed, **poisoned))
        rows.append(summary_row("noise", amplitude, matched, seed, **poisoned, **retrained))
    return rows


def corruption_rows(seed=0, unit="dB SNR", corruption="white-noise", **changes):
    """A corruption at two severities, 40 and 20 dB SNR unless told otherwise."""
    changes = {"domain": "waveform", "norm": "", "evaluation": "", "budget": ""} | changes
    return [
        summary_row("", "", accuracy, seed, attack_success_rate="", median_snr_db=snr)
        | {"corruption": corruption, "severity": severity, "level": snr, "level_unit": unit}
        | changes
        for severity, (snr, accuracy) in enumerate(((40, 0.94), (20, 0.9)), start=1)
    ]


AIMED = {0.01: {0.01: (0.3, 0.94), 0.05: (0.8, 0.93)}, 0.03: {0.01: (0.5, 0.92), 0.05: (0.9, 0.9)}}
"""For each amplitude and rate of a backdoor its success and the accuracy on clean recordings."""


def aimed_study_rows(seed=0):
    """A backdoor, found by a detector, and wrong labels drawn at random."""
    rows = []
    for amplitude, rates in AIMED.items():
        rows.append(backdoor_row(amplitude, 0.02, 0.95, seed))
        for rate, (success, clean) in rates.items():
            name = f"backdoor-amplitude{amplitude}-rate{rate}"
            place = {"recipe": name, "poison": "backdoor", "poisoning_rate": rate}
            place["poison_amplitude"] = amplitude
            rows.append(backdoor_row(amplitude, success, clean, seed, **place))
            place |= {"recipe": f"{name}-kept-finder", "detector": "finder"}
            rows.append(backdoor_row(amplitude, 0.06, 0.96, seed, **place))
    flipped = {"domain": "label", "norm": "", "attack_success_rate": ""}
    rows.append(summary_row("flips", 0, 0.95, seed, **flipped))
    for rate, clean in ((0.1, 0.9), (0.5, 0.8)):
        place = {"recipe": f"flips-rate{rate}", "poison": "flips", "poisoning_rate": rate}
        place["clean_accuracy"] = clean
        rows.append(summary_row("flips", 0, clean, seed, **flipped, **place))
    return rows


def backdoor_row(amplitude, success, clean, seed, **place):
    low, high = wilson_interval(round(success * 180), 180)
    found = {"attack_success_rate": success, "success_low": low, "success_high": high}
    found["tried"] = 180
    found |= {"clean_accuracy": clean, "domain": "waveform", "median_snr_db": "inf"}
    return summary_row("backdoor", amplitude, 1 - success, seed, **found, **place)


def detection_row(amplitude, rate):
    row = dict.fromkeys(DETECTIONS_OVER_SEEDS.names) | SETTING
    row |= {"recipe": f"backdoor-amplitude{amplitude}-rate{rate}", "seeds": 1}
    row |= {"poison": "backdoor", "poison_amplitude": amplitude, "poisoning_rate": rate}
    row |= {"detector": "finder", "n": 2000, "poisoned": rate * 2000, "emptied_seeds": 0}
    row |= {"precision": 0.7, "true_positive_rate": 0.9, "tpr_low": 0.8, "tpr_high": 0.95}
    row |= {"false_positive_rate": 0.03, "fpr_low": 0.02, "fpr_high": 0.04}
    for rate_name in ("true_positive_rate", "false_positive_rate"):
        row |= dict.fromkeys((f"{rate_name}_lowest", f"{rate_name}_highest"), row[rate_name])
    return row | {"tpr_at_5_percent_fpr": 0.93}


POISONS = {
    name: {"recipe": name, "class": class_name, "params": {}, "target": target}
    | {"amplitude": None, "sources": None, "seed": 0}
    for name, class_name, target in (
        ("noise", "UniformNoise", None),
        ("backdoor", "Backdoor", "three"),
        ("flips", "RandomLabelFlip", None),
    )
}


def attack(class_, **params):
    return AttackDefinition(class_, params, restarts=1, targets="untargeted")


ATTACKS = {
    "fgsm": attack("LinfFastGradientAttack"),
    "pgd-paper": attack("LinfPGD", abs_stepsize=0.1, steps=5),
    "pgd": attack("LinfPGD", rel_stepsize=0.05, steps=40),
    "cw": attack("L2CarliniWagnerAttack", binary_search_steps=9),
}

STUDY = ReportedStudy(
    name="invented",
    settings=(ReportedSetting(**SETTING, source="fsdd", reference="standard", seeds=(0,)),),
    seeds=(0,),
    attacks=ATTACKS,
    poisons={"noise": POISONS["noise"]},
    figures=(),
    white_noises=("white-noise",),
    paper_reference=True,
    libraries={},
    sample_rates={SETTING["front_end"]: 16000},
    units={SETTING["front_end"]: "dB"},
)


@pytest.fixture(scope="module")
def one_thread():
    """Compute as jobs do: on small inputs more threads are slower, much so beside other tests."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@dataclass(frozen=True)
class Digits:
    """Real recordings.

    Attributes
    ----------
    waveforms : numpy.ndarray of shape (recordings, samples), float32
    labels : list of str
    rate : int
        Hz.
    """

    waveforms: np.ndarray
    labels: list[str]
    rate: int


@pytest.fixture(scope="module")
def digits(fsdd_archive, one_thread, tmp_path_factory):
    """A hundred recordings of FSDD, ten of each digit one after the other, one second long."""
    from mishear.features.waveforms import waveforms

    folder = tmp_path_factory.mktemp("digits")
    with tarfile.open(fsdd_archive) as archive:
        names = sorted(name for name in archive.getnames() if name.endswith(".wav"))[::30]
        archive.extractall(folder, [archive.getmember(name) for name in names], filter="data")
    placement = {"seconds": 1.0, "leading_zeros": 0.5, "max_shift": 0.0, "seed": 0}
    placed = [(name, decode(str(folder / name), None).content) for name in names]
    made = np.concatenate(list(waveforms(folder, placed, placement | {"sample_rate": 16000})))
    return Digits(made, [name.rpartition("/")[2][0] for name in names], 16000)


@pytest.fixture
def setting():
    return SETTING


@pytest.fixture
def attacks():
    return ATTACKS


@pytest.fixture
def rows():
    return study_rows()


@pytest.fixture
def aimed_rows():
    return aimed_study_rows()


@pytest.fixture
def poisons():
    return POISONS


@pytest.fixture
def study():
    return STUDY


@pytest.fixture
def results_of(over_seeds_of, accuracy_file):
    """A function that gives rows of a summary as the results of a setting over its seeds."""
    from mishear.evaluation.measurements import of_setting, read_accuracies
    from mishear.paper.results import Results
    from mishear.poisoning.building import build_poison

    def made(rows, **changes):
        given = {
            "table": of_setting(over_seeds_of(rows), SETTING),
            "accuracies": read_accuracies([accuracy_file]),
            "reference": "standard",
            "attacks": ATTACKS,
            "source": "fsdd",
            "corpus": "digits",
            "poisons": {name: build_poison(found) for name, found in POISONS.items()},
            "unit": "dB",
        }
        return Results(**given | changes)

    return made


@pytest.fixture
def detections():
    """What was found of the backdoor, as ``detections_over_seeds.csv`` is read."""
    import pandas as pd

    return pd.DataFrame(
        [detection_row(amplitude, rate) for amplitude, rates in AIMED.items() for rate in rates]
    )


@pytest.fixture
def summary_of(table_of):
    """A function that gives rows as the summary that jobs read."""
    return lambda rows: table_of(rows, SUMMARY)


@pytest.fixture
def over_seeds_of(table_of):
    """A function that gives rows of a summary as the summary over the seeds."""
    return lambda rows: table_of(merged(rows, SUMMARY_OVER_SEEDS), SUMMARY_OVER_SEEDS)


@pytest.fixture
def table_of(tmp_path):
    """A function that gives rows as a table that jobs read."""

    def written(rows, table):
        path = tmp_path / Path(table.path).name
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, table.names)
            writer.writeheader()
            writer.writerows(rows)
        return table.frame(path)

    return written


@pytest.fixture
def robustness_row():
    """A function that gives a row of ``robustness.csv``; what is None was not measured."""

    def made(eps, clean, transfer, adaptive, **changes):
        worst = min(value for value in (transfer, adaptive) if value is not None)
        row = dict.fromkeys(ROBUSTNESS.names, "") | PLACE | {"gradient": "exact", "norm": "linf"}
        row["domain"] = "spectrogram"
        row |= {"eps": eps, "n": N, "strongest": "pgd", "attacks": "fgsm pgd"}
        levels = {"clean": clean, "transfer": transfer, "adaptive": adaptive, "worst": worst}
        for kind, value in levels.items():
            if value is not None:
                low, high = wilson_interval(round(value * N), N)
                row |= {f"{kind}_accuracy": value, f"{kind}_low": low, f"{kind}_high": high}
        return row | changes

    return made


@pytest.fixture
def robustness_of(table_of):
    """A function that gives such rows as the table over the seeds that jobs read."""
    return lambda rows: table_of(merged(rows, ROBUSTNESS_OVER_SEEDS), ROBUSTNESS_OVER_SEEDS)


@pytest.fixture
def check_row():
    """A function that gives a row of ``checks.csv``."""

    def made(attack, check, verdict, **changes):
        row = PLACE | {"attack": attack, "check": check, "verdict": verdict}
        row |= {"n": 60, "evidence": f"{attack} was seen", "p": 0.2, "smallest_difference": 0.04}
        return row | changes

    return made


@pytest.fixture
def checks_of(table_of):
    """A function that gives such rows as the table that jobs read."""
    return lambda rows: table_of(rows, CHECKS)


@pytest.fixture
def environments_file(tmp_path):
    """The table that says that everything was computed with one machine."""
    kinds = ("victims", "evaluations")
    rows = [SETTING | MACHINE | {"kind": kind, "count": 1} for kind in kinds]
    ENVIRONMENTS.write(rows, tmp_path / "environments.csv")
    return tmp_path / "environments.csv"


@pytest.fixture
def certificates_of(table_of):
    """A function that gives certified accuracies at 0, 1, 2, ... dB as the table that jobs read."""

    def written(accuracies, **changes):
        rows = []
        for radius, accuracy in enumerate(accuracies):
            low, high = wilson_interval(round(accuracy * N), N)
            row = PLACE | {"confidence": 0.999, "radius": radius, "n": N, "abstained": 3}
            row |= {"largest_radius": 7.38, "capped": 0}
            row |= {"certified_accuracy": accuracy, "ci_low": low, "ci_high": high}
            rows.append(row | changes)
        return table_of(rows, CERTIFICATES)

    return written


@pytest.fixture
def accuracy_file(tmp_path):
    counts = {"train": (1980, 2000), "validation": (290, 300), "test": (190, N)}
    path = tmp_path / "accuracy.json"
    path.write_text(
        json.dumps(
            {
                split: {"correct": correct, "n": n, "accuracy": correct / n}
                for split, (correct, n) in counts.items()
            }
        )
    )
    return path


@pytest.fixture
def heard_tables():
    """A noise at one amplitude, one inversion, one ratio."""
    import pandas as pd

    ear = dict.fromkeys(AUDIO_QUALITY_OVER_SEEDS.names) | {"corpus": "digits", "front_end": "mel8"}
    ear |= {"recogniser": "listener", "n": 200, "recognised": 0.8, "retained_n": 160, "pesq_n": 195}
    ear |= {"clipped": 0.0, "stoi_n": 200, "seeds": 1}
    ear |= {"recognised_low": 0.74, "recognised_high": 0.85}
    ear |= dict.fromkeys(("recognised_lowest", "recognised_highest"), 0.8)
    noisy = {"kind": "poisoned", "name": "noise", "eps": 0.01, "retained": 0.5, "median_pesq": 1.5}
    noisy |= {"median_snr_db": 18.0, "median_si_sdr_db": 24.0}
    noisy |= dict.fromkeys(("retained_lowest", "retained_highest"), 0.5)
    attacked = {"kind": "waveform", "name": "pgd", "budget": "snr", "eps": 40, "retained": 0.9}
    attacked |= {
        "network": "net",
        "recipe": "standard",
        "defence": "none",
        "retained_low": 0.85,
        "retained_high": 0.94,
        "retained_lowest": 0.9,
        "retained_highest": 0.9,
    }
    ears = [ear | {"kind": "clean"}, ear | noisy | {"retained_low": 0.4, "retained_high": 0.6}]
    ears.append(ear | attacked | {"median_snr_db": 41.0})
    inversion = dict.fromkeys(INVERSIONS_OVER_SEEDS.names, 0.5) | SETTING
    inversion |= {
        "recipe": "standard",
        "seeds": 1,
        "attack": "fgsm",
        "n": 200,
        "retained_n": 90,
    }
    half = dict.fromkeys(SNR_AT_HALF_OVER_SEEDS.names, 0.5) | SETTING
    half |= {"recipe": "standard", "defence": "none", "attack": "pgd", "n": 200, "seeds": 1}
    return {
        "audio_quality": pd.DataFrame(ears),
        "inversions": pd.DataFrame([inversion]),
        "halves": pd.DataFrame([half, half | {"recipe": "other"}]),
    }
