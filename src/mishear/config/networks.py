"""Section `networks`: architectures."""

from pydantic import Field

from mishear.config.base import ClassSection


class Network(ClassSection):
    """A network architecture."""

    class_: str = Field(
        alias="class",
        description="`PaperCNN`, or the dotted path of your own `torch.nn.Module`, which is "
        "called with `classes` (their number) and `params`.",
    )
