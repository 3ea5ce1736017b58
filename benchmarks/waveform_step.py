"""What one step of PGD on the waveform costs, against the passes it cannot do without.

    PYTHONPATH=src python benchmarks/waveform_step.py

The floor is one forward and one backward pass through the front end and the network, from the
samples to the loss. A step is the difference between two attacks divided by the difference of
their steps, so that what is done once for a batch does not count; the whole attack is given apart.
All are timed in turn, round after round, in CPU seconds of one thread, which on a machine that does
nothing else are those of the clock; the ratios are those of the rounds.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import nn

from mishear.attacks.waveform import WaveformAttack
from mishear.config.front_ends import FrontEnd
from mishear.defences.defended import DefendedVictim
from mishear.features.front_ends.building import build_front_end
from mishear.runtime.devices import use_one_thread
from mishear.training.building import prepared
from mishear.training.networks import PaperCNN

CLASSES = 10
CPU = torch.device("cpu")


def recordings(count: int, front_end: FrontEnd, speech: float) -> torch.Tensor:
    """Noise where a recording would speak, for a share ``speech`` of its time, and zeros around."""
    samples = round(front_end.seconds * front_end.sample_rate)
    active = round(speech * samples)
    made = torch.zeros(count, samples)
    for row, start in enumerate(torch.randint(samples - active + 1, (count,)).tolist()):
        made[row, start : start + active] = 0.1 * torch.randn(active)
    return made.clamp(-1, 1)


def both_passes(front_end: nn.Module, victim: nn.Module, clean: torch.Tensor, labels: torch.Tensor):
    """Forward and backward through front end and network."""
    leaf = clean.unsqueeze(1).requires_grad_(True)
    nn.functional.cross_entropy(victim(front_end(leaf)), labels).backward()


def front_end_passes(front_end: nn.Module, clean: torch.Tensor, gradient: torch.Tensor):
    """Run the front end's part of them."""
    leaf = clean.unsqueeze(1).requires_grad_(True)
    front_end(leaf).backward(gradient)


def pgd(front_end: nn.Module, victim: nn.Module, clean: torch.Tensor, labels: torch.Tensor, steps):
    """Run the whole attack on one batch, as an evaluation does."""
    definition = {
        "class": "LinfPGD",
        "params": {"rel_stepsize": 0.1, "steps": steps},
        "restarts": 1,
        "targets": "untargeted",
        "budget": "snr",
    }
    WaveformAttack(definition, 40.0).on(DefendedVictim(victim), front_end, clean, labels, seed=0)


def seconds(work: Callable[[], None], repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        work()
    return (time.process_time() - start) / repeats


def ratio(name: str, values: torch.Tensor) -> str:
    return (
        f"{name:32} median {values.median():.2f}, {values.min():.2f} to {values.max():.2f} "
        f"in {len(values)} rounds"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=60, help="attacked at once")
    parser.add_argument("--speech", type=float, default=0.6, help="share of a recording's time")
    parser.add_argument("--steps", type=int, nargs=2, default=(2, 8), metavar=("FEW", "MANY"))
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    few, many = arguments.steps
    if many <= few:
        parser.error("--steps: the second number must be larger than the first")

    use_one_thread()
    torch.manual_seed(0)
    shipped = FrontEnd(params={"n_fft": 2034, "n_mels": 64, "top_db": 80})
    front_end = build_front_end(shipped.model_dump(by_alias=True))
    victim = prepared(PaperCNN(CLASSES), CPU).eval().requires_grad_(False)
    clean = recordings(arguments.recordings, shipped, arguments.speech)
    with torch.inference_mode():
        spectrograms = front_end(clean.unsqueeze(1))
        labels = victim(spectrograms).argmax(1)
    labels, gradient = labels.clone(), torch.rand(spectrograms.shape)

    work = {
        "floor": (lambda: both_passes(front_end, victim, clean, labels), many - few),
        "front end": (lambda: front_end_passes(front_end, clean, gradient), many - few),
        "few": (lambda: pgd(front_end, victim, clean, labels, few), 1),
        "many": (lambda: pgd(front_end, victim, clean, labels, many), 1),
    }
    for each, _ in work.values():
        each()
    took = {name: [] for name in work}
    for _ in range(arguments.rounds):
        for name, (each, repeats) in work.items():
            took[name].append(seconds(each, repeats))

    floor, alone = torch.tensor(took["floor"]), torch.tensor(took["front end"])
    attack = torch.tensor(took["many"])
    step = (attack - torch.tensor(took["few"])) / (many - few)
    print(
        f"{len(clean)} recordings of {clean.shape[1]} samples: floor {floor.median() * 1000:.0f} ms"
    )
    print(ratio("one step of PGD / floor", step / floor))
    print(ratio(f"{many} steps, all in all / {many} floors", attack / (many * floor)))
    print(ratio("front end, both passes / floor", alone / floor))


if __name__ == "__main__":
    main()
