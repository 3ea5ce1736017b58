"""Section `networks`: architectures, and models that are trained already."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mishear.config.base import ClassName, Location, Section, Sha256, UniqueNames, no_repeats
from mishear.core.plugins import HUGGING_FACE

NEED_WEIGHTS = ("sha256", "labels", "trust")
NEED_SCORES = ("files", "timeout")
NOT_WITH_SCORES = ("weights", "sha256", "trust")


def _labels_as_text(labels: Any) -> Any:
    return list(labels) if isinstance(labels, list | tuple) else labels


OutputLabels = Annotated[
    list[ClassName],
    Field(min_length=2),
    BeforeValidator(_labels_as_text),
    AfterValidator(no_repeats),
]


class Network(Section):
    """A network architecture, or a model that you have trained already."""

    class_: str | None = Field(
        default=None,
        alias="class",
        description="`PaperCNN`, `M5`, `Res8` or `BCResNet` (see `docs/networks.md`); "
        "`HuggingFace` for a folder in Hugging Face's format; or the dotted path of your own "
        "`torch.nn.Module`. Its constructor is called with `params` and with `classes`, the number "
        "of classes; that of a trained model need not accept `classes`. Not needed for a file that "
        "contains its own code (see `trust`).",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")
    weights: Location | None = Field(
        default=None,
        description="File with the weights of a trained model, which Mishear does not train: "
        "safetensors, or a state dict saved with `torch.save`. With the class `HuggingFace`, a "
        "folder with `config.json`, `preprocessor_config.json` and safetensors (see "
        "`docs/own-model.md`).",
    )
    sha256: Sha256 | None = Field(
        default=None,
        description="SHA-256 hash that the file must have; unset: not checked. For a folder, see "
        "`docs/own-model.md`.",
    )
    labels: OutputLabels | None = Field(
        default=None,
        description="Labels of the trained model's outputs, in their order; needed with `weights`, "
        "`scores_only` and `command`. With the class `HuggingFace`, unset: `id2label` of the "
        "folder's `config.json`.",
    )
    trust: bool = Field(
        default=False,
        description="Load a file that runs code of its own (TorchScript, `torch.export`, a "
        "pickled module). Only for files from people you trust.",
    )

    scores_only: bool = Field(
        default=False,
        description="The class is not a `torch.nn.Module` but has a method `scores(waveforms, "
        "sample_rate)`, from and to NumPy arrays. Only attacks without gradients are run on it "
        "(see `docs/own-model.md`).",
    )
    command: Annotated[list[ClassName], Field(min_length=1)] | None = Field(
        default=None,
        description="Program of a model that gives only scores, instead of `class`: it reads "
        "paths of wav files and writes scores, a line each (see `docs/own-model.md`). A list of "
        "the program and its arguments; no shell is involved.",
    )
    files: Annotated[list[Location], AfterValidator(no_repeats)] = Field(
        default=[],
        description="Files that the results of such a class or program depend on. Words of "
        "`command` that are paths of files are added to them.",
    )
    timeout: Annotated[float, Field(gt=0, le=86_400)] = Field(
        default=60.0,
        description="Seconds that the program may take for one answer, its start included.",
    )
    attacks: UniqueNames | None = Field(
        default=None,
        description="Attacks on the network's victims that are not poisoned; unset: "
        "`study.attacks`. Those of a recipe come before.",
    )

    @model_validator(mode="after")
    def _fits_scores(self) -> "Network":
        if not self.is_scores_only:
            given = [key for key in NEED_SCORES if key in self.model_fields_set]
            if given:
                raise ValueError(
                    f"{given[0]} is for a model that gives only scores; add scores_only: true or "
                    f"a command"
                )
            return self
        if given := [key for key in NOT_WITH_SCORES if getattr(self, key)]:
            raise ValueError(
                f"{given[0]} is for networks that Mishear loads; name the files of a model that "
                f"gives only scores in files"
            )
        if (self.class_ is None) == (self.command is None):
            raise ValueError("a model that gives only scores needs either class or command")
        if self.command is not None and self.params:
            raise ValueError("params belong to a class; put arguments of a program into command")
        if self.labels is None:
            raise ValueError(
                "a model that gives only scores needs the key labels, in the order of its scores"
            )
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> "Network":
        if self.is_scores_only:
            return self
        if self.weights is None:
            if given := [key for key in NEED_WEIGHTS if getattr(self, key)]:
                raise ValueError(f"{given[0]} is for a trained model; give its file as weights")
            if self.class_ is None:
                raise ValueError("needs the key class")
            if self.class_ == HUGGING_FACE:
                raise ValueError(f"{HUGGING_FACE} needs the key weights, the folder of the model")
            return self
        if self.is_folder:
            if given := [key for key in ("params", "trust") if getattr(self, key)]:
                raise ValueError(
                    f"{given[0]} has no meaning with the class {HUGGING_FACE}: the model is built "
                    f"as the folder's config.json says, and no code in the folder is run"
                )
            return self
        if self.labels is None:
            raise ValueError(
                "weights needs the key labels, the labels of the model's outputs in their order"
            )
        if self.class_ is None and not self.trust:
            raise ValueError(
                f"weights needs the key class: the file holds numbers only. For a folder in "
                f"Hugging Face's format it is {HUGGING_FACE}"
            )
        return self

    @property
    def is_trained(self) -> bool:
        """Whether the network came trained, so that no recipe trains it."""
        return self.weights is not None or self.is_scores_only

    @property
    def is_folder(self) -> bool:
        """Whether the network is a folder in Hugging Face's format."""
        return self.weights is not None and self.class_ == HUGGING_FACE

    @property
    def is_scores_only(self) -> bool:
        """Whether the model gives scores alone, without a gradient."""
        return self.scores_only or self.command is not None
