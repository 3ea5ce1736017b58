"""Check front ends before the first job: their classes, and what they make of two waveforms."""

import torch
from torch import nn

from mishear.config.config import Config
from mishear.config.front_ends import FrontEnd
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.features.front_ends.building import build_front_end, can_be_inverted


def check_front_end(config: Config, name: str) -> None:
    """Check a front end by building it and giving it noise, once padded with silence.

    Parameters
    ----------
    config
        The config.
    name
        Of the front end.

    Raises
    ------
    UserError
        If its class cannot be found or built, it maps the waveforms to what no network and no
        attack can use, or the study inverts its features and it has no inverse.
    """
    where, section = f"front_ends.{name}", config.front_ends[name]
    front_end = build_front_end(section.model_dump(by_alias=True), where)
    class_name = type(front_end).__name__
    if mistake := _mistake(front_end, _waveforms(section)):
        raise UserError(f"{where}: {class_name} {mistake}")
    inverts = config.listening is not None and config.listening.inversion.attacks
    found = FAMILIES["front_ends"].find(section.class_, where)
    if inverts and name in config.study.front_ends and not can_be_inverted(found):
        raise UserError(
            f"{where}: {class_name} has no method 'inverse', so adversarial inputs cannot be "
            f"played. Add one, or set listening.inversion.attacks: []."
        )


def _waveforms(section: FrontEnd) -> torch.Tensor:
    """Make noise, shape (2, 1, samples); the second half of one recording is silent."""
    samples = round(section.seconds * section.sample_rate)
    noise = torch.randn(2, 1, samples, generator=torch.Generator().manual_seed(0)) / 10
    noise[1, :, samples // 2 :] = 0
    return noise


def _mistake(front_end: nn.Module, waveforms: torch.Tensor) -> str | None:
    """Return what is wrong with a front end; None for nothing."""
    shape = tuple(waveforms.shape)
    leaf = waveforms.clone().requires_grad_()
    try:
        features = front_end(leaf)
        alone = front_end(waveforms[:1])
    except Exception as error:
        return f"fails on waveforms of shape {shape}: {error}"
    if not isinstance(features, torch.Tensor) or features.dtype != torch.float32:
        return f"must return a tensor of float32, not {getattr(features, 'dtype', type(features))}."
    if features.ndim < 3 or features.shape[:2] != (2, 1):
        return (
            f"maps waveforms of shape {shape} to {tuple(features.shape)}; the first two dimensions "
            f"must stay, as in (recordings, 1, bands, frames)."
        )
    if not features.isfinite().all():
        return "gives values that are not finite for a recording padded with silence."
    if not torch.allclose(features[:1], alone, rtol=1e-3, atol=1e-3):
        return "gives other values for a recording alone than among others. Leave batches apart."
    if not features.requires_grad:
        return "passes no gradient to the waveform. Compute with torch, without detach or numpy."
    (gradient,) = torch.autograd.grad(features.sum(), leaf)
    if not gradient.isfinite().all():
        return "has a gradient that is not finite for a recording padded with silence."
    return None
