"""Attack or train a victim with another library: ``run_library.py LIBRARY IN.npz OUT.npz``.

The parameters are those of our attack; each function says them in its library's words.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from mishear.features.front_ends.building import build_front_end
from mishear.features.waveforms import active_speech
from mishear.libraries.packages import import_library
from mishear.training.building import build_network, load_victim

TRANSLATED = {
    "fgsm": set(),
    "pgd": {"steps", "abs_stepsize", "rel_stepsize", "random_start"},
    "apgd": {"steps", "loss"},
    "cw": {
        "steps",
        "binary_search_steps",
        "stepsize",
        "initial_const",
        "confidence",
        "abort_early",
    },
    "adversaries": {"steps", "rel_stepsize"},
    "divergent": {"steps", "rel_stepsize", "seed"},
    "training_step": {"steps", "rel_stepsize", "learning_rate", "seed"},
    "certify": {"sigma", "selection", "samples", "confidence", "seed"},
}
"""The parameters, our attacks' or a recipe's, of which something is made here."""


@dataclass(frozen=True)
class Task:
    """What to attack, and how; ``eps`` and ``bounds`` in the unit of the inputs."""

    network: dict[str, Any]
    victim: nn.Module
    inputs: torch.Tensor
    labels: torch.Tensor
    classes: int
    bounds: tuple[float, float]
    params: dict[str, Any]
    eps: float

    @property
    def step(self) -> float:
        """Step size of PGD."""
        return self.params.get("abs_stepsize") or self.params["rel_stepsize"] * self.eps


class OnWaveforms(nn.Module):
    """A victim of waveforms, (recordings, 1, samples), whose silence around speech stays silent."""

    def __init__(self, victim: nn.Module, front_end: dict[str, Any], clean: torch.Tensor):
        super().__init__()
        self.victim, self.front_end = victim, build_front_end(front_end)
        self.speaks = torch.zeros_like(clean, dtype=torch.bool)
        for row, (waveform,) in enumerate(clean.numpy()):
            self.speaks[row, :, active_speech(waveform)] = True

    def forward(self, waveforms: torch.Tensor) -> torch.Tensor:
        return self.victim(self.front_end(torch.where(self.speaks, waveforms, 0)))


class UnitRange(nn.Module):
    """A victim of inputs in [0, 1], for a library that knows no other range."""

    def __init__(self, task: Task):
        super().__init__()
        self.victim = task.victim
        self.low, self.high = task.bounds
        self.span = self.high - self.low

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        return self.victim(self.to_own_range(inputs))

    def to_own_range(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs * self.span + self.low

    def to_unit_range(self, inputs: torch.Tensor) -> torch.Tensor:
        return ((inputs - self.low) / self.span).clamp(0, 1)


def torchattacks_fgsm(task: Task) -> torch.Tensor:
    import torchattacks

    model = UnitRange(task)
    attack = torchattacks.FGSM(model, eps=task.eps / model.span)
    return model.to_own_range(attack(model.to_unit_range(task.inputs), task.labels))


def torchattacks_pgd(task: Task) -> torch.Tensor:
    import torchattacks

    model = UnitRange(task)
    attack = torchattacks.PGD(
        model,
        eps=task.eps / model.span,
        alpha=task.step / model.span,
        steps=task.params["steps"],
        random_start=task.params["random_start"],
    )
    return model.to_own_range(attack(model.to_unit_range(task.inputs), task.labels))


def torchattacks_divergent(task: Task) -> torch.Tensor:
    """The inputs that TRADES trains on; they start at a little noise of the range's size."""
    import torchattacks

    model = UnitRange(task)
    attack = torchattacks.TPGD(
        model, eps=task.eps / model.span, alpha=task.step / model.span, steps=task.params["steps"]
    )
    torch.manual_seed(task.params["seed"])
    return model.to_own_range(attack(model.to_unit_range(task.inputs)))


def art_adversaries(task: Task) -> torch.Tensor:
    """The inputs that ART's adversarial training trains on."""
    return _art_answer(_art_trainer(task, task.victim).attack, task)


def art_training_step(task: Task) -> torch.Tensor:
    """All weights of an untrained network after one step of ART's adversarial training."""
    torch.manual_seed(task.params["seed"])
    network = build_network(task.network, task.classes)
    one_hot = nn.functional.one_hot(task.labels, task.classes)
    _art_trainer(task, network).fit(task.inputs.numpy(), one_hot.numpy())
    return torch.cat([weights.flatten() for weights in network.parameters()])


def _art_trainer(task: Task, network: nn.Module):
    from art.defences.trainer import AdversarialTrainerMadryPGD

    return AdversarialTrainerMadryPGD(
        _art_classifier(task, network),
        nb_epochs=1,
        batch_size=len(task.inputs),
        eps=task.eps,
        eps_step=task.step,
        max_iter=task.params["steps"],
        num_random_init=0,
    )


def torchattacks_apgd(task: Task) -> torch.Tensor:
    import torchattacks

    model = UnitRange(task)
    attack = torchattacks.APGD(
        model, eps=task.eps / model.span, steps=task.params["steps"], loss=task.params["loss"]
    )
    return model.to_own_range(attack(model.to_unit_range(task.inputs), task.labels))


def art_fgsm(task: Task) -> torch.Tensor:
    from art.attacks.evasion import FastGradientMethod

    classifier = _art_classifier(task, task.victim)
    attack = FastGradientMethod(classifier, eps=task.eps, batch_size=len(task.inputs))
    return _art_answer(attack, task)


def art_pgd(task: Task) -> torch.Tensor:
    from art.attacks.evasion import ProjectedGradientDescentPyTorch

    attack = ProjectedGradientDescentPyTorch(
        _art_classifier(task, task.victim),
        eps=task.eps,
        eps_step=task.step,
        max_iter=task.params["steps"],
        num_random_init=int(task.params["random_start"]),
        batch_size=len(task.inputs),
        verbose=False,
    )
    return _art_answer(attack, task)


def art_certify(task: Task) -> torch.Tensor:
    """Numbers of the classes, -1 to abstain, and radii (dB); shape (2, recordings)."""
    _supply_proportion_confint()
    from art.estimators.certification.randomized_smoothing import PyTorchRandomizedSmoothing

    np.random.seed(task.params["seed"])
    smoothed = PyTorchRandomizedSmoothing(
        model=task.victim,
        loss=nn.CrossEntropyLoss(),
        input_shape=tuple(task.inputs.shape[1:]),
        nb_classes=task.classes,
        device_type="cpu",
        sample_size=task.params["selection"],
        scale=task.params["sigma"],
        alpha=1 - task.params["confidence"],
    )
    found = smoothed.certify(task.inputs.numpy(), n=task.params["samples"], batch_size=500)
    return torch.from_numpy(np.stack(found))


def _supply_proportion_confint() -> None:
    """The one function that ART takes from statsmodels, which is not there.

    Of its methods only ART's, ``beta``: the interval of Clopper and Pearson.
    """
    from scipy.stats import beta

    def proportion_confint(count, nobs, alpha, method):
        assert method == "beta"
        low = beta.ppf(alpha / 2, count, nobs - count + 1) if count else 0.0
        high = beta.isf(alpha / 2, count + 1, nobs - count) if count < nobs else 1.0
        return low, high

    module = ModuleType("statsmodels.stats.proportion")
    module.proportion_confint = proportion_confint
    for name in ("statsmodels", "statsmodels.stats"):
        sys.modules[name] = ModuleType(name)
    sys.modules[module.__name__] = module


def _art_classifier(task: Task, network: nn.Module):
    from art.estimators.classification import PyTorchClassifier

    rate = task.params.get("learning_rate")
    return PyTorchClassifier(
        model=network,
        loss=nn.CrossEntropyLoss(),
        optimizer=torch.optim.Adam(network.parameters(), lr=rate) if rate else None,
        input_shape=tuple(task.inputs.shape[1:]),
        nb_classes=task.classes,
        clip_values=task.bounds,
        device_type="cpu",
    )


def _art_answer(attack, task: Task) -> torch.Tensor:
    one_hot = nn.functional.one_hot(task.labels, task.classes)
    return torch.from_numpy(attack.generate(task.inputs.numpy(), y=one_hot.numpy()))


def advertorch_fgsm(task: Task) -> torch.Tensor:
    attack = _advertorch().GradientSignAttack(
        task.victim, eps=task.eps, clip_min=task.bounds[0], clip_max=task.bounds[1]
    )
    return attack.perturb(task.inputs, task.labels)


def advertorch_pgd(task: Task) -> torch.Tensor:
    attack = _advertorch().LinfPGDAttack(
        task.victim,
        eps=task.eps,
        eps_iter=task.step,
        nb_iter=task.params["steps"],
        rand_init=task.params["random_start"],
        clip_min=task.bounds[0],
        clip_max=task.bounds[1],
    )
    return attack.perturb(task.inputs, task.labels)


def advertorch_cw(task: Task) -> torch.Tensor:
    attack = _advertorch().CarliniWagnerL2Attack(
        task.victim,
        num_classes=task.classes,
        confidence=task.params["confidence"],
        learning_rate=task.params["stepsize"],
        binary_search_steps=task.params["binary_search_steps"],
        max_iterations=task.params["steps"],
        abort_early=task.params["abort_early"],
        initial_const=task.params["initial_const"],
        clip_min=task.bounds[0],
        clip_max=task.bounds[1],
    )
    return attack.perturb(task.inputs, task.labels)


def _advertorch():
    return import_library("advertorch.attacks")


def main(library: str, source: str, target: str) -> None:
    """Do all jobs of a file; their answers are numbered in the order of the jobs."""
    torch.set_num_threads(1)
    answers = {}
    with np.load(source) as file:
        for number, job in enumerate(json.loads(str(file["jobs"]))):
            run = globals()[f"{library}_{job['attack']}"]
            returned = [run(task).detach().numpy() for task in tasks(file, job)]
            answers[str(number)] = np.stack(returned)
    np.savez(target, **answers)


def tasks(file: Mapping[str, np.ndarray], job: dict[str, Any]) -> Iterator[Task]:
    """A task for each eps, with a victim that no attack has touched before."""
    if unknown := set(job["params"]) - TRANSLATED[job["attack"]]:
        sys.exit(f"run_library.py has no translation of {', '.join(sorted(unknown))}")
    network, classes, _ = json.loads(str(file["victim"]))
    for eps in job["eps"]:
        yield Task(
            network=network,
            victim=_victim(file),
            inputs=torch.from_numpy(file["inputs"]),
            labels=torch.from_numpy(file["labels"]),
            classes=classes,
            bounds=tuple(file["bounds"].tolist()),
            params=job["params"],
            eps=eps,
        )


def _victim(file: Mapping[str, np.ndarray]) -> nn.Module:
    """What takes the file's inputs: spectrograms or, where it has a front end, waveforms."""
    network, classes, weights = json.loads(str(file["victim"]))
    victim = load_victim(
        network, list(map(str, range(classes))), Path(weights), torch.device("cpu")
    )
    front_end = json.loads(str(file["front_end"]))
    if front_end is None:
        return victim
    return OnWaveforms(victim, front_end, torch.from_numpy(file["inputs"])).eval()


if __name__ == "__main__":
    main(*sys.argv[1:])
