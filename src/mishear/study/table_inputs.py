"""The files that the study's tables are made from, in the order of their keys."""

from mishear.study import paths
from mishear.study.checks import checked_evaluations, checked_on_waveforms
from mishear.study.evaluations import Evaluation
from mishear.study.folds import splits
from mishear.study.plan import Plan
from mishear.study.sounds import inversion_path, inversions, ratio_evaluations
from mishear.study.units import unit_files

Files = dict[str, list[str]]


def check_files(plan: Plan) -> Files:
    """Return the runs of all checks, and the evaluations that are checked."""
    return {
        "results": [paths.check(check.path) for check in plan.checks],
        "evaluations": _results(checked_evaluations(plan.config)),
        "waveform_results": [paths.check(check.path) for check in plan.waveform_checks],
        "waveform_evaluations": _results(checked_on_waveforms(plan.config)),
        "units": list(unit_files(plan.config).values()),
    }


def listening_files(plan: Plan) -> Files:
    """Return quality and transcripts of all sounds, evaluations by ratio, and inversions."""
    listening = plan.config.listening
    recognisers = listening.recognisers if listening else []
    return {
        "quality": list(map(paths.quality, plan.sounds)),
        "transcripts": [
            paths.transcripts(sound, recogniser)
            for sound in plan.sounds
            for recogniser in recognisers
        ],
        "evaluations": _results(ratio_evaluations(plan.config)),
        "inversions": list(map(inversion_path, inversions(plan.config))),
        "splits": [split["path"] for split in splits(plan.config)],
    }


def _results(evaluations: list[Evaluation]) -> list[str]:
    return [evaluation.results for evaluation in evaluations]
