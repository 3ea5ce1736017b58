"""The adversarial examples of source models, as their evaluations kept them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from mishear.core.flac import read_sound
from mishear.evaluation.recordings import Recordings, select, select_waveforms
from mishear.evaluation.results import Results, read_examples, read_results
from mishear.evaluation.waveforms import within_full_scale
from mishear.features.split import Division
from mishear.features.waveforms import resampler

Read = Callable[[slice], np.ndarray]
"""Gives the inputs of a part of the recordings, or their waveforms."""


@dataclass(frozen=True)
class Format:
    """How a front end takes recordings: their sample rate in Hz and their length in samples."""

    sample_rate: int
    samples: int


@dataclass(frozen=True)
class Examples:
    """What the evaluation of a source model kept.

    Attributes
    ----------
    keys : mapping
        Source model and eps, as columns of :data:`mishear.core.tables.transfer.TRANSFERRED`.
    results : Results
        Of the test recordings, in order.
    clean, adversarial : callable
        Give the recordings before and after the attack: network inputs, or waveforms of shape
        (recordings, samples).
    format : Format or None
        Of the waveforms; None for network inputs.
    """

    keys: Mapping[str, Any]
    results: Results
    clean: Read
    adversarial: Read
    format: Format | None = None


def carried(waveforms: torch.Tensor, source: Format, target: Format) -> torch.Tensor:
    """Convert waveforms from the format of one front end to that of another.

    They are resampled (``torchaudio.transforms.Resample``, its defaults), and cut or padded with
    zeros at their end. Where the rates are the same, samples stay as they are.

    Parameters
    ----------
    waveforms
        Shape (recordings, samples), placed as the source takes them, on the CPU.
    source, target
        Formats.

    Returns
    -------
    torch.Tensor of shape (recordings, samples of the target)
    """
    resampled = resampler(source.sample_rate, target.sample_rate)(waveforms)
    resampled = resampled[:, : target.samples]
    return functional.pad(resampled, (0, target.samples - resampled.shape[1]))


def network_inputs(
    front_end: nn.Module, own: Format, device: torch.device
) -> Callable[[torch.Tensor, Examples], torch.Tensor]:
    """Return a function that makes a victim's inputs of what some examples consist of.

    Parameters
    ----------
    front_end
        The victim's, on the device.
    own
        Its format.
    device
        Where the inputs are wanted.
    """

    def convert(values: torch.Tensor, examples: Examples) -> torch.Tensor:
        if examples.format is None:
            return values.to(device)
        waveforms = carried(values, examples.format, own)
        return front_end(waveforms.to(device).unsqueeze(1))

    return convert


@dataclass(frozen=True)
class ExampleFiles:
    """The files of a job that judges a victim on examples.

    Attributes
    ----------
    inputs : mapping
        Paths by the keys of :func:`mishear.study.transfer_inputs.transfer`.
    sources : mapping
        See :func:`mishear.study.transfer_inputs.source_keys`.
    formats : mapping
        See :func:`mishear.study.transfer_inputs.formats`.
    on_waveform : bool
        Whether the attack changes the waveform.
    """

    inputs: Mapping[str, str]
    sources: Mapping[str, Mapping[str, Any]]
    formats: Mapping[str, Mapping[str, int]]
    on_waveform: bool

    @classmethod
    def of_job(cls, job: Any) -> "ExampleFiles":
        """Take them from the ``snakemake`` that a script is given."""
        given = job.params
        return cls(dict(job.input.items()), given.sources, given.formats, given.on_waveform)

    def format_of(self, front_end: str) -> Format:
        """Return the format of a front end."""
        return Format(**self.formats[front_end])

    def read(self, division: Division) -> Iterator[Examples]:
        """Yield the examples of every source model, one evaluation at a time."""
        rows = division.rows("test")
        names = division.recordings[rows]
        for path, keys in self.sources.items():
            results = read_results(self.inputs[f"results/{path}"]).of(names)
            if self.on_waveform:
                yield self._sound(path, keys, results, division)
            else:
                recordings = select(Path(self.inputs["spectrograms"]), division, rows)
                adversarial = read_examples(self.inputs[f"examples/{path}"], names)
                yield Examples(keys, results, recordings.inputs, adversarial.__getitem__)

    def _sound(
        self, path: str, keys: Mapping[str, Any], results: Results, division: Division
    ) -> Examples:
        front_end = keys["source_front_end"]
        form, sound = self.format_of(front_end), Path(self.inputs[f"sound/{path}"])
        recordings = self._waveforms(front_end, division)

        def clean(part: slice) -> np.ndarray:
            return within_full_scale(recordings.inputs(part))

        def adversarial(part: slice) -> np.ndarray:
            return read_sound(sound, form.samples, np.arange(part.start, part.stop))

        return Examples(keys, results, clean, adversarial, form)

    def _waveforms(self, front_end: str, division: Division) -> Recordings:
        here = f"waveforms/{front_end}/"
        found = {key: Path(file) for key, file in self.inputs.items() if key.startswith(here)}
        shards = [found[key] for key in sorted(found, key=lambda key: int(key.removeprefix(here)))]
        return select_waveforms(shards, division, division.rows("test"))
