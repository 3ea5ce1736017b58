"""The tables that the report is written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mishear.core.tables.base import Table
from mishear.core.tables.certificates import CERTIFICATES_OVER_SEEDS
from mishear.core.tables.checks import CHECKS
from mishear.core.tables.detections import DETECTIONS_OVER_SEEDS
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.listening_over_seeds import (
    AUDIO_QUALITY_OVER_SEEDS,
    INVERSIONS_OVER_SEEDS,
    SNR_AT_HALF_OVER_SEEDS,
)
from mishear.core.tables.over_seeds import (
    BY_SPEAKER,
    ROBUSTNESS_OVER_SEEDS,
    SUMMARY_OVER_SEEDS,
)
from mishear.core.tables.smallest_change import SMALLEST_CHANGE
from mishear.core.tables.targeted import TARGETED
from mishear.evaluation.measurements import (
    of_setting,
    on_inputs,
    sounds_of_setting,
    without_corruptions,
)
from mishear.study.reported import ReportedSetting


@dataclass(frozen=True)
class ListeningTables:
    """The rows of ``audio_quality_over_seeds.csv`` and of the other two tables over the seeds."""

    audio_quality: pd.DataFrame
    inversions: pd.DataFrame
    halves: pd.DataFrame

    def of(self, setting: ReportedSetting) -> "ListeningTables":
        """Return the rows of one setting."""
        return ListeningTables(
            sounds_of_setting(self.audio_quality, setting.names),
            sounds_of_setting(self.inversions, setting.names),
            sounds_of_setting(self.halves, setting.names),
        )


@dataclass(frozen=True)
class Tables:
    """The tables of a study, or of one of its settings.

    Attributes
    ----------
    measurements
        Rows of ``summary_over_seeds.csv`` on attacks and poisons.
    corruptions
        Those on natural corruptions.
    robustness
        Rows of ``robustness_over_seeds.csv``.
    smallest_change
        Rows of ``smallest_change.csv`` over the seeds.
    by_speaker
        Rows of ``by_speaker.csv``.
    detections, certificates
        Rows of ``detections_over_seeds.csv`` and ``certificates_over_seeds.csv``; None where the
        study has no detectors and no certified defence.
    targeted, listening
        None where the study does not aim at every class, and does not listen.
    """

    measurements: pd.DataFrame
    corruptions: pd.DataFrame
    robustness: pd.DataFrame
    smallest_change: pd.DataFrame
    by_speaker: pd.DataFrame
    checks: pd.DataFrame
    environments: pd.DataFrame
    detections: pd.DataFrame | None
    certificates: pd.DataFrame | None
    targeted: pd.DataFrame | None
    listening: ListeningTables | None

    @property
    def on_inputs(self) -> pd.DataFrame:
        """The measurements without attacks on the waveform."""
        return on_inputs(self.measurements)

    def of(self, setting: ReportedSetting) -> "Tables":
        """Return the rows of one setting."""
        names = setting.names
        return Tables(
            of_setting(self.measurements, names),
            of_setting(self.corruptions, names),
            of_setting(self.robustness, names),
            of_setting(self.smallest_change, names),
            of_setting(self.by_speaker, names),
            of_setting(self.checks, names),
            of_setting(self.environments, names),
            None if self.detections is None else of_setting(self.detections, names),
            None if self.certificates is None else of_setting(self.certificates, names),
            None if self.targeted is None else of_setting(self.targeted, names),
            self.listening and self.listening.of(setting),
        )


def read_tables(inputs: Mapping[str, Path]) -> Tables:
    """Read all tables.

    Parameters
    ----------
    inputs
        See :func:`mishear.study.report_plan.report_inputs`.
    """
    listening = None
    if "audio_quality" in inputs:
        listening = ListeningTables(
            AUDIO_QUALITY_OVER_SEEDS.frame(inputs["audio_quality"]),
            INVERSIONS_OVER_SEEDS.frame(inputs["inversions"]),
            SNR_AT_HALF_OVER_SEEDS.frame(inputs["halves"]),
        )
    summary = SUMMARY_OVER_SEEDS.frame(inputs["summary_over_seeds"])
    changes = SMALLEST_CHANGE.frame(inputs["smallest_change"])
    return Tables(
        without_corruptions(summary),
        summary[summary.corruption.notna()],
        ROBUSTNESS_OVER_SEEDS.frame(inputs["robustness_over_seeds"]),
        changes[changes.seed.isna()],
        BY_SPEAKER.frame(inputs["by_speaker"]),
        CHECKS.frame(inputs["checks"]),
        ENVIRONMENTS.frame(inputs["environments"]),
        _maybe(DETECTIONS_OVER_SEEDS, inputs.get("detections_over_seeds")),
        _maybe(CERTIFICATES_OVER_SEEDS, inputs.get("certificates_over_seeds")),
        _maybe(TARGETED, inputs.get("targeted")),
        listening,
    )


def _maybe(table: Table, path: Path | None) -> pd.DataFrame | None:
    return None if path is None else table.frame(path)
