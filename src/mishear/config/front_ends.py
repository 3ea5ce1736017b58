"""Section `front_ends`: from waveforms to inputs of a network."""

from typing import Annotated

from pydantic import Field

from mishear.config.base import ClassSection, Seed, Share


class FrontEnd(ClassSection):
    """Recording to input of a network: a waveform of one length, then a differentiable module."""

    class_: str = Field(
        default="MelSpectrogram",
        alias="class",
        description="`MelSpectrogram`, `MFCC`, `Spectrogram` or `Waveform`, or the dotted path of "
        "your own `torch.nn.Module`, which is called with `sample_rate` and `params`.",
    )
    sample_rate: Annotated[int, Field(gt=0, le=768_000)] = Field(
        default=48000, description="Hz; recordings at other rates are resampled."
    )
    seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        default=1.0, description="Length every recording is brought to: zeros added, or cut."
    )
    leading_zeros: Share = Field(
        default=1.0,
        description="Largest fraction of the added zeros put in front; the fraction is drawn "
        "for each recording, from its content.",
    )
    max_shift: Share = Field(
        default=0.2,
        description="Largest shift, as a fraction of the length, drawn per recording; never cuts "
        "speech off.",
    )
    seed: Seed = Field(default=0, description="Seed of the zeros in front and the shift.")
