"""Check front ends before the first job: what they make of two waveforms, and what fits them."""

import torch
from torch import nn

from mishear.config.config import Config
from mishear.config.front_ends import FrontEnd
from mishear.core.errors import UserError
from mishear.core.plugins import FAMILIES
from mishear.features.front_ends.building import build_front_end, can_be_inverted, unit_of
from mishear.study.classes import is_library
from mishear.study.evaluations import victims


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
    if name not in {victim.front_end for victim in victims(config)}:
        return
    inverts = config.listening is not None and config.listening.inversion.attacks
    found = FAMILIES["front_ends"].find(section.class_, where)
    if inverts and not can_be_inverted(found):
        raise UserError(
            f"{where}: {class_name} has no method 'inverse', so adversarial inputs cannot be "
            f"played. Add one, or set listening.inversion.attacks: []."
        )


def check_defence_fits(config: Config, name: str, front_end: str) -> None:
    """Check that a defence takes what a front end of the study gives.

    Adapters to other libraries are left out: their packages need not be installed here.

    Parameters
    ----------
    config
        The config.
    name
        Of a defence with a class.
    front_end
        Of the front end.

    Raises
    ------
    UserError
        If the defence cannot be built, fails, or returns another shape.
    """
    where, section = f"defences.{name}", config.defences[name]
    definition = config.front_ends[front_end]
    if is_library(section.class_):
        return
    with torch.inference_mode():
        built = build_front_end(definition.model_dump(by_alias=True), f"front_ends.{front_end}")
        features = built(_waveforms(definition))
        bounds = (float(features.min()), float(features.max()))
        defence = FAMILIES["defences"].build(section, where, bounds=bounds)
        given = f"Front end '{front_end}' gives inputs of shape {tuple(features.shape)}."
        try:
            returned = defence(features)
        except Exception as error:
            raise UserError(f"{where}: {section.class_} fails: {error} {given}") from error
    if returned.shape != features.shape:
        shape = tuple(returned.shape)
        raise UserError(
            f"{where}: {section.class_} must keep the shape, not return {shape}. {given}"
        )


def check_detector_fits(config: Config, name: str, front_end: str) -> None:
    """Check that a detector can compute in the unit of a front end of the study.

    Raises
    ------
    UserError
        If its class needs another unit.
    """
    where = f"detectors.{name}"
    needs = getattr(FAMILIES["detectors"].find(config.detectors[name].class_, where), "unit", None)
    definition = config.front_ends[front_end].model_dump(by_alias=True)
    unit = unit_of(build_front_end(definition, f"front_ends.{front_end}"))
    if needs is not None and unit != needs:
        raise UserError(
            f"{where}: {config.detectors[name].class_} needs inputs in {needs}, and those of front "
            f"end '{front_end}' are in {unit or 'no known unit'}. Remove it from the detectors of "
            f"the poisons."
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
        return (
            "gives a recording other values alone than in a batch. Treat each recording by itself."
        )
    if not features.requires_grad:
        return "passes no gradient to the waveform. Compute with torch, without detach or numpy."
    (gradient,) = torch.autograd.grad(features.sum(), leaf)
    if not gradient.isfinite().all():
        return "has a gradient that is not finite for a recording padded with silence."
    return None
