"""Audio classifiers in Hugging Face's format, read from a folder on this machine."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn
from torch.utils.checkpoint import checkpoint

from mishear.core.errors import UserError
from mishear.runtime.devices import give_back_freed_memory
from mishear.study.model_folders import ModelFolder
from mishear.training.networks.extractors import KaldiFilterBank, build_extractor

log = logging.getLogger(__name__)

LOADING_ERRORS = (SafetensorError, RuntimeError, ValueError, TypeError, KeyError, OSError)
"""What transformers raises for a config or weights that it cannot use."""

SECONDS_AT_ONCE = 4.0
"""Sound that a CPU computes at once; see :class:`HuggingFace`."""


class HuggingFace(nn.Module):
    """A wav2vec 2.0, HuBERT, WavLM or AST classifier behind its feature extractor.

    The victim takes waveforms. Its feature extractor is differentiable and a part of it, see
    :mod:`mishear.training.networks.extractors`. No attention mask is given: all recordings of a
    front end have the same length, and the silence after a short one is a part of the input, for
    clean and for adversarial recordings alike.

    On the CPU, a batch is computed in parts of at most four seconds of sound (with AST, whose input
    has a fixed length, of one recording). With a gradient, the activations of a part are computed
    again in the backward pass (gradient checkpointing). The memory of a job then does not depend on
    the size of its batches.

    Parameters
    ----------
    folder
        Where the model is. Nothing is downloaded, and no code in the folder is run.

    Raises
    ------
    UserError
        If the folder is refused, or its weights do not fit its config.
    """

    def __init__(self, folder: ModelFolder):
        super().__init__()
        folder.check()
        self.sample_rate = folder.sampling_rate
        self.extractor = build_extractor(folder.architecture.extractor, folder.preprocessor)
        self.model = _read_model(folder)
        if isinstance(self.extractor, KaldiFilterBank):
            give_back_freed_memory()

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        """Compute logits, (recordings, classes), from shape (recordings, 1, samples)."""
        if waveforms.dim() != 3 or waveforms.shape[1] != 1:
            raise ValueError(
                "the model takes waveforms of shape (recordings, 1, samples), as the front end "
                "Waveform gives them"
            )
        recordings = waveforms.squeeze(1)
        parts = recordings.split(self._recordings_at_once(recordings))
        if len(parts) == 1:
            return self._scores(recordings)
        if not (torch.is_grad_enabled() and recordings.requires_grad):
            return torch.cat([self._scores(part) for part in parts])
        return torch.cat(
            [
                checkpoint(self._scores, part, use_reentrant=False, preserve_rng_state=False)
                for part in parts
            ]
        )

    def _scores(self, recordings: torch.Tensor) -> torch.Tensor:
        return self.model(self.extractor(recordings)).logits

    def _recordings_at_once(self, recordings: torch.Tensor) -> int:
        if recordings.device.type != "cpu":
            return max(len(recordings), 1)
        if isinstance(self.extractor, KaldiFilterBank):
            return 1
        return max(1, int(SECONDS_AT_ONCE * self.sample_rate / recordings.shape[1]))


def _read_model(folder: ModelFolder) -> nn.Module:
    """Read a model with transformers, in float32 and without looking anywhere but in the folder."""
    transformers = _transformers(folder.where)
    found = getattr(transformers, folder.architecture.model)
    with _quiet(transformers):
        try:
            model, report = found.from_pretrained(
                os.fspath(folder.path.absolute()),
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=torch.float32,
                return_dict=True,
                # A config may name a kernel on the hub, which would be downloaded and run.
                attn_implementation=folder.architecture.attention,
                output_loading_info=True,
            )
        except LOADING_ERRORS as error:
            first = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise UserError(
                f"{folder.where}.weights: '{folder.path}' cannot be loaded: {first.rstrip('.')}. "
                f"Is a file damaged, or was one of them replaced alone?"
            ) from error
    _check_report(report, folder)
    return model


def _check_report(report: Any, folder: ModelFolder) -> None:
    """Check that every parameter of a model was in its file."""
    lacking = sorted(map(_key_of, [*report["missing_keys"], *report["mismatched_keys"]]))
    if lacking:
        more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
        raise UserError(
            f"{folder.where}.weights: '{folder.path}': the weights lack '{lacking[0]}'{more}. Is "
            f"it a pre-trained model that was not yet trained to classify? Give the folder of the "
            f"classifier."
        )
    if unused := sorted(map(_key_of, report["unexpected_keys"])):
        log.warning("%s: the model does not use '%s' of its weights", folder.where, unused[0])


def _key_of(entry: Any) -> str:
    """Return the key of an entry of the report, which may have shapes beside it."""
    return entry if isinstance(entry, str) else str(entry[0])


def _transformers(where: str) -> Any:
    try:
        import transformers
    except ImportError as error:
        raise UserError(
            f"{where}: a folder in Hugging Face's format is read by the package 'transformers', "
            f"which cannot be imported ({str(error).strip().splitlines()[0]}). Install it: "
            f"pip install 'transformers>=5'."
        ) from error
    return transformers


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Silence the library's progress bars and reports; what they say is checked here."""
    logging_of_library = transformers.utils.logging
    level = logging_of_library.get_verbosity()
    bars = logging_of_library.is_progress_bar_enabled()
    logging_of_library.set_verbosity(logging_of_library.CRITICAL)
    logging_of_library.disable_progress_bar()
    try:
        yield
    finally:
        logging_of_library.set_verbosity(level)
        if bars:
            logging_of_library.enable_progress_bar()
