"""Tiny random models of each supported family in Hugging Face's format, without a download."""

from pathlib import Path

import torch
import transformers

LABELS = ["left", "right", "stop"]
RATE = 16000

_TRANSFORMER = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
_SPEECH = _TRANSFORMER | {
    "conv_dim": (8, 8),
    "conv_kernel": (10, 8),
    "conv_stride": (8, 8),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 2,
    "classifier_proj_size": 8,
}
_IMAGE = _TRANSFORMER | {"max_length": 64, "num_mel_bins": 16}
_SPEECH_EXTRACTOR = "Wav2Vec2FeatureExtractor"

FAMILIES = {
    "wav2vec2": ("Wav2Vec2Config", _SPEECH, _SPEECH_EXTRACTOR, {}),
    "hubert": ("HubertConfig", _SPEECH, _SPEECH_EXTRACTOR, {}),
    "wavlm": ("WavLMConfig", _SPEECH, _SPEECH_EXTRACTOR, {}),
    "audio-spectrogram-transformer": (
        "ASTConfig",
        _IMAGE,
        "ASTFeatureExtractor",
        {"max_length": 64, "num_mel_bins": 16},
    ),
}


def tiny_model(family, labels=LABELS, **changes):
    """A random model of a family, and the feature extractor of transformers for it."""
    config_class, settings, extractor_class, extracted = FAMILIES[family]
    config = getattr(transformers, config_class)(
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
        **(settings | changes),
    )
    torch.manual_seed(0)
    model = transformers.AutoModelForAudioClassification.from_config(config)
    # As they are drawn, weights are so small that the scores hardly depend on the input.
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.mul_(5)
    return model.eval(), getattr(transformers, extractor_class)(**extracted)


def write_folder(folder: Path, family, labels=LABELS, **changes):
    """Write such a model as its users do, and return it."""
    model, extractor = tiny_model(family, labels, **changes)
    model.save_pretrained(folder)
    extractor.save_pretrained(folder)
    return model, extractor
