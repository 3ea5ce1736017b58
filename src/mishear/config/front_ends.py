"""Section `front_ends`: from waveforms to inputs of a network."""

from typing import Annotated

from pydantic import Field, PositiveInt

from mishear.config.base import Section, Seed, Share


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
        description="Largest fraction of the added zeros put in front; the fraction is drawn "
        "for each recording, from its content.",
    )
    max_shift: Share = Field(
        default=0.2,
        description="Largest shift, as a fraction of the length, drawn per recording; never cuts "
        "speech off.",
    )
    n_fft: Annotated[int, Field(ge=16)] = Field(default=2034, description="Samples in a frame.")
    hop_length: PositiveInt | None = Field(
        default=None, description="Samples from frame to frame; unset: `n_fft // 2`."
    )
    n_mels: PositiveInt = Field(default=64, description="Mel filters.")
    top_db: Annotated[float, Field(gt=0)] = Field(
        default=80.0, description="dB below each recording's loudest point that are kept."
    )
    seed: Seed = Field(default=0, description="Seed of the zeros in front and the shift.")
