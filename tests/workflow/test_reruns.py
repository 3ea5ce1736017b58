"""Exactly which jobs each change reruns; ``docs/reruns.md`` says the same, row by row."""

import re
import shutil
import subprocess
from collections import Counter
from itertools import starmap
from pathlib import Path

import pytest

from tests.projects import PARTS, REPOSITORY, by_names
from tests.workflow.test_tiny_study import POISONED_VICTIM, VICTIM

TABLE = (REPOSITORY / "docs" / "reruns.md").read_text()

FEATURES = "spectrograms/tiny/mel16"
FIGURES = "reports/tiny/figures/tiny/mel16/paper-cnn"


def outputs(rule, *paths):
    return {(rule, path) for path in paths}


def victims(*paths):
    return outputs("train", *(f"victims/{path}/victim.pt" for path in paths))


def attacked(victim, *attacks, defence="none", kept=()):
    """The evaluations under some attacks, of which those in ``kept`` keep their examples."""
    folder = f"evaluations/{victim}/{defence}"
    rule = "evaluate_transfer" if "@" in defence else "evaluate"
    return {
        ("evaluate_and_keep" if attack in kept else rule, f"{folder}/{attack}.csv")
        for attack in attacks
    }


def poisoned(victim, amplitude="0.01", defence="none"):
    return outputs("evaluate_poisoned", f"evaluations/{victim}/{defence}/noise/eps{amplitude}.csv")


def checked(victim, *attacks, defence="none"):
    folder = f"checks/{victim}/{defence}"
    return outputs("check_attack", *(f"{folder}/{attack}.csv" for attack in attacks))


def baselines(victim, defence="none"):
    return outputs("check_baselines", f"checks/{victim}/{defence}@baselines.csv")


def galleries(*names):
    return outputs("draw_figure", *(f"{FIGURES}/standard/gallery-{name}.svg" for name in names))


def spectrograms(folder, shard_rule, gather_rule):
    shards = outputs(
        shard_rule, *(f"{FEATURES}/{folder}/shard{shard}-of-2.npy" for shard in (0, 1))
    )
    return shards | outputs(gather_rule, f"{FEATURES}/{folder}/spectrograms.npy")


def poisoned_spectrograms(amplitude):
    folder = f"noise-amplitude{amplitude}"
    return spectrograms(folder, "poisoned_shard", "poisoned_spectrograms")


ATTACKS = ["fgsm/eps0.5", "fgsm/eps1", "pgd/eps0.5", "cw/epsinf"]
DRAWN = ["fgsm/eps0.5", "pgd/eps0.5", "cw/epsinf"]
# With a defence in the study every attack on the reference model is transferred to it.
TRANSFERRED = attacked(VICTIM, "fgsm/eps1", kept=ATTACKS)

PAGE = outputs("report", "reports/tiny/report.html")
CARD = outputs("card", "reports/tiny/card.json") | outputs("methods", "reports/tiny/methods.md")
ACCURACY = outputs("draw_figure", f"{FIGURES}/accuracy.svg")
DISTANCE = outputs("draw_figure", f"{FIGURES}/distance.svg")
CONFUSION = outputs("draw_figure", f"{FIGURES}/standard/confusion.svg")
POISONING = outputs("draw_figure", f"{FIGURES}/noise/poisoning.svg")
RECORDING = outputs("draw_figure", f"{FIGURES}/noise/recording.svg")
TRAINING = outputs("draw_figure", f"{FIGURES}/training.svg")
TRADEOFF = outputs("draw_figure", f"{FIGURES}/tradeoff.svg")
ENVIRONMENTS = outputs("summarise_environments", "reports/tiny/environments.csv") | PAGE | CARD
SUMMARY = (
    outputs("summarise", "reports/tiny/summary.csv")
    | ACCURACY
    | POISONING
    | PAGE
    | CARD
    | ENVIRONMENTS
)
VERDICTS = outputs("summarise_checks", "reports/tiny/checks.csv") | PAGE | CARD
CHECKS = checked(VICTIM, "fgsm", "pgd", "cw") | baselines(VICTIM) | VERDICTS | ENVIRONMENTS

STANDARD = (
    victims(VICTIM)
    | attacked(VICTIM, *ATTACKS, kept=DRAWN)
    | poisoned(VICTIM)
    | galleries("fgsm", "pgd", "cw")
    | (SUMMARY | CHECKS | DISTANCE | CONFUSION | RECORDING | TRAINING)
)
VICTIMS = STANDARD | victims(POISONED_VICTIM) | poisoned(POISONED_VICTIM)


def of_defended(training):
    """All jobs of one training other than the reference and without poison."""
    victim = VICTIM.replace("standard", training)
    return (
        victims(victim)
        | attacked(victim, *ATTACKS, defence="none@standard")
        | attacked(victim, *ATTACKS)
        | poisoned(victim)
        | checked(victim, "fgsm", "pgd", "cw")
        | baselines(victim)
    )


FROM_SPECTROGRAMS = (
    spectrograms("clean", "spectrogram_shard", "spectrograms")
    | poisoned_spectrograms("0.01")
    | VICTIMS
)

EVERYTHING = (
    FROM_SPECTROGRAMS
    | outputs("synthesise", "corpora/tiny/recordings")
    | outputs("inspect", "corpora/tiny/inspected.csv")
    | outputs("index", "corpora/tiny/index.csv")
    | outputs("split", "splits/tiny.csv")
    | outputs("waveforms", *(f"waveforms/tiny/mel16/shard{shard}-of-2.npy" for shard in (0, 1)))
)


def of_corpus(jobs, name):
    """The same jobs for another corpus; what brings corpora together is the study's."""
    return {
        (rule, re.sub(r"tiny(?=/mel16|\.csv|/recordings|/index|/inspected)", name, path))
        for rule, path in jobs
        if not path.startswith(("reports/tiny/summary", "reports/tiny/checks", "reports/tiny/env"))
    }


CONFIG_CHANGES = {
    "nothing": ({}, set()),
    "a front end's `n_mels`": ({"front_ends/mel16/params/n_mels": 20}, FROM_SPECTROGRAMS),
    "a recipe's `learning_rate`": ({"recipes/standard/learning_rate": 0.002}, STANDARD),
    "one more eps": (
        {"attacks/fgsm/eps": [0.5, 0.75, 1.0]},
        attacked(VICTIM, "fgsm/eps0.75") | SUMMARY | VERDICTS,
    ),
    "one eps less": ({"attacks/fgsm/eps": [0.5]}, SUMMARY | VERDICTS),
    "one more seed": (
        {"study/seeds": [0, 1]},
        victims(VICTIM.replace("seed0", "seed1"), POISONED_VICTIM.replace("seed0", "seed1"))
        | attacked(VICTIM.replace("seed0", "seed1"), *ATTACKS, kept=DRAWN)
        | poisoned(VICTIM.replace("seed0", "seed1"))
        | poisoned(POISONED_VICTIM.replace("seed0", "seed1"))
        | (SUMMARY | DISTANCE | TRAINING),
    ),
    "an attack's parameter": (
        {"attacks/pgd/params/steps": 6},
        attacked(VICTIM, "pgd/eps0.5", kept=DRAWN)
        | checked(VICTIM, "pgd")
        | baselines(VICTIM)
        | galleries("pgd")
        | (CONFUSION | SUMMARY | VERDICTS),
    ),
    "one more defence": (
        {
            "defences/median": {"class": "MedianSmoothing"},
            "study/defences": ["none", "median"],
        },
        attacked(VICTIM, *ATTACKS, defence="median@standard")
        | attacked(VICTIM, *ATTACKS, defence="median")
        | poisoned(VICTIM, defence="median")
        | poisoned(POISONED_VICTIM, defence="median")
        | checked(VICTIM, "fgsm", "pgd", "cw", defence="median")
        | baselines(VICTIM, "median")
        | TRANSFERRED
        | (SUMMARY | VERDICTS | TRADEOFF),
    ),
    "`checks.eps`": ({"checks/eps": 1.0}, CHECKS - checked(VICTIM, "cw")),
    "`checks.queries`": ({"checks/queries": 400}, baselines(VICTIM) | VERDICTS | ENVIRONMENTS),
    "another amplitude of a poison": (
        {"recipes/noise/poison/amplitude": [0.02]},
        poisoned_spectrograms("0.02")
        | victims(POISONED_VICTIM.replace("0.01", "0.02"))
        | poisoned(VICTIM, "0.02")
        | poisoned(POISONED_VICTIM.replace("0.01", "0.02"), "0.02")
        | (SUMMARY | RECORDING | TRAINING),
    ),
    "a recipe trained adversarially at two eps": (
        {
            "study/recipes": ["standard", "noise", "hardened"],
            "recipes/hardened": {"epochs": 2, "adversarial": {"eps": [0.5, 1.0]}},
        },
        set.union(*map(of_defended, ["hardened-eps0.5", "hardened-eps1"]))
        | TRANSFERRED
        | (SUMMARY | VERDICTS | TRADEOFF | DISTANCE | TRAINING),
    ),
    "the colours of spectrograms": (
        {"report/colour_map": "viridis"},
        galleries("fgsm", "pgd", "cw") | RECORDING | PAGE,
    ),
    "one more corpus": (
        {
            "study/corpora": ["tiny", "other"],
            "corpora/other": {"source": "espeak", "speakers": 7, "repetitions": 3, "shards": 2},
        },
        of_corpus(EVERYTHING, "other") | SUMMARY | VERDICTS,
    ),
    "how many jobs share a GPU": ({"jobs_per_gpu": 2}, set()),
}


@pytest.fixture
def copy(finished, tmp_path):
    return finished.copy(tmp_path / "copy")


def planned(project, *arguments):
    """Rule and first output, without ``results/`` and digest, of every job that would run."""
    plan = project.run("--dry-run", *arguments)
    jobs = re.findall(
        r"^(?:local)?rule (\w+):\n(?:    .*\n)*?    output: ([^,\n]+)",
        plan,
        flags=re.MULTILINE,
    )
    return {(rule, by_names(path).removeprefix("results/")) for rule, path in jobs}


def as_in_table(jobs):
    counts = Counter(starmap(job_name, jobs))
    named = [
        f"{counts[name]} × {name}" if counts[name] > 1 else name
        for name in sorted(counts, key=lambda name: name.replace("`", ""))
    ]
    return ", ".join(named) or "none"


def job_name(rule, path):
    """A rule as the table names it; of figures also which figure."""
    figure = Path(path).stem.partition("-")[0]
    return f"`{rule}` {figure}" if rule == "draw_figure" else f"`{rule}`"


def check(project, change, expected, *arguments):
    assert planned(project, *arguments) == expected
    assert f"| {change} | {as_in_table(expected)} |\n" in TABLE


@pytest.mark.parametrize("change", CONFIG_CHANGES)
def test_a_change_of_the_config(copy, change):
    values, expected = CONFIG_CHANGES[change]
    config = copy.config
    for path, value in values.items():
        *sections, key = path.split("/")
        node = config
        for section in sections:
            node = node.setdefault(section, {})
        node[key] = value
    copy.config = config
    check(copy, change, expected)


def replace(project, file, old, new):
    path = project.folder / "src" / "mishear" / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


CODE_CHANGES = {
    "a comment or a docstring": (
        ("evaluation/inputs.py", '"""Attack recordings in batches.', '"""Attack.'),
        set(),
    ),
    "a function that training alone uses": (
        (
            "training/trainer.py",
            "state.optimiser.zero_grad()",
            "state.optimiser.zero_grad(set_to_none=True)",
        ),
        VICTIMS,
    ),
    "a function that galleries and checks use": (
        (
            "evaluation/recordings.py",
            "np.array(order[:recordings])",
            "np.array(order)[:recordings]",
        ),
        galleries("fgsm", "pgd", "cw") | CHECKS,
    ),
    "a function that the verdicts of checks alone use": (
        (
            "evaluation/checks/verdicts.py",
            "if p < SIGNIFICANCE and",
            "if p <= SIGNIFICANCE and",
        ),
        VERDICTS,
    ),
    "a function that the page alone uses": (
        (
            "report/numbers.py",
            'return Cell("", "nan")',
            'return Cell(text="", value="nan")',
        ),
        PAGE,
    ),
    "a function that no job uses": (
        ("preflight/checks.py", "if not found.warnings:", "if not any(found.warnings):"),
        set(),
    ),
    "a module that only keeps jobs going": (
        ("runtime/memory.py", "* 1024 // _MEGABYTE", "* 2**10 // _MEGABYTE"),
        set(),
    ),
}


@pytest.mark.parametrize("change", CODE_CHANGES)
def test_a_change_of_the_code(copy, change):
    replacement, expected = CODE_CHANGES[change]
    replace(copy, *replacement)
    check(copy, change, expected)


def test_a_change_of_the_pages_code(copy):
    template = copy.folder / "src" / "mishear" / "report" / "templates" / "report.html.j2"
    template.write_text(template.read_text() + "<!-- changed -->\n")
    check(copy, "the page's template", PAGE)


def test_other_cores(copy):
    assert "Nothing to be done" in copy.run(cores=1)
    check(copy, "`--cores`", set())


def test_every_file_touched(copy):
    """In an order that makes inputs newer than outputs; arrays are too large to be compared."""
    files = sorted(path for path in copy.folder.rglob("*") if ".snakemake" not in path.parts)
    for path in reversed(files):
        path.touch()
    check(copy, "every file touched", set(), "--max-checksum-file-size", "100000")


def test_a_fresh_checkout(copy):
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q"], ["add", *PARTS], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *arguments], cwd=copy.folder, check=True)
    for part in PARTS:
        path = copy.folder / part
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    subprocess.run([*git, "checkout", "-q", "--", "."], cwd=copy.folder, check=True)
    check(copy, "a fresh checkout of the repository", set())


def test_deleted_files(copy):
    copy.file(f"results/{FEATURES}/clean/shard0-of-2.npy").unlink()
    copy.file(f"results/evaluations/{VICTIM}/none/fgsm/eps1.csv").unlink()
    check(copy, "an intermediate file deleted", set())
    copy.file(f"results/{FIGURES}/accuracy.svg").unlink()
    check(copy, "a figure deleted", ACCURACY | PAGE)


def test_every_row_of_the_table_is_tested():
    rows = re.findall(r"^\| ([^|]+?) \| [^|]+ \|$", TABLE, flags=re.MULTILINE)
    tested = {*CONFIG_CHANGES, *CODE_CHANGES}
    tested |= {"the page's template", "`--cores`", "every file touched"}
    tested |= {"a fresh checkout of the repository", "an intermediate file deleted"}
    tested |= {"a figure deleted", "change"}
    assert set(rows) == tested
