"""Section `attacks`: named attacks."""

import math
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from mishear.config.base import ClassSection, Count, Epsilons, Names, Repeats
from mishear.core.ranges import HIGHEST_RATIO, LARGEST, LOUDEST, LOWEST_RATIO, SMALLEST


class Attack(ClassSection):
    """A named attack."""

    class_: str = Field(
        alias="class",
        description="Class of `foolbox.attacks` without a dot, or a dotted path: a class of "
        "`mishear.attacks.autoattack` (`LinfAPGD`, `LinfAPGDTargeted`, `LinfFAB`, `LinfSquare`, "
        "`LinfAutoAttack`), `mishear.attacks.hopskipjump.HopSkipJump`, a class of "
        "`mishear.attacks.universal` (see `universal`), or your own with Foolbox's interface.",
    )
    params: dict[str, Any] = Field(
        default={},
        description="Keyword arguments of the class. Numbers of steps, iterations, queries, draws "
        "and restarts are from 1 to 1,000,000; sizes of steps, learning rates and epsilons from "
        "1e-12 to 1e12.",
    )
    domain: Literal["spectrogram", "waveform"] = Field(
        default="spectrogram",
        description="What is perturbed. `spectrogram`: the network's input, whatever the front "
        "end is. `waveform`: the waveform before the front end, within the active speech.",
    )
    budget: Literal["eps", "snr"] = Field(
        default="eps",
        description="What limits the perturbation. `eps`: its size in the attack's norm. `snr`, "
        "for `domain: waveform` only: the signal-to-noise ratio, which gives each recording its "
        "own eps.",
    )
    eps: Epsilons = Field(
        default=[math.inf],
        validate_default=True,
        description="Largest sizes of the perturbation in the attack's norm, in the unit of the "
        "front end, from 1e-12 to 1e12. With `domain: waveform`: in fractions of full scale, at "
        "most 1000. With `budget: snr`: the lowest signal-to-noise ratios in dB, from -100 to 200. "
        "Unset, or `.inf`: no limit, for attacks that minimise the "
        "perturbation.",
    )
    targets: Literal["untargeted", "least-likely", "random", "every"] = Field(
        default="untargeted",
        description="What the attack aims at, and what counts as a success. `untargeted`: any "
        "wrong class. `least-likely` or `random`: one class, the least likely one of the clean "
        "recording or a random one. Only this class is a success; it is in the column `target` "
        "of the results. `every`: each wrong class in turn, the likeliest first, until the "
        "recording is misclassified; any wrong class is a success. `accuracy` is always the "
        "fraction classified correctly.",
    )
    restarts: Repeats = Field(
        default=1,
        description="Number of independent attempts with different random starts; a recording is "
        "attacked until one succeeds.",
    )
    universal: bool = Field(
        default=False,
        description="One perturbation for all recordings, learned on the training split and "
        "evaluated on the test split, for the classes `LinfUniversalPGD` and `L2UniversalPGD` of "
        "`mishear.attacks.universal` (see `docs/universal.md`). It is kept in "
        "`results/perturbations`.",
    )
    after: Names | None = Field(
        default=None,
        description="Other attacks that this one continues. It attacks only the recordings that "
        "all of them left correct, on the same victim behind the same defence at the same eps, "
        "and takes over their results for the others. This way expensive attacks, such as "
        "`LinfSquare` with 5,000 queries, can be part of the worst case. Such an attack is "
        "adaptive only, and its adversarial inputs are not kept. Unset: all recordings are "
        "attacked.",
    )
    batch_size: Count | None = Field(
        default=None,
        description="Recordings attacked at once; unset: `evaluation.batch_size`.",
    )
    shards: Repeats = Field(
        default=1,
        description="Number of jobs among which the batches of each evaluation are divided; the "
        "results do not change.",
    )

    @field_validator("budget")
    @classmethod
    def _fits_domain(cls, budget: str, info: ValidationInfo) -> str:
        if budget == "snr" and info.data.get("domain") == "spectrogram":
            raise ValueError(
                "budget: snr is for domain: waveform only; a spectrogram has no signal-to-noise "
                "ratio"
            )
        return budget

    @field_validator("eps")
    @classmethod
    def _fits_budget(cls, eps: list[float], info: ValidationInfo) -> list[float]:
        if info.data.get("budget") == "snr":
            if not all(LOWEST_RATIO <= ratio <= HIGHEST_RATIO for ratio in eps):
                raise ValueError(
                    f"with budget: snr it is a list of ratios in dB from {LOWEST_RATIO:g} to "
                    f"{HIGHEST_RATIO:g}, such as [40, 20]"
                )
            return eps
        largest = LOUDEST if info.data.get("domain") == "waveform" else LARGEST
        if not all(SMALLEST <= size <= largest or size == math.inf for size in eps):
            raise ValueError(f"every eps must be from {SMALLEST:g} to {largest:g}, or .inf")
        return eps

    @model_validator(mode="after")
    def _learns_once(self) -> "Attack":
        if not self.universal:
            return self
        for key, only in (
            ("targets", "untargeted"),
            ("restarts", 1),
            ("shards", 1),
            ("after", None),
        ):
            if getattr(self, key) != only:
                raise ValueError(
                    f"{key}: {getattr(self, key)} cannot be combined with universal: true, which "
                    f"learns one perturbation in one job and aims at no class; remove it"
                )
        return self
