"""Section `front_ends`: from waveforms to inputs of a network."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from mishear.config.base import ClassSection, Seed, Share

MOST_SAMPLES = 6_000_000
"""Samples of a waveform: with more, a front end cannot be checked in seconds."""


class FrontEnd(ClassSection):
    """From recordings to network inputs: waveforms of one length, then a differentiable module."""

    class_: str = Field(
        default="MelSpectrogram",
        alias="class",
        description="`MelSpectrogram`, `MFCC`, `Spectrogram` or `Waveform` (see "
        "`docs/front-ends.md`), or the dotted path of your own `torch.nn.Module`. Its "
        "constructor is called with `sample_rate` and `params`.",
    )
    params: dict[str, Any] = Field(
        default={},
        description="Keyword arguments of the class; see `docs/front-ends.md` for their ranges.",
    )
    sample_rate: Annotated[int, Field(gt=0, le=768_000)] = Field(
        default=48000, description="Hz; recordings at other rates are resampled."
    )
    seconds: Annotated[float, Field(gt=0, le=60)] = Field(
        default=1.0,
        description="Length of every waveform. Shorter recordings are padded with "
        "zeros, longer ones are cut at their end. `seconds` times `sample_rate` is at most "
        "6,000,000 samples.",
    )
    leading_zeros: Share = Field(
        default=1.0,
        description="Largest fraction of the added zeros that is put in front of the recording. "
        "The fraction is drawn for each recording, from its content. 0: all zeros are at the "
        "end.",
    )
    max_shift: Share = Field(
        default=0.2,
        description="Largest shift, as a fraction of `seconds`, in either direction. It is drawn "
        "for each recording and cuts nothing off. 0: no shift.",
    )
    seed: Seed = Field(default=0, description="Seed of the zeros in front and the shift.")

    @model_validator(mode="after")
    def _has_samples(self) -> "FrontEnd":
        samples = round(self.seconds * self.sample_rate)
        if not 1 <= samples <= MOST_SAMPLES:
            raise ValueError(
                f"seconds times sample_rate is {samples:,} samples; it must be from 1 to "
                f"{MOST_SAMPLES:,}"
            )
        return self

    @property
    def is_in_decibels(self) -> bool:
        """Whether a class of Mishear gives levels in dB; of others, the config does not tell."""
        is_level = self.class_.rpartition(".")[2] in ("MelSpectrogram", "Spectrogram")
        own = "." in self.class_ and not self.class_.startswith("mishear.")
        in_decibels = self.params.get("scale", "dB") == "dB" and self.params.get("std") is None
        return is_level and not own and in_decibels
