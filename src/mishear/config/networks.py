"""Section `networks`: architectures, and models that are trained already."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from mishear.config.base import ClassName, Section, Sha256, no_repeats

NEED_WEIGHTS = ("sha256", "labels", "trust")


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
        description="`PaperCNN`, `M5`, `Res8` or `BCResNet` (see `docs/networks.md`), or the "
        "dotted path of your own `torch.nn.Module`. Its constructor is called with `params` and "
        "with `classes`, the number of classes; that of a trained model need not accept "
        "`classes`. Not needed for a file that contains its own code (see `trust`).",
    )
    params: dict[str, Any] = Field(default={}, description="Keyword arguments of the class.")
    weights: str | None = Field(
        default=None,
        description="File with the weights of a trained model, which Mishear does not train: "
        "safetensors, or a state dict saved with `torch.save` (see `docs/own-model.md`).",
    )
    sha256: Sha256 | None = Field(
        default=None, description="SHA-256 hash that the file must have; unset: not checked."
    )
    labels: OutputLabels | None = Field(
        default=None,
        description="Labels of the trained model's outputs, in their order; needed with `weights`.",
    )
    trust: bool = Field(
        default=False,
        description="Load a file that runs code of its own (TorchScript, `torch.export`, a "
        "pickled module). Only for files from people you trust.",
    )

    @model_validator(mode="after")
    def _fits_together(self) -> "Network":
        if self.weights is None:
            if given := [key for key in NEED_WEIGHTS if getattr(self, key)]:
                raise ValueError(f"{given[0]} is for a trained model; give its file as weights")
            if self.class_ is None:
                raise ValueError("needs the key class")
            return self
        if self.labels is None:
            raise ValueError(
                "weights needs the key labels, the labels of the model's outputs in their order"
            )
        if self.class_ is None and not self.trust:
            raise ValueError("weights needs the key class: the file holds numbers only")
        return self

    @property
    def is_trained(self) -> bool:
        """Whether the network comes with its weights, so that no recipe trains it."""
        return self.weights is not None
