"""Folders of trained models in Hugging Face's format: what they hold, read without running code.

Nothing here imports torch or transformers, so that a study is planned without them.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from mishear.core.errors import UserError
from mishear.runtime.file_hashes import FileHashes

CONFIG, PREPROCESSOR = "config.json", "preprocessor_config.json"
WEIGHTS, WEIGHTS_INDEX = "model.safetensors", "model.safetensors.index.json"
DEFAULT_RATE = 16000
"""Hz; of the library where the preprocessor's file sets none."""

PLACEHOLDER = re.compile(r"LABEL_\d+")
"""What the library calls outputs without a name."""


COUNTS = ("sampling_rate", "num_mel_bins", "max_length")
PREPROCESSOR_KEYS = dict.fromkeys(COUNTS, (int,)) | {
    "do_normalize": (bool,),
    "mean": (int, float),
    "std": (int, float),
}
"""Keys that decide what the extractor computes, with the types of their values."""


class Architecture(NamedTuple):
    """A kind of model that is supported, by the library's names.

    Attributes
    ----------
    model : str
        Its class.
    extractor : str
        The class of its feature extractor.
    attention : str
        How its attention is computed.
    """

    model: str
    extractor: str
    attention: str = "sdpa"


ARCHITECTURES = {
    "wav2vec2": Architecture("Wav2Vec2ForSequenceClassification", "Wav2Vec2FeatureExtractor"),
    "hubert": Architecture("HubertForSequenceClassification", "Wav2Vec2FeatureExtractor"),
    "wavlm": Architecture("WavLMForSequenceClassification", "Wav2Vec2FeatureExtractor", "eager"),
    "audio-spectrogram-transformer": Architecture(
        "ASTForAudioClassification", "ASTFeatureExtractor"
    ),
}
"""By ``model_type`` in ``config.json``."""


@dataclass(frozen=True)
class ModelFolder:
    """A folder as ``save_pretrained`` writes it.

    Attributes
    ----------
    path : Path
        The folder.
    where : str
        Key of the network in the config, for messages.
    """

    path: Path
    where: str

    @cached_property
    def config(self) -> dict[str, Any]:
        """Content of ``config.json``."""
        return self._read(CONFIG, "Give the folder that save_pretrained wrote.")

    @cached_property
    def preprocessor(self) -> dict[str, Any]:
        """Content of ``preprocessor_config.json``."""
        hint = (
            "It states the sampling rate and the normalisation. Save it with the model: "
            f"feature_extractor.save_pretrained('{self.path}')."
        )
        return self._read(PREPROCESSOR, hint)

    @property
    def architecture(self) -> Architecture:
        """The architecture of the model."""
        return ARCHITECTURES[self.config["model_type"]]

    @property
    def sampling_rate(self) -> int:
        """Sampling rate of the recordings that the model takes, in Hz."""
        return self.preprocessor.get("sampling_rate", DEFAULT_RATE)

    @property
    def outputs(self) -> list[str]:
        """Names of the outputs, in their order."""
        names = self.config.get("id2label", {"0": "LABEL_0", "1": "LABEL_1"})
        try:
            found = {int(number): str(name) for number, name in names.items()}
        except (AttributeError, ValueError):
            found = {}
        different = len(set(found.values()))
        if sorted(found) != list(range(len(found))) or different < max(len(found), 2):
            raise self._error(
                f"id2label in {CONFIG} must give each of at least two outputs, numbered from 0, a "
                f"name of its own."
            )
        return [found[number] for number in range(len(found))]

    def files(self) -> list[Path]:
        """Return the files that decide what the model computes.

        Raises
        ------
        UserError
            If one is missing.
        """
        return [self.path / name for name in sorted({CONFIG, PREPROCESSOR, *self._weights()})]

    def labels(self, given: list[str] | None) -> list[str]:
        """Return the labels of the outputs: those of the config, or else those of the folder.

        Parameters
        ----------
        given
            ``networks.<name>.labels``; None if it is unset.

        Raises
        ------
        UserError
            If the folder names the outputs in another order, or does not name them at all.
        """
        outputs = self.outputs
        if given is None:
            if all(PLACEHOLDER.fullmatch(name) for name in outputs):
                raise UserError(
                    f"{self.where}: needs the key labels, because id2label in '{self.path}/"
                    f"{CONFIG}' has placeholders only ({outputs[0]}, ...). List the labels of the "
                    f"outputs in their order."
                )
            return outputs
        if len(given) != len(outputs):
            raise UserError(
                f"{self.where}.labels: there are {len(given)} labels, but the model in "
                f"'{self.path}' has {len(outputs)} outputs: {', '.join(outputs)}."
            )
        for number, (label, output) in enumerate(zip(given, outputs, strict=True)):
            if label != output and label in outputs:
                raise UserError(
                    f"{self.where}.labels: output {number} is '{label}' here and '{output}' in "
                    f"'{self.path}/{CONFIG}'. Remove the key labels, or write them in the order of "
                    f"id2label: {', '.join(outputs)}."
                )
        return given

    def check(self) -> None:
        """Check that the folder is a classifier that can be loaded without running its code.

        Raises
        ------
        UserError
            Saying what is wrong with the folder, and what to do.
        """
        self._check_no_code()
        self._check_architecture()
        self._check_preprocessor()
        self.files()

    def digests(self, hashes: FileHashes) -> dict[str, str]:
        """Return the SHA-256 of each file that decides, by its name.

        Parameters
        ----------
        hashes
            What knows the hashes of files that were read before.
        """
        files = self.files()
        names = [file.name for file in files]
        return dict(zip(names, hashes.of_all(files), strict=True))

    def digest(self, hashes: FileHashes) -> str:
        """Return one hash of the names and contents of the files that decide.

        It is what ``sha256sum FILES | sha256sum`` prints in the folder.
        """
        lines = "".join(f"{found}  {name}\n" for name, found in self.digests(hashes).items())
        return hashlib.sha256(lines.encode()).hexdigest()

    def _check_no_code(self) -> None:
        for name, content in ((CONFIG, self.config), (PREPROCESSOR, self.preprocessor)):
            if "auto_map" in content:
                raise self._error(
                    f"{name} has the key auto_map: the model is made of Python code in its "
                    f"repository, which is never run here. Models of the library's own classes "
                    f"are supported: {', '.join(ARCHITECTURES)}. For another one, write a "
                    f"torch.nn.Module and give its class and its weights (docs/own-model.md)."
                )

    def _check_architecture(self) -> None:
        found = self.config.get("model_type")
        if found not in ARCHITECTURES:
            raise self._error(
                f"model_type in {CONFIG} is {found!r}. Supported are {', '.join(ARCHITECTURES)}. "
                f"For another model, write a torch.nn.Module and give its class and its weights "
                f"(docs/own-model.md)."
            )
        wanted = self.architecture.model
        classes = self.config.get("architectures") or [wanted]
        if wanted not in classes:
            raise self._error(
                f"the model is a {classes[0]} by {CONFIG}, not a classifier of recordings. Give a "
                f"folder with a {wanted} that was trained on the labels."
            )
        if "quantization_config" in self.config:
            raise self._error(
                f"the weights are quantised (quantization_config in {CONFIG}), so gradients are "
                f"not exact. Give the model with weights of float32, float16 or bfloat16."
            )
        if (self.path / "adapter_config.json").exists():
            raise self._error(
                "there is an adapter (adapter_config.json). Merge it into the model where you "
                "trained it, model.merge_and_unload().save_pretrained(...), and give that folder."
            )

    def _check_preprocessor(self) -> None:
        wanted = self.architecture.extractor
        found = self.preprocessor.get("feature_extractor_type", wanted)
        if found != wanted:
            raise self._error(
                f"feature_extractor_type in {PREPROCESSOR} is {found}, but a "
                f"{self.architecture.model} takes what {wanted} computes. Save the feature "
                f"extractor that the model was trained with."
            )
        for key, accepted in PREPROCESSOR_KEYS.items():
            value = self.preprocessor.get(key)
            if value is not None and (type(value) not in accepted or key in COUNTS and value < 1):
                raise self._error(f"{key} in {PREPROCESSOR} cannot be {value!r}.")
        if self.preprocessor.get("feature_size", 1) != 1:
            raise self._error(f"feature_size in {PREPROCESSOR} is not 1, that of one channel.")

    def _weights(self) -> list[str]:
        """Return the names of the files with the weights, and of their index."""
        if (self.path / WEIGHTS).is_file():
            return [WEIGHTS]
        if (self.path / WEIGHTS_INDEX).is_file():
            parts = set(self._read(WEIGHTS_INDEX).get("weight_map", {}).values())
            for part in sorted(parts):
                if Path(part).name != part or not (self.path / part).is_file():
                    raise self._error(f"{WEIGHTS_INDEX} names '{part}', which does not exist.")
            return [WEIGHTS_INDEX, *sorted(parts)]
        if any(self.path.glob("pytorch_model*.bin")):
            raise self._error(
                f"the weights are a pickle (pytorch_model.bin), and loading it may run any code "
                f'that is in it. Convert it where you trust it: python -c "from transformers '
                f"import AutoModelForAudioClassification as Model; "
                f"Model.from_pretrained('{self.path}').save_pretrained('{self.path}')\"."
            )
        raise self._error(f"there is no {WEIGHTS}. Give the folder that save_pretrained wrote.")

    def _read(self, name: str, hint: str = "") -> dict[str, Any]:
        file = self.path / name
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise self._error(f"there is no {name}. {hint}".strip()) from None
        except (OSError, ValueError) as error:
            raise self._error(f"{name} cannot be read: {error}.") from error
        if not isinstance(content, dict):
            raise self._error(f"{name} does not hold a JSON object.")
        return content

    def _error(self, problem: str) -> UserError:
        return UserError(f"{self.where}.weights: '{self.path}': {problem}")
