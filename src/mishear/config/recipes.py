"""Section `recipes`: how networks are trained."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from mishear.config.base import (
    Amplitudes,
    Count,
    Factor,
    Name,
    Repeats,
    Section,
    Share,
    UniqueNames,
    no_repeats,
)
from mishear.config.poisons import Poison


class Adversarial(Section):
    """Adversarial training; one victim is trained for each eps."""

    method: Literal["pgd", "trades"] = Field(
        default="pgd",
        description="`pgd`: cross entropy on the worst input found (Madry et al. 2018); `trades`: "
        "cross entropy on the recording plus `beta` times the KL divergence to the worst input "
        "(Zhang et al. 2019).",
    )
    library: Literal["mishear", "art"] = Field(
        default="mishear",
        description="The library that trains; `art`: IBM's Adversarial Robustness Toolbox, `pgd` "
        "only, slower and without a schedule, to compare with.",
    )
    eps: Amplitudes = Field(description="Sizes of the perturbation, in the front end's unit.")
    norm: Literal["linf"] = Field(default="linf", description="Norm in which eps is measured.")
    steps: Repeats = Field(default=5, description="Gradient steps of the attack in training.")
    rel_stepsize: Factor = Field(default=0.25, description="Size of a step, as a fraction of eps.")
    random_start: bool = Field(
        default=True, description="Start anywhere within eps instead of at the recording."
    )
    beta: Factor | None = Field(
        default=None, description="Weight of the KL divergence; needed by `trades`."
    )
    warm_up: Share = Field(
        default=0.0, description="Fraction of the training in which eps grows from 0 to its size."
    )

    @model_validator(mode="after")
    def _fits_method(self) -> "Adversarial":
        if self.library == "art" and (self.method != "pgd" or self.warm_up):
            raise ValueError("library: art supports method: pgd only, without warm_up")
        if self.method == "trades" and self.beta is None:
            raise ValueError("method: trades needs a beta, such as 6")
        if self.method == "pgd" and self.beta is not None:
            raise ValueError("method: pgd has no beta; remove it, or set method: trades")
        if self.method == "trades" and not self.random_start:
            raise ValueError(
                "method: trades needs random_start: true; at the recording itself its gradient "
                "is zero"
            )
        return self


class Noise(Section):
    """Noise in training, drawn anew for every batch; one victim is trained for each sigma."""

    sigma: Amplitudes = Field(
        description="Standard deviations of the Gaussian noise on the input, in the front end's "
        "unit."
    )


class Recipe(Section):
    """How a network is trained."""

    epochs: Repeats = Field(default=5, description="Passes over the training split.")
    batch_size: Count = Field(default=16, description="Recordings in a batch.")
    learning_rate: Annotated[float, Field(gt=0, le=100)] = Field(
        default=0.001, description="Learning rate of Adam; with a schedule the highest."
    )
    schedule: Literal["constant", "one-cycle", "cosine"] = Field(
        default="constant",
        description="How the learning rate changes from step to step. `one-cycle`: it rises for "
        "the first 30 % of the training, then falls to nearly 0. `cosine`: it only falls.",
    )
    adversarial: Adversarial | None = Field(
        default=None, description="Adversarial training; unset: none."
    )
    noise: Noise | None = Field(default=None, description="Noise in training; unset: none.")
    poison: Poison | None = Field(
        default=None, description="Poisoning of the training recordings; unset: none."
    )
    attacks: UniqueNames | None = Field(
        default=None,
        description="Attacks on the victims of this recipe; unset: the study's, or none for a "
        "poisoned recipe, which is measured on clean and on poisoned test recordings.",
    )
    defences: Annotated[list[Name], Field(min_length=1), AfterValidator(no_repeats)] | None = Field(
        default=None,
        description="Defences in front of the victims of this recipe; unset: the study's.",
    )

    @model_validator(mode="after")
    def _sweeps_poison_alone(self) -> "Recipe":
        sizes = [self.adversarial.eps if self.adversarial else []]
        sizes.append(self.noise.sigma if self.noise else [])
        if self.poison and max(map(len, sizes)) > 1:
            raise ValueError(
                "a poisoned recipe has one adversarial.eps and one noise.sigma; define a recipe "
                "for each"
            )
        return self
