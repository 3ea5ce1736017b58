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

from mishear.study import plan
from mishear.preflight.checks import check_writable, checked_settings
from mishear.corpora.listing import listing_digest
from mishear.study.origins import inspection, origin
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.study import figures as catalogue
from mishear.study import selections
from mishear.study.figure_types import Large
from mishear.study.report_plan import played_inputs, played_versions, report_inputs, reported_study
from mishear.runtime.fingerprint import fingerprint
from mishear.libraries.packages import REQUIREMENTS, read_requirements

try:
    check_writable(Path("results"))
    settings = checked_settings(config, cache=Path(".snakemake") / "mishear")
    origins = {name: origin(name, settings.corpora[name]) for name in settings.study.corpora}
except UserError as error:
    raise WorkflowError(str(error)) from None

evaluations = plan.evaluations(settings)
trainings = plan.all_trainings(settings)
certificates = plan.certificates(settings)
checks = plan.checks(settings)
figures = {figure.path: figure for figure in catalogue.figures(settings)}
sounds = {sound.path: sound for sound in plan.sounds(settings)}
reference = plan.reference_training(settings)

VICTIM = "{corpus}/{front_end}/{network}/{recipe}/seed{seed}"
EVALUATION = f"{VICTIM}/{{defence}}/{{attack}}/eps{{eps}}"
CHECK = f"results/checks/{VICTIM}/{{defence}}"
CERTIFICATE = f"{VICTIM}/{{defence}}"
SOUNDS = "results/sounds/{corpus}/{front_end}"
EVALUATION_SHARD = f"{EVALUATION}/shard{{shard}}-of-{{shards}}"
FEATURES = "results/spectrograms/{corpus}/{front_end}"
DETECTION = f"{VICTIM}/{{detector}}"
POISONED = f"{FEATURES}/{{poison}}-amplitude{{amplitude}}"
REPORT = f"results/reports/{settings.study.name}"
FIGURES = f"{REPORT}/figures/{{corpus}}/{{front_end}}/{{network}}"
FIGURE_LOGS = f"logs/report/{settings.study.name}/{{corpus}}/{{front_end}}/{{network}}"


# Jobs that compute with torch ask for one; `device: cpu` in the config asks for none.
GPU = 0 if settings.device == "cpu" else 1


def any_of(names):
    """A pattern that matches these names only."""
    return "|".join(map(re.escape, names)) or "(?!)"


wildcard_constraints:
    corpus=plan.NAME,
    front_end=plan.NAME,
    network=plan.NAME,
    recipe=plan.NAME,
    poison=plan.NAME,
    defence=f"{plan.NAME}(@{plan.NAME})?",
    attack=plan.NAME,
    detector=plan.NAME,
    recogniser=plan.NAME,
    sound=any_of(sounds),
    seed=r"\d+",
    shard=r"\d+",
    shards=r"\d+",
    eps=r"[^/]+",
    amplitude=r"[^/]+",


@functools.cache
def code(script, *classes):
    """A hash of a script with all code it uses, and of classes that the config names."""
    return fingerprint(SCRIPTS / script, [SOURCE, Path.cwd()], classes)


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
        parts = range(shards(wildcards))
        return [pattern.format(**dict(wildcards, shard=shard)) for shard in parts]

    return files


def large_shard_files(pattern):
    """The same for files that are compared by the hashes beside them."""
    files = shard_files(pattern)
    return lambda wildcards: [ancient(file) for file in files(wildcards)]


# Other libraries


def library_packages(wildcards=None):
    """The packages of other libraries, as the input of a job that needs them."""
    made = rules.library_packages.output
    return {"library_packages": ancient(made.packages), "library_packages_listing": made.listing}


def packages_for(*classes):
    """The same, where one of these classes is an adapter to another library."""
    return (
        library_packages() if any(name.startswith("mishear.libraries.") for name in classes) else {}
    )


# Training


def network(wildcards):
    return settings.networks[wildcards.network].model_dump(by_alias=True)


def network_class(wildcards):
    return FAMILIES["networks"].path(settings.networks[wildcards.network].class_)


def trained_by(*libraries):
    """A pattern of the trainings that a library makes."""
    return any_of(
        name
        for name, training in trainings.items()
        for adversarial in [settings.recipes[training.recipe].adversarial]
        if (adversarial.library if adversarial else "mishear") in libraries
    )


def recipe(wildcards):
    """What of a recipe a training depends on, besides its inputs."""
    return plan.training_settings(settings, trainings[wildcards.recipe])


def poisoned_spectrograms(wildcards):
    """The poisoned recordings of a recipe whose poison is in the recordings."""
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


def training_poison(wildcards):
    """What of a recipe's poison decides which recordings are poisoned and how they are labelled."""
    training = trainings[wildcards.recipe]
    if training.rate is None:
        return None
    return plan.poison_definition(settings, training.recipe, training.amplitude, training.rate)


def training_poison_classes(wildcards):
    """The class of that poison, if there is one."""
    recipe = trainings[wildcards.recipe].recipe
    return [poison_class(recipe)] if settings.recipes[recipe].poison else []


def detection(wildcards):
    """What a detector says of the recordings, for a training on what it kept."""
    training = trainings[wildcards.recipe]
    if training.detector is None:
        return {}
    names = dict(wildcards, recipe=training.sibling, detector=training.detector)
    return {"detection": rules.detect.output.detection.format(**names)}


# Evaluation


def attack_definition(name):
    """What of an attack its results depend on, besides eps."""
    keys = {"class_", "params", "restarts", "targets"}
    return settings.attacks[name].model_dump(by_alias=True, include=keys)


def attack(wildcards):
    return attack_definition(wildcards.attack)


def attack_with_budget(wildcards):
    """The same for an attack on the waveform, with what limits it."""
    return {**attack(wildcards), "budget": settings.attacks[wildcards.attack].budget}


def attack_class(wildcards):
    return FAMILIES["attacks"].path(settings.attacks[wildcards.attack].class_)


def defence(wildcards):
    """Class and parameters of each defence of a chain, in order."""
    return defence_chain(wildcards.defence.partition("@")[0])


@functools.cache
def defence_chain(name):
    return [
        settings.defences[part].model_dump(by_alias=True, include={"class_", "params"})
        for part in plan.chain(settings, name)
    ]


def defence_classes(wildcards):
    return [FAMILIES["defences"].path(part["class"]) for part in defence(wildcards)]


def defence_packages(wildcards):
    return packages_for(*defence_classes(wildcards))


def source_victim(wildcards):
    """The victim on which a transfer attack is made, if it is another."""
    source = wildcards.defence.partition("@")[2]
    if not source:
        return {}
    names = dict(wildcards, recipe=source)
    return {
        "source": ancient(rules.train.output.victim.format(**names)),
        "source_digest": rules.train.output.digest.format(**names),
    }


def certificate(wildcards):
    return settings.defences[wildcards.defence].certificate.model_dump()


def certificate_files():
    return [f"results/certificates/{found['path']}.csv" for found in certificates]


def batch_size(wildcards):
    return settings.attacks[wildcards.attack].batch_size or settings.evaluation.batch_size


def attack_shards(wildcards):
    return settings.attacks[wildcards.attack].shards


def attacks_in(domain, sharded=None):
    """A pattern of the attacks in a domain, all or those divided among several jobs, or not."""
    return any_of(
        name
        for name, attack in settings.attacks.items()
        if attack.domain == domain and sharded in (None, attack.shards > 1)
    )


def shards_of_evaluation(wildcards):
    """The files of all shards of an evaluation on spectrograms, by their kind."""
    results = f"results/evaluations/{EVALUATION_SHARD}"
    return in_shards(wildcards, results=f"{results}.csv", **kept_examples(f"{results}.npz"))


def shards_of_waveform_evaluation(wildcards):
    """The same on waveforms."""
    return in_shards(
        wildcards,
        results=f"results/evaluations/{EVALUATION_SHARD}.csv",
        sounds=f"results/sounds/{EVALUATION_SHARD}.flac",
    )


def in_shards(wildcards, **patterns):
    """The files of all shards of an evaluation."""
    shards = attack_shards(wildcards)
    return {
        kind: expand(pattern, **wildcards, shard=range(shards), shards=shards)
        for kind, pattern in patterns.items()
    }


# The classes of what attacks are compared with, which are not in the config.
BASELINES = [
    "foolbox.attacks.LinfFastGradientAttack",
    "foolbox.attacks.LinfRepeatedAdditiveUniformNoiseAttack",
    "mishear.attacks.autoattack.LinfSquare",
]


def checking(*keys):
    """What of the config's checks a job depends on."""
    return settings.checks.model_dump(include=set(keys))


def check_files(checks):
    return [f"results/checks/{check.path}.csv" for check in checks]


def on_spectrograms(evaluation):
    """Whether an evaluation is of an attack on the spectrogram."""
    attack = settings.attacks.get(evaluation.attack)
    return attack is not None and attack.domain == "spectrogram"


# The evaluations that checks look at: those of the checked victims with an eps.
checked_victims = {check.victim for check in checks}
checked_evaluations = [
    evaluation
    for evaluation in evaluations
    if evaluation.victim in checked_victims and on_spectrograms(evaluation)
]


# Those on the waveform: of the first seed's victims without poison, made on themselves.
checked_on_waveforms = [
    evaluation
    for evaluation in evaluations
    if evaluation.attack in settings.attacks
    and settings.attacks[evaluation.attack].domain == "waveform"
    and evaluation.victim.seed == settings.study.seeds[0]
    and trainings[evaluation.victim.recipe].rate is None
    and evaluation.source is None
]


# Each of their attacks, with more iterations at every eps.
waveform_checks = [
    plan.Check(*place)
    for place in dict.fromkeys(
        (found.victim, found.defence, found.attack) for found in checked_on_waveforms
    )
    if settings.checks.attacks is None or place[2] in settings.checks.attacks
]


def waveform_evaluation_keys():
    """What the checks need to know of each of them."""
    return [
        {
            **asdict(found),
            "budget": settings.attacks[found.attack].budget,
        }
        for found in checked_on_waveforms
    ]


def kept_examples(path):
    """The file of adversarial inputs, where the study keeps them."""
    return {"examples": path} if settings.study.save_examples else {}


def all_kept_examples():
    """The files of adversarial inputs of the whole study, where it keeps them."""
    if not settings.study.save_examples:
        return []
    attacked = filter(on_spectrograms, evaluations)
    return [f"results/evaluations/{evaluation.path}.npz" for evaluation in attacked]


# Poisoning


def poisons():
    """Names of the recipes with a poison."""
    return [name for name, section in settings.recipes.items() if section.poison]


def poison(wildcards):
    """The poison of a poisoned recipe at one amplitude."""
    return plan.poison_definition(settings, wildcards.poison, float(wildcards.amplitude))


def poison_class(recipe):
    return FAMILIES["poisons"].path(settings.recipes[recipe].poison.class_)


def poisoned_test(wildcards):
    """Test recordings as a poison leaves them, where it changes them."""
    if plan.poison_domain(settings, wildcards.attack) == "label":
        return {}
    poisoned = rules.poisoned_spectrograms.output
    names = dict(wildcards, poison=wildcards.attack, amplitude=wildcards.eps)
    return {
        "poisoned": ancient(poisoned.spectrograms.format(**names)),
        "poisoned_bounds": poisoned.bounds.format(**names),
        "distortions": poisoned.distortions.format(**names),
    }


def aim(wildcards):
    """The poison of an evaluation, which says at which class it aims."""
    return plan.poison_definition(settings, wildcards.attack, float(wildcards.eps))


def detector(wildcards):
    return settings.detectors[wildcards.detector].model_dump(by_alias=True)


def detector_packages(wildcards):
    return packages_for(detector_class(wildcards))


def detector_class(wildcards):
    return FAMILIES["detectors"].path(settings.detectors[wildcards.detector].class_)


def all_detections():
    return [
        f"results/detections/{plan.detection_path(*found)}.csv"
        for found in plan.detections(settings)
    ]


def detection_table():
    """The table of the study's detections, where it has any."""
    return [f"{REPORT}/detections.csv"] if plan.detections(settings) else []


# Listening


def sample_rate(wildcards):
    """Hz, of the sound that the front end takes."""
    return settings.front_ends[wildcards.front_end].sample_rate


def samples(wildcards):
    """Samples of a recording as the front end takes it."""
    return round(settings.front_ends[wildcards.front_end].seconds * sample_rate(wildcards))


def inversion_iterations(wildcards):
    return settings.listening.inversion.iterations


def clean_version(wildcards):
    """The sound of the same recordings as they are."""
    sound = sounds[wildcards.sound]
    return rules.clean_sound.output.sound.format(corpus=sound.corpus, front_end=sound.front_end)


def split_of_sound(wildcards):
    return rules.split.output.split.format(corpus=sounds[wildcards.sound].corpus)


def recognisers():
    """Names of the recognisers that listen."""
    return settings.listening.recognisers if settings.listening else []


def heard_files():
    """What each recogniser heard in each sound, sound by sound."""
    return expand(
        "results/ears/{sound}/heard-by-{recogniser}.csv", sound=sounds, recogniser=recognisers()
    )


def inversion_files():
    return [
        f"results/inversions/{plan.inversion_path(found)}.csv"
        for found in plan.inversions(settings)
    ]


def listening_tables():
    """The tables of what is heard, where the study listens."""
    if settings.listening is None:
        return {}
    tables = rules.summarise_listening.output
    return {name: tables[name] for name in ("ears", "inversions", "halves")}


def reference_victim(wildcards):
    """The first seed's victim that stands for the study."""
    seed = settings.study.seeds[0]
    return rules.train.output.victim.format(**setting(wildcards), recipe=reference.name, seed=seed)


def listened_recordings():
    return settings.listening.page.recordings if settings.listening else 0


def listening_pages():
    """The pages on which recordings are played, where the study listens."""
    if settings.listening is None or reference is None:
        return []
    return expand(
        f"{REPORT}/listening/{{setting}}.html",
        setting=["/".join(found.values()) for found in selections.settings_of(settings)],
    )


def recogniser(wildcards):
    return settings.recognisers[wildcards.recogniser].model_dump(by_alias=True)


def recogniser_class(wildcards):
    named = settings.recognisers[wildcards.recogniser].class_
    return FAMILIES["recognisers"].path(named)


# Report


def templates_digest():
    """A hash of what all pages are made from."""
    templates = sorted((SOURCE / "mishear" / "report" / "templates").glob("*.j2"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in templates)).hexdigest()


def studied_attacks():
    """Definitions of all attacks in the study's evaluations."""
    used = sorted({evaluation.attack for evaluation in evaluations} & set(settings.attacks))
    return {name: attack_definition(name) for name in used}


def studied_defences():
    """The chain of every defence in the study's evaluations."""
    used = dict.fromkeys(evaluation.defence for evaluation in evaluations)
    return {name: defence_chain(name) for name in used}


def ordered_attacks(domain="spectrogram"):
    """Definitions of the study's attacks in a domain, in its order, which gives them colours."""
    order = dict.fromkeys(evaluation.attack for evaluation in evaluations)
    found = studied_attacks()
    return {
        name: found[name]
        for name in order
        if name in found and settings.attacks[name].domain == domain
    }


def setting(wildcards):
    return {key: wildcards[key] for key in ("corpus", "front_end", "network")}


def results_of(found):
    return [f"results/evaluations/{evaluation.path}.csv" for evaluation in found]


def figure(wildcards):
    """The figure that a job draws."""
    place = "/".join([*setting(wildcards).values(), wildcards.figure])
    return figures[f"figures/{place}.svg"]


def drawing_inputs(wildcards):
    """What a figure is drawn from, by its keys."""
    found = catalogue.drawing_inputs(settings, figure(wildcards))
    return {
        key: ancient(str(path)) if isinstance(path, Large) else path for key, path in found.items()
    }


def all_figures():
    return [f"{REPORT}/{path}" for path in figures]
