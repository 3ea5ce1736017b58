"""The whole config: every section with its type, and the keys outside of sections."""

from typing import Literal

from pydantic import Field

from mishear.config.attacks import Attack
from mishear.config.base import Count, Name, Section
from mishear.config.checks import Checks
from mishear.config.corpora import Corpus
from mishear.config.corruptions import Corruption
from mishear.config.defences import Defence
from mishear.config.detectors import Detector
from mishear.config.evaluation import EvaluationSettings
from mishear.config.front_ends import FrontEnd
from mishear.config.listening import Listening
from mishear.config.networks import Network
from mishear.config.recipes import Recipe
from mishear.config.recognisers import Recogniser
from mishear.config.report import Report
from mishear.config.split import Split
from mishear.config.study import Study
from mishear.config.targeted import Targeted
from mishear.config.transfer import Transfer


class Config(Section):
    """The whole config."""

    study: Study
    corpora: dict[Name, Corpus]
    front_ends: dict[Name, FrontEnd]
    networks: dict[Name, Network]
    split: Split = Split()
    recipes: dict[Name, Recipe]
    attacks: dict[Name, Attack]
    corruptions: dict[Name, Corruption] = {}
    defences: dict[Name, Defence] = {}
    detectors: dict[Name, Detector] = {}
    recognisers: dict[Name, Recogniser] = {}
    listening: Listening | None = Field(
        default=None,
        description=(
            "Make poisoned and adversarial recordings audible, and measure their quality; unset: "
            "not done."
        ),
    )
    targeted: Targeted | None = Field(
        default=None, description="Aim attacks at every class in turn; unset: not done."
    )
    transfer: Transfer | None = Field(
        default=None,
        description="Judge the adversarial examples of some victims on all victims of the study; "
        "unset: not done.",
    )
    evaluation: EvaluationSettings = EvaluationSettings()
    checks: Checks = Checks()
    report: Report = Report()
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto",
        description="`auto`: a CUDA GPU where there is one, else the CPU; the `device` column of "
        "`summary.csv` says which was used.",
    )
    jobs_per_gpu: Count = Field(
        default=1, description="Jobs of this machine that may share one GPU."
    )
    warm_start: bool = Field(
        default=True,
        description="Fork the jobs of this machine from one process that has imported the "
        "libraries, instead of importing them in every job (see `docs/warm_starts.md`).",
    )
