"""The config's schema: every key with its type, default, unit and meaning.

``load`` turns the mapping that Snakemake read into a checked :class:`Config`. The JSON schema in
``workflow/schemas`` and the tables in ``config/README.md`` are generated from these classes
(``python -m mishear.config.docs``), and a test keeps them equal.
"""

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mishear.core.errors import UserError

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
"""Names become folders, so they are restricted to what is safe in a path."""


USUAL_COLOUR_MAPS = ("cividis", "gray", "inferno", "magma", "plasma", "viridis")
"""Known without importing Matplotlib, which takes its time."""


def canonical_number(value: float) -> float:
    """Round to six significant digits, so that a number and its name in a path are the same."""
    return float(f"{value:g}")


def _no_repeats(values: list) -> list:
    repeated = {value for value in values if values.count(value) > 1}
    if repeated:
        raise ValueError(f"given more than once: {', '.join(map(str, sorted(repeated)))}")
    return values


def _whole_expression(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if "label" not in groups:
        raise ValueError("needs a group named 'label', such as (?P<label>[0-9])")
    return pattern


def _labels_as_text(labels: Any) -> Any:
    return [str(label) for label in labels] if isinstance(labels, list) else labels


def _class_as_text(name: Any) -> Any:
    if isinstance(name, bool):
        raise ValueError("YAML reads this word as true or false; put it in quotes")
    return str(name) if isinstance(name, int) else name


def _colour_map(name: str) -> str:
    if name in USUAL_COLOUR_MAPS:
        return name
    from matplotlib import colormaps

    if name not in colormaps:
        raise ValueError(f"no colour map of Matplotlib{_suggestion(name, colormaps)}")
    return name


Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Names = Annotated[list[Name], Field(min_length=1), AfterValidator(_no_repeats)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Share = Annotated[float, Field(ge=0, le=1), AfterValidator(canonical_number)]
Rates = Annotated[
    list[Annotated[float, Field(gt=0, le=1), AfterValidator(canonical_number)]],
    Field(min_length=1),
    AfterValidator(_no_repeats),
]
Amplitudes = Annotated[
    list[Annotated[float, Field(gt=0, allow_inf_nan=False), AfterValidator(canonical_number)]],
    Field(min_length=1),
    AfterValidator(_no_repeats),
]
Epsilons = Annotated[
    list[Annotated[float, AfterValidator(canonical_number)]],
    Field(min_length=1),
    AfterValidator(_no_repeats),
]
Kinds = Annotated[
    list[Literal["transfer", "adaptive"]], Field(min_length=1), AfterValidator(_no_repeats)
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Labels = Annotated[
    list[Name], Field(min_length=2), BeforeValidator(_labels_as_text), AfterValidator(_no_repeats)
]
Pattern = Annotated[str, AfterValidator(_whole_expression)]
ClassName = Annotated[str, Field(min_length=1), BeforeValidator(_class_as_text)]


class Section(BaseModel):
    """A mapping of the config in which only the keys listed are allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Study(Section):
    """What one run is made of: names defined in the other sections."""

    name: Name = Field(description="Folder of the study's report under `results/reports`.")
    corpora: Names = Field(description="Corpora to use.")
    front_ends: Names = Field(description="Front ends to use.")
    networks: Names = Field(description="Networks to use.")
    recipes: Names = Field(description="Recipes the victims are trained with.")
    defences: Names = Field(
        default=["none"], description="Defences put before the victim; `none` is always there."
    )
    attacks: Annotated[list[Name], AfterValidator(_no_repeats)] = Field(
        description="Attacks every victim of an unpoisoned recipe is put to; may be empty."
    )
    evaluation: Kinds = Field(
        default=["transfer", "adaptive"],
        description="How victims with a defence, in front of them or in their training, are "
        "attacked: `transfer` with what was made on the reference victim (the study's first "
        "recipe without poison, no defence), `adaptive` through the defence.",
    )
    seeds: Annotated[list[Seed], Field(min_length=1), AfterValidator(_no_repeats)] = Field(
        default=[0], description="Seeds; one victim is trained for each."
    )
    save_examples: bool = Field(
        default=False,
        description="Keep every adversarial input, compressed, beside its results (`.npz`).",
    )


class CorpusSection(Section):
    """Keys that every source has."""

    shards: PositiveInt = Field(
        default=2,
        description="Parts in which waveforms and spectrograms are made, each a job of its own.",
    )
    max_rejected_share: Share = Field(
        default=0.05,
        description="Largest share of unusable recordings with which the run goes on.",
    )


class EspeakCorpus(CorpusSection):
    """Synthesised digits, made offline by eSpeak NG."""

    source: Literal["espeak"]
    speakers: Annotated[int, Field(ge=2, le=94)] = Field(default=60, description="Speakers.")
    repetitions: Annotated[int, Field(ge=1, le=50)] = Field(
        default=5, description="Recordings of each digit by each speaker."
    )
    seed: Seed = Field(default=0, description="Seed of voices and variations.")


class ArchiveCorpus(CorpusSection):
    """Keys of the sources that are unpacked from an archive."""

    archive: str | None = Field(
        default=None,
        description="Another URL, a local `.zip`/`.tar.gz` or a directory, instead of the public "
        "download.",
    )
    sha256: Sha256 | None = Field(
        default=None, description="Hash the archive must have; unset: its content is checked."
    )
    max_unpacked_gigabytes: Annotated[float, Field(gt=0)] = Field(
        default=8, description="Limit beyond which an archive is refused."
    )


class FsddCorpus(ArchiveCorpus):
    """The Free Spoken Digit Dataset, release v1.0.10: 3,000 recordings, 8 kHz."""

    source: Literal["fsdd"]


class AudioMnistCorpus(ArchiveCorpus):
    """AudioMNIST at a pinned commit: 30,000 recordings, 48 kHz."""

    source: Literal["audiomnist"]
    shards: PositiveInt = Field(
        default=16,
        description="Parts in which waveforms and spectrograms are made, each a job of its own.",
    )


class FolderCorpus(CorpusSection):
    """Your own recordings: wav, flac or ogg files in a directory or an archive."""

    source: Literal["folder"]
    path: str = Field(description="Directory, `.zip`/`.tar.gz`, or URL of an archive.")
    pattern: Pattern = Field(
        description="Regular expression searched in each path; its group `label` is the class, "
        "its group `speaker` (optional) the speaker."
    )
    classes: Labels | None = Field(
        default=None, description="The classes; unset: all labels that are found."
    )
    sha256: Sha256 | None = Field(default=None, description="Hash the archive must have.")
    max_unpacked_gigabytes: Annotated[float, Field(gt=0)] = Field(
        default=8, description="Limit beyond which an archive is refused."
    )


Corpus = Annotated[
    EspeakCorpus | FsddCorpus | AudioMnistCorpus | FolderCorpus, Field(discriminator="source")
]


class FrontEnd(Section):
    """Waveform to network input: a mel-spectrogram in decibels."""

    sample_rate: PositiveInt = Field(
        default=48000, description="Hz; recordings at other rates are resampled."
    )
    seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        default=1.0, description="Length every recording is brought to: zeros added, or cut."
    )
    leading_zeros: Share = Field(
        default=1.0,
        description="Largest share of the added zeros that is put in front; the share is drawn "
        "per recording.",
    )
    max_shift: Share = Field(
        default=0.2,
        description="Largest shift, as a share of the length, drawn per recording; never cuts "
        "speech off.",
    )
    n_fft: Annotated[int, Field(ge=16)] = Field(default=2034, description="Samples.")
    hop_length: PositiveInt | None = Field(
        default=None, description="Samples; unset: `n_fft // 2`."
    )
    n_mels: PositiveInt = Field(default=64, description="Mel filters.")
    top_db: Annotated[float, Field(gt=0)] = Field(
        default=80.0, description="dB below each recording's loudest point that are kept."
    )
    seed: Seed = Field(default=0, description="Seed of the zeros in front and the shift.")


class Network(Section):
    """An architecture."""

    class_: str = Field(
        alias="class",
        description="`PaperCNN`, or the dotted path of your own `torch.nn.Module`, which is "
        "called with `classes` (their number) and `params`.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")


class Split(Section):
    """How recordings are divided; no recording is ever in two splits."""

    by: Literal["random", "speaker"] = Field(
        default="random",
        description="`random`: stratified by class; `speaker`: no speaker is in two splits.",
    )
    train: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.8, description="Share.")
    validation: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.12, description="Share.")
    test: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.08, description="Share.")
    seed: Seed = Field(default=0, description="Seed of the division.")

    @model_validator(mode="after")
    def _sums_to_one(self) -> "Split":
        total = self.train + self.validation + self.test
        if not math.isclose(total, 1, abs_tol=1e-6):
            raise ValueError(f"train + validation + test is {total:g}, must be 1")
        return self


class Poison(Section):
    """Poisoning of the training recordings; one victim is trained for each step of its sweep."""

    class_: str = Field(
        alias="class",
        description="Class of `mishear.poisoning.poisons` (`UniformNoise`, `RandomLabelFlip`, "
        "`TargetedLabelFlip`, `Backdoor`, `CleanLabelBackdoor`), or the dotted path of your own "
        "that derives from `mishear.poisoning.poisons.Poison`.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")
    amplitude: Amplitudes | None = Field(
        default=None,
        description="Of a poison that changes the waveform: its sizes, fractions of full scale "
        "(0.0316 is -30 dB). Unset: it changes labels alone.",
    )
    rate: Rates = Field(
        description="Poisoning rates: fractions of the training recordings that may be poisoned "
        "(of a `Backdoor`: of all training recordings)."
    )
    target: ClassName | None = Field(
        default=None, description="Of a poison that aims at a class: this class."
    )
    sources: Annotated[list[ClassName], Field(min_length=1), AfterValidator(_no_repeats)] | None = (
        Field(
            default=None,
            description="Of a `TargetedLabelFlip`: the classes whose labels are changed; unset: "
            "all but the target.",
        )
    )
    seed: Seed = Field(default=0, description="Seed of all that is drawn per recording.")
    detectors: Annotated[list[Name], AfterValidator(_no_repeats)] = Field(
        default=[],
        description="Detectors that look for the poisoned recordings; for each the network is "
        "trained once more on what it kept.",
    )

    @model_validator(mode="after")
    def _sources_have_a_target(self) -> "Poison":
        if self.sources and self.target is None:
            raise ValueError("sources need a target")
        if self.target is not None and self.target in (self.sources or []):
            raise ValueError(f"the target '{self.target}' is among the sources")
        return self

    @property
    def amplitudes(self) -> list[float | None]:
        """The amplitudes of the sweep; None where the waveform is left as it is."""
        return list(self.amplitude or [None])


class Detector(Section):
    """A named detector of poisoned training recordings."""

    class_: str = Field(
        alias="class",
        description="Class of `mishear.poisoning.detectors`, or the dotted path of your own with "
        "the same interface.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")


class Adversarial(Section):
    """Adversarial training; one victim is trained for each eps."""

    method: Literal["pgd", "trades"] = Field(
        default="pgd",
        description="`pgd`: cross entropy on the worst input found (Madry et al. 2018); `trades`: "
        "cross entropy on the recording plus `beta` times the KL divergence to the worst input "
        "(Zhang et al. 2019).",
    )
    library: Literal["mishear", "art"] = Field(
        default="mishear",
        description="Who trains; `art`: IBM's Adversarial Robustness Toolbox, `pgd` only, slower "
        "and without a schedule, to compare with.",
    )
    eps: Amplitudes = Field(description="Sizes of the perturbation (dB).")
    norm: Literal["linf"] = Field(default="linf", description="In which eps is measured.")
    steps: PositiveInt = Field(default=5, description="Gradient steps to each worst input.")
    rel_stepsize: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(
        default=0.25, description="Size of a step, as a share of eps."
    )
    random_start: bool = Field(
        default=True, description="Start anywhere within eps instead of at the recording."
    )
    beta: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        default=None, description="Of `trades`, which needs it: weight of the KL divergence."
    )
    warm_up: Share = Field(
        default=0.0, description="Share of the training in which eps grows from 0 to its size."
    )

    @model_validator(mode="after")
    def _fits_method(self) -> "Adversarial":
        if self.library == "art" and (self.method != "pgd" or self.warm_up):
            raise ValueError("library: art knows method: pgd only, and no warm_up")
        if self.method == "trades" and self.beta is None:
            raise ValueError("method: trades needs a beta, such as 6")
        if self.method == "pgd" and self.beta is not None:
            raise ValueError("method: pgd has no beta; remove it, or set method: trades")
        if self.method == "trades" and not self.random_start:
            raise ValueError(
                "method: trades needs random_start: true; at the recording itself its gradient "
                "is zero"
            )
        return self


class Noise(Section):
    """Noise in training, drawn anew for every batch; one victim is trained for each sigma."""

    sigma: Amplitudes = Field(
        description="Standard deviations of the Gaussian noise on the spectrogram (dB)."
    )


class Recipe(Section):
    """How a network is trained."""

    epochs: PositiveInt = Field(default=5, description="Passes over the training split.")
    batch_size: PositiveInt = Field(default=16, description="Recordings.")
    learning_rate: Annotated[float, Field(gt=0)] = Field(
        default=0.001, description="Of Adam; with a schedule the highest."
    )
    schedule: Literal["constant", "one-cycle", "cosine"] = Field(
        default="constant",
        description="How the learning rate changes from step to step; `one-cycle` rises for the "
        "first 30 % of the training, then falls to nearly 0, `cosine` only falls.",
    )
    adversarial: Adversarial | None = Field(
        default=None, description="Adversarial training; unset: none."
    )
    noise: Noise | None = Field(default=None, description="Noise in training; unset: none.")
    poison: Poison | None = Field(
        default=None, description="Poisoning of the training recordings; unset: none."
    )
    attacks: Annotated[list[Name], AfterValidator(_no_repeats)] | None = Field(
        default=None,
        description="Attacks on the victims of this recipe; unset: the study's, or none for a "
        "poisoned recipe, which is measured on clean and on poisoned test recordings.",
    )
    defences: Annotated[list[Name], Field(min_length=1), AfterValidator(_no_repeats)] | None = (
        Field(
            default=None,
            description="Defences put before the victims of this recipe; unset: the study's.",
        )
    )

    @model_validator(mode="after")
    def _sweeps_poison_alone(self) -> "Recipe":
        sizes = [self.adversarial.eps if self.adversarial else []]
        sizes.append(self.noise.sigma if self.noise else [])
        if self.poison and max(map(len, sizes)) > 1:
            raise ValueError(
                "a poisoned recipe has one adversarial.eps and one noise.sigma; define a recipe "
                "for each"
            )
        return self


class Attack(Section):
    """A named attack."""

    class_: str = Field(
        alias="class",
        description="Class of `foolbox.attacks`, or a dotted path: of one of "
        "`mishear.attacks.autoattack` (`LinfAPGD`, `LinfAPGDTargeted`, `LinfFAB`, "
        "`LinfSquare`, `LinfAutoAttack`), `mishear.attacks.hopskipjump.HopSkipJump`, or of your "
        "own with Foolbox's interface.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")
    domain: Literal["spectrogram", "waveform"] = Field(
        default="spectrogram",
        description="What is perturbed: `spectrogram`, the network's input in dB; `waveform`, the "
        "sound before the front end, where the recording speaks.",
    )
    budget: Literal["eps", "snr"] = Field(
        default="eps",
        description="What limits the perturbation: `eps`, its size in the attack's norm; `snr`, "
        "for `domain: waveform`, the signal-to-noise ratio, which gives each recording an eps of "
        "its own.",
    )
    eps: Epsilons = Field(
        default=[math.inf],
        validate_default=True,
        description="Sizes of the perturbation in the attack's norm: dB, for `domain: waveform` "
        "fractions of full scale, with `budget: snr` the lowest ratios in dB. Unset: no limit, for "
        "attacks that look for the smallest perturbation.",
    )
    targets: Literal["untargeted", "least-likely", "random", "every"] = Field(
        default="untargeted",
        description="What the attack aims at, and with it what counts as a success. `untargeted`: "
        "any wrong class. `least-likely` (of the clean recording) or `random`: this class, and no "
        "other is a success; it is in the column `target` of the results. `every`: each wrong "
        "class in turn, the likeliest first, until the recording is misheard; any wrong class is "
        "a success. `accuracy` is always the share heard right.",
    )
    restarts: PositiveInt = Field(
        default=1,
        description="Independent attempts, each with a random start of its own; a recording is "
        "attacked until one succeeds.",
    )
    batch_size: PositiveInt | None = Field(
        default=None,
        description="Recordings attacked at once; unset: `evaluation.batch_size`.",
    )
    shards: PositiveInt = Field(
        default=1,
        description="Jobs among which the batches of each evaluation are divided; the results are "
        "those of one job.",
    )

    @field_validator("budget")
    @classmethod
    def _fits_domain(cls, budget: str, info: ValidationInfo) -> str:
        if budget == "snr" and info.data.get("domain") == "spectrogram":
            raise ValueError("it is for domain: waveform; a spectrogram has no noise of its own")
        return budget

    @field_validator("eps")
    @classmethod
    def _fits_budget(cls, eps: list[float], info: ValidationInfo) -> list[float]:
        ratios = info.data.get("budget") == "snr"
        if not ratios and min(eps) <= 0:
            raise ValueError("every eps must be above 0")
        if ratios and not all(map(math.isfinite, eps)):
            raise ValueError("with budget: snr it is a list of ratios in dB, such as [40, 20]")
        return eps


class Certificate(Section):
    """How certified radii are measured (Cohen et al. 2019)."""

    selection: PositiveInt = Field(
        default=100, description="Draws of the noise by which the class is chosen."
    )
    samples: PositiveInt = Field(
        default=1000, description="Draws by which its share is bounded from below."
    )
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(
        default=0.999, description="Confidence level of each recording's radius."
    )


class Defence(Section):
    """A named defence: one class, or a chain of other defences."""

    class_: str | None = Field(
        default=None,
        alias="class",
        description="Class of `mishear.defences`, or the dotted path of your own that derives "
        "from `mishear.defences.base.Defence`.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")
    chain: Names | None = Field(
        default=None, description="Other defences, in the order they are applied, not a `class`."
    )
    evaluation: Kinds | None = Field(
        default=None, description="How it is attacked; unset: as the study says."
    )
    certificate: Certificate | None = Field(
        default=None,
        description="Certify the radius within which no change is misheard; for a chain that "
        "begins with `RandomisedSmoothing`.",
    )

    @model_validator(mode="after")
    def _class_or_chain(self) -> "Defence":
        if (self.class_ is None) == (self.chain is None):
            raise ValueError("needs either 'class' or 'chain'")
        if self.chain and self.params:
            raise ValueError("'params' belong to a 'class', not to a 'chain'")
        return self


class Gallery(Section):
    """The recordings drawn in the report: clean, adversarial, difference."""

    recordings: PositiveInt | Annotated[list[str], Field(min_length=1)] = Field(
        default=3,
        description="How many test recordings, or their names as in `index.csv`.",
    )
    eps: Annotated[float, Field(gt=0), AfterValidator(canonical_number)] = Field(
        default=0.5, description="Size of the perturbation (dB) for attacks with an eps."
    )


class Report(Section):
    """What the report shows."""

    gallery: Gallery = Gallery()
    paper_reference: bool = Field(
        default=True, description="Draw the paper's figures beside this run's."
    )
    other_libraries: bool = Field(
        default=False,
        description="Try what ART and advertorch offer on the reference victim, and judge what the "
        "paper says of them. Installs both into a folder of their own (about 100 MB).",
    )
    colour_map: Annotated[str, AfterValidator(_colour_map)] = Field(
        default="magma", description="Matplotlib colour map of spectrograms."
    )


class Recogniser(Section):
    """A named speech recogniser, which knows nothing of the victim."""

    class_: str = Field(
        alias="class",
        description="`Pocketsphinx`, or the dotted path of your own that derives from "
        "`mishear.listening.recognisers.Recogniser`.",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")


class Inversion(Section):
    """Adversarial spectrograms turned back to sound."""

    attacks: Annotated[list[Name], AfterValidator(_no_repeats)] = Field(
        default=[],
        description="Attacks on the spectrogram whose spectrograms are inverted, at every eps.",
    )
    iterations: PositiveInt = Field(default=32, description="Of Griffin-Lim.")


class ListeningPage(Section):
    """The recordings that can be played in the report."""

    recordings: PositiveInt | Annotated[list[str], Field(min_length=1)] = Field(
        default=3,
        description="How many test recordings, or their names as in `index.csv`; one of the word "
        '"one" is always there.',
    )
    eps: PositiveInt = Field(
        default=4, description="At how many eps of each attack; evenly spread over its list."
    )


class Listening(Section):
    """What is heard of poisoned and adversarial recordings, by ear and by recognisers."""

    recognisers: Annotated[list[Name], AfterValidator(_no_repeats)] = Field(
        default=["pocketsphinx"], description="Recognisers that transcribe every sound."
    )
    inversion: Inversion = Inversion()
    page: ListeningPage = ListeningPage()


class EvaluationSettings(Section):
    """How victims are evaluated."""

    batch_size: PositiveInt = Field(
        default=240, description="Recordings attacked at once; bounds a job's memory."
    )


class Checks(Section):
    """Sanity checks of attacks and defences, shown in every report."""

    recordings: PositiveInt = Field(
        default=60, description="Test recordings on which attacks are checked."
    )
    eps: Annotated[float, Field(gt=0), AfterValidator(canonical_number)] = Field(
        default=0.5, description="Size of the perturbation (dB) at which attacks are compared."
    )
    attacks: Annotated[list[Name], AfterValidator(_no_repeats)] | None = Field(
        default=None, description="Attacks that are checked; unset: all that a victim is put to."
    )
    more: Annotated[int, Field(ge=2)] = Field(
        default=2, description="Factor on the steps of an attack that must change little."
    )
    noise_draws: PositiveInt = Field(
        default=20, description="Draws of the random noise that an attack is compared with."
    )
    queries: PositiveInt = Field(
        default=500, description="Queries of the black-box attack that an attack is compared with."
    )


class Config(Section):
    """The whole config."""

    study: Study
    corpora: dict[Name, Corpus]
    front_ends: dict[Name, FrontEnd]
    networks: dict[Name, Network]
    split: Split = Split()
    recipes: dict[Name, Recipe]
    attacks: dict[Name, Attack]
    detectors: dict[Name, Detector] = {}
    defences: dict[Name, Defence] = {}
    recognisers: dict[Name, Recogniser] = {}
    listening: Listening | None = Field(
        default=None,
        description="Whether poisoned and adversarial recordings are listened to; unset: not.",
    )
    evaluation: EvaluationSettings = EvaluationSettings()
    checks: Checks = Checks()
    report: Report = Report()
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="`auto`: a CUDA GPU where there is one, else the CPU; the `device` column of "
        "`summary.csv` says which was used.",
    )
    jobs_per_gpu: PositiveInt = Field(
        default=1, description="Jobs of this machine that may share one GPU."
    )


NO_DEFENCE = "none"
"""Name of the defence that is always there."""

TAGS = {"source"}
"""Keys whose value says which class a section is of."""

CHOSEN_BY_STUDY = ("corpora", "front_ends", "networks", "recipes", "attacks", "defences")
"""Lists of ``study``, each choosing names from the section of the same name."""


def load(raw: Mapping[str, Any]) -> Config:
    """Check a config and fill in its defaults.

    Parameters
    ----------
    raw
        The merged mapping as Snakemake read it. Numbers given as text, as those from the command
        line are, become numbers.

    Returns
    -------
    Config

    Raises
    ------
    UserError
        Listing every mistake with its key, its value and what is allowed.
    """
    try:
        config = Config.model_validate(dict(raw))
    except ValidationError as error:
        problems = [_describe(problem, raw) for problem in error.errors()]
    else:
        problems = [*_undefined_names(config), *_clashes(config)]
        if not problems:
            return config
    listing = "\n".join(f"  - {problem}" for problem in problems)
    raise UserError(f"The config has {len(problems)} mistake(s):\n{listing}")


def _undefined_names(config: Config) -> Iterable[str]:
    for section in CHOSEN_BY_STUDY:
        for name in getattr(config.study, section):
            yield from _unless_defined(config, f"study.{section}", name, section)
    for recipe_name, recipe in config.recipes.items():
        for section in ("attacks", "defences"):
            for name in getattr(recipe, section) or []:
                yield from _unless_defined(
                    config, f"recipes.{recipe_name}.{section}", name, section
                )
        for name in recipe.poison.detectors if recipe.poison else []:
            where = f"recipes.{recipe_name}.poison.detectors"
            yield from _unless_defined(config, where, name, "detectors")
    for name in config.checks.attacks or []:
        yield from _unless_defined(config, "checks.attacks", name, "attacks")
    if config.listening is not None:
        for name in config.listening.recognisers:
            yield from _unless_defined(config, "listening.recognisers", name, "recognisers")
        for name in config.listening.inversion.attacks:
            yield from _unless_defined(config, "listening.inversion.attacks", name, "attacks")
    for defence_name, defence in config.defences.items():
        for name in defence.chain or []:
            where = f"defences.{defence_name}.chain"
            if name not in config.defences:
                yield _undefined(where, name, "defences", config.defences)
            elif config.defences[name].chain:
                yield f"{where}: '{name}' is a chain itself. List its members here instead."


def _unless_defined(config: Config, where: str, name: str, section: str) -> Iterable[str]:
    defined = list(getattr(config, section)) + ([NO_DEFENCE] if section == "defences" else [])
    if name not in defined:
        yield _undefined(where, name, section, defined)


def _undefined(where: str, name: str, section: str, defined: Iterable[str]) -> str:
    return (
        f"{where}: '{name}' is not defined under '{section}'{_suggestion(name, defined)}. "
        f"Defined: {', '.join(defined) or 'none'}."
    )


def _clashes(config: Config) -> Iterable[str]:
    for name, recipe in config.recipes.items():
        by_art = recipe.adversarial is not None and recipe.adversarial.library == "art"
        if by_art and (recipe.poison or recipe.noise or recipe.schedule != "constant"):
            yield (
                f"recipes.{name}.adversarial.library: art knows no poison, no noise and no "
                f"schedule. Remove them, or set library: mishear."
            )
    inverted = config.listening.inversion.attacks if config.listening else []
    for name in inverted:
        if name in config.attacks and config.attacks[name].domain == "waveform":
            yield (
                f"listening.inversion.attacks: '{name}' changes the waveform, so there is nothing "
                f"to invert. Name attacks with domain: spectrogram."
            )
    if NO_DEFENCE in config.defences:
        yield f"defences.{NO_DEFENCE}: this name stands for no defence. Rename yours."
    for name, recipe in config.recipes.items():
        if recipe.poison and name in config.attacks:
            yield (
                f"recipes.{name}: a poisoned recipe and an attack have the same name, so their "
                f"results would be the same files. Rename one of them."
            )


def _suggestion(word: str, allowed: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(word), list(allowed), n=1)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _describe(problem: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """One mistake found by pydantic as a sentence with its key and value."""
    keys = _keys_in_config(problem["loc"], raw)
    where = ".".join(map(str, keys)) or "config"
    value = problem["input"]
    match problem["type"]:
        case "extra_forbidden":
            allowed = _allowed_keys(keys[:-1], raw)
            return (
                f"{where}: unknown key{_suggestion(keys[-1], allowed)}. "
                f"Allowed here: {', '.join(allowed)}."
            )
        case "missing":
            return f"{where}: this key is needed but not there."
        case "string_pattern_mismatch" if problem["ctx"]["pattern"] == NAME_PATTERN:
            return f"{where}: {value!r} is no name; use letters, digits, '_', '.' and '-'."
        case "union_tag_invalid":
            key, tags = problem["ctx"]["discriminator"].strip("'"), problem["ctx"]["expected_tags"]
            return f"{where}.{key}: {problem['ctx']['tag']!r} is not allowed. Allowed: {tags}."
        case "union_tag_not_found":
            key = problem["ctx"]["discriminator"].strip("'")
            return f"{where}.{key}: this key is needed but not there."
        case _:
            message = problem["msg"].removeprefix("Value error, ")
            return f"{where}: {value!r} is not allowed: {message[0].lower()}{message[1:]}."


def _keys_in_config(location: tuple, raw: Any) -> list:
    """Drop from pydantic's location what is no key of the config (tags of unions)."""
    keys: list = []
    node = raw
    for position, item in enumerate(location):
        last = position == len(location) - 1
        if isinstance(node, Mapping) and (item in node or (last and isinstance(item, str))):
            if item != "[key]":
                keys.append(item)
            node = node.get(item)
        elif isinstance(node, list) and isinstance(item, int):
            keys.append(item)
            node = node[item]
    return keys


def _allowed_keys(keys: list, raw: Mapping[str, Any]) -> list[str]:
    """The keys that the section at ``keys`` may have."""
    node: Any = raw
    annotation: Any = Config
    for key in keys:
        node = node[key]
        if isinstance(annotation, type) and issubclass(annotation, Section):
            annotation = next(
                field.annotation
                for name, field in annotation.model_fields.items()
                if key in (name, field.alias)
            )
        else:
            annotation = get_args(annotation)[-1]
    section = _section(annotation, node)
    return [field.alias or name for name, field in section.model_fields.items()]


def _section(annotation: Any, node: Mapping[str, Any]) -> type[Section]:
    """The section class of an annotation; among several, the one for the node's tag."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    classes = [
        _section(part, node)
        for part in get_args(annotation)
        if part is not type(None)
        and (get_args(part) or isinstance(part, type) and issubclass(part, Section))
    ]
    for candidate in classes:
        for key in TAGS & candidate.model_fields.keys():
            if node.get(key) in get_args(candidate.model_fields[key].annotation):
                return candidate
    return classes[0]
