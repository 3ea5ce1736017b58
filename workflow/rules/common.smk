# The checked config, the study's plan, and the functions rules ask for their input and params.
import functools
import hashlib
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path

SOURCE = Path(workflow.basedir) / "src"
SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SOURCE))
# Jobs find the library, and classes in modules beside the user's data, without installing.
search_path = [str(SOURCE), os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])]
os.environ.update(PYTHONPATH=os.pathsep.join(search_path))

from mishear import plan
from mishear.checks import check_writable, checked_settings
from mishear.corpora.index import listing_digest
from mishear.corpora.origin import inspection, origin
from mishear.errors import UserError
from mishear.figures import catalogue
from mishear.fingerprint import fingerprint
from mishear.peer_packages import REQUIREMENTS, read_requirements

try:
    check_writable(Path("results"))
    settings = checked_settings(config, cache=Path(".snakemake") / "mishear")
    origins = {name: origin(name, settings.corpora[name]) for name in settings.study.corpora}
except UserError as error:
    raise WorkflowError(str(error)) from None

evaluations = plan.evaluations(settings)
trainings = plan.all_trainings(settings)

VICTIM = "{corpus}/{front_end}/{network}/{recipe}/seed{seed}"
EVALUATION = f"{VICTIM}/{{defence}}/{{attack}}/eps{{eps}}"
EVALUATION_SHARD = f"{EVALUATION}/shard{{shard}}-of-{{shards}}"
FEATURES = "results/spectrograms/{corpus}/{front_end}"
POISONED = f"{FEATURES}/{{poison}}-amplitude{{amplitude}}"
REPORT = f"results/reports/{settings.study.name}"
FIGURES = f"{REPORT}/figures/{{corpus}}/{{front_end}}/{{network}}"
FIGURE_LOGS = f"logs/report/{settings.study.name}/{{corpus}}/{{front_end}}/{{network}}"


# Jobs that compute with torch ask for one; `device: cpu` in the config asks for none.
GPU = 0 if settings.device == "cpu" else 1


wildcard_constraints:
    corpus=plan.NAME,
    front_end=plan.NAME,
    network=plan.NAME,
    recipe=plan.NAME,
    poison=plan.NAME,
    defence=plan.NAME,
    attack=plan.NAME,
    seed=r"\d+",
    shard=r"\d+",
    shards=r"\d+",
    eps=r"[^/]+",
    amplitude=r"[^/]+",


def any_of(names):
    """A pattern that matches these names only."""
    return "|".join(map(re.escape, names)) or "(?!)"


@functools.cache
def code(script, *classes):
    """A hash of a script with all code it uses, and of classes that the config names."""
    return fingerprint(SCRIPTS / script, [SOURCE, Path.cwd()], classes)


def dotted_path(name, home):
    """Where a class named in the config lies; without a dot, in the module ``home``."""
    return name if "." in name else f"{home}.{name}"


# An input in ancient() is too large to be compared when its times have changed; a hash of it, in a
# file that is another input, stands in for it.

# Corpora


def corpora_of_kind(*kinds):
    """A pattern of the names of all corpora that come in one of these ways."""
    return any_of(name for name, source in origins.items() if source.kind in kinds)


def corpus(wildcards):
    return settings.corpora[wildcards.corpus]


def archive(wildcards):
    """The archive of a corpus: the user's own, or the one that a job downloads."""
    source = origins[wildcards.corpus]
    if source.kind == "archive":
        return {"archive": source.path}
    downloaded = rules.download.output
    return {"archive": ancient(downloaded.archive), "archive_digest": downloaded.digest}


def recordings_folder(wildcards):
    """The folder of a corpus's recordings: the user's own, or the one that a job makes."""
    source = origins[wildcards.corpus]
    if source.kind == "directory":
        return source.path
    return rules.unpack.output.recordings.format(**wildcards)


def made_recordings(wildcards):
    """The folder of recordings as an input, where a job makes it."""
    if origins[wildcards.corpus].kind == "directory":
        return {}
    made = rules.unpack.output
    return {
        "recordings": ancient(made.recordings.format(**wildcards)),
        "recordings_digest": made.digest.format(**wildcards),
    }


def listing(wildcards):
    """A hash of the names and sizes in the user's own folder; None where a job makes it."""
    source = origins[wildcards.corpus]
    return listing_digest(source.path) if source.kind == "directory" else None


def expected_content(wildcards):
    return inspection(corpus(wildcards))


# Features


def placement(wildcards):
    """What of a front end the waveforms depend on."""
    keys = {"sample_rate", "seconds", "leading_zeros", "max_shift", "seed"}
    return settings.front_ends[wildcards.front_end].model_dump(include=keys)


def mel_spectrogram(wildcards):
    """What of a front end the spectrograms depend on besides the waveforms."""
    keys = {"sample_rate", "n_fft", "hop_length", "n_mels", "top_db"}
    return settings.front_ends[wildcards.front_end].model_dump(include=keys)


def shards(wildcards):
    return corpus(wildcards).shards


def shard_files(pattern):
    """A function that gives the files of all shards of a corpus."""

    def files(wildcards):
        return [pattern.format(**wildcards, shard=shard) for shard in range(shards(wildcards))]

    return files


def large_shard_files(pattern):
    """The same for files that are compared by the hashes beside them."""
    files = shard_files(pattern)
    return lambda wildcards: [ancient(file) for file in files(wildcards)]


# Other libraries


def peer_packages(wildcards=None):
    """The packages of other libraries, as the input of a job that needs them."""
    made = rules.peer_packages.output
    return {"peer_packages": ancient(made.packages), "peer_packages_listing": made.listing}


# Training


def network(wildcards):
    return settings.networks[wildcards.network].model_dump(by_alias=True)


def network_class(wildcards):
    return dotted_path(settings.networks[wildcards.network].class_, "mishear.networks")


def recipe(wildcards):
    """What of a recipe a training depends on, besides its inputs."""
    section = settings.recipes[trainings[wildcards.recipe].recipe]
    return section.model_dump(include={"epochs", "batch_size", "learning_rate"})


def poisoned_spectrograms(wildcards):
    """The poisoned recordings of a recipe with a poison."""
    training = trainings[wildcards.recipe]
    if training.amplitude is None:
        return {}
    poisoned = rules.poisoned_spectrograms.output
    amplitude = plan.number_name(training.amplitude)
    names = dict(wildcards, poison=training.recipe, amplitude=amplitude)
    return {
        "poisoned": ancient(poisoned.spectrograms.format(**names)),
        "poisoned_bounds": poisoned.bounds.format(**names),
    }


# Evaluation


def attack(wildcards):
    section = settings.attacks[wildcards.attack]
    return section.model_dump(by_alias=True, include={"class_", "params"})


def attack_class(wildcards):
    return dotted_path(settings.attacks[wildcards.attack].class_, "foolbox.attacks")


def batch_size(wildcards):
    return settings.attacks[wildcards.attack].batch_size or settings.evaluation.batch_size


def attack_shards(wildcards):
    return settings.attacks[wildcards.attack].shards


def attacks_in_shards(wanted):
    """A pattern of the attacks whose evaluations are divided among several jobs, or are not."""
    return any_of(
        name for name, attack in settings.attacks.items() if (attack.shards > 1) == wanted
    )


def shards_of_evaluation(wildcards):
    """The files of all shards of an evaluation, by their kind."""
    shards = attack_shards(wildcards)
    kinds = {"results": "csv", **kept_examples("npz")}
    return {
        kind: expand(
            f"results/evaluations/{EVALUATION_SHARD}.{suffix}",
            **wildcards,
            shard=range(shards),
            shards=shards,
        )
        for kind, suffix in kinds.items()
    }


def kept_examples(path):
    """The file of adversarial inputs, where the study keeps them."""
    return {"examples": path} if settings.study.save_examples else {}


def all_kept_examples():
    """The files of adversarial inputs of the whole study, where it keeps them."""
    if not settings.study.save_examples:
        return []
    attacked = [evaluation for evaluation in evaluations if evaluation.attack in settings.attacks]
    return [f"results/evaluations/{evaluation.path}.npz" for evaluation in attacked]


# Poisoning


def poisons():
    """Names of the recipes with a poison."""
    return [name for name, section in settings.recipes.items() if section.poison]


def poison(wildcards):
    """What of a poisoned recipe the poisoned recordings depend on."""
    section = settings.recipes[wildcards.poison].poison
    return {
        "kind": section.kind,
        "amplitude": float(wildcards.amplitude),
        "seed": section.seed,
    }


# Report

TEMPLATE = SOURCE / "mishear" / "templates" / "report.html.j2"


def studied_attacks():
    """Class and parameters of every attack in the study's evaluations."""
    used = sorted({evaluation.attack for evaluation in evaluations} & set(settings.attacks))
    return {
        name: settings.attacks[name].model_dump(by_alias=True, include={"class_", "params"})
        for name in used
    }


def ordered_attacks():
    """Class and parameters of the study's attacks, in its order, which gives them colours."""
    order = dict.fromkeys(evaluation.attack for evaluation in evaluations)
    found = studied_attacks()
    return {name: found[name] for name in order if name in found}


def setting(wildcards):
    return {key: wildcards[key] for key in ("corpus", "front_end", "network")}


def victim_files(name):
    """A function that gives a file of each victim of a corpus, front end and network."""

    def files(wildcards):
        found = catalogue.victims(settings, setting(wildcards))
        return [f"results/victims/{victim['path']}/{name}" for victim in found]

    return files


def shown_victims(wildcards):
    return catalogue.victims(settings, setting(wildcards))


def results_of(found):
    return [f"results/evaluations/{evaluation.path}.csv" for evaluation in found]


def shown_evaluations(wildcards):
    return catalogue.shown_evaluations(settings, setting(wildcards), wildcards.recipe)


def minimisations(wildcards):
    return catalogue.minimisations(settings, setting(wildcards))


def heard_evaluations(wildcards):
    return catalogue.poisoned_evaluations(settings, setting(wildcards), wildcards.recipe)


def gallery_examples(wildcards):
    path = catalogue.gallery_path(settings, setting(wildcards), wildcards.recipe, wildcards.attack)
    return f"results/galleries/{path}"


def poisoned_versions(wildcards, kind):
    """A file of the spectrograms of a corpus poisoned at each amplitude of a recipe."""
    return [
        rules.poisoned_spectrograms.output[kind].format(
            **setting(wildcards), poison=wildcards.recipe, amplitude=plan.number_name(amplitude)
        )
        for amplitude in settings.recipes[wildcards.recipe].poison.amplitude
    ]


def all_figures():
    return [f"{REPORT}/{figure.path}" for figure in catalogue.figures(settings)]


def reference_accuracies():
    return [
        f"results/victims/{victim.path}/accuracy.json"
        for victim in catalogue.reference_victims(settings)
    ]


def reported_study():
    """What the report says of the study besides its results."""
    return {
        "name": settings.study.name,
        "settings": catalogue.settings_of(settings),
        "reference": catalogue.reference_recipe(settings),
        "seeds": settings.study.seeds,
        "sources": {name: settings.corpora[name].source for name in settings.study.corpora},
        "attacks": ordered_attacks(),
        "gallery_eps": settings.report.gallery.eps,
        "paper_reference": settings.report.paper_reference,
        "split_by": settings.split.by,
        "figures": [
            {**asdict(figure), "path": figure.path} for figure in catalogue.figures(settings)
        ],
    }
