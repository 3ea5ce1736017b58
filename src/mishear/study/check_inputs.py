"""What the jobs of checks read, as :mod:`mishear.study.inputs` gives it for others."""

from typing import Any

from mishear.study import params, paths
from mishear.study.checks import checked_evaluation, compared_checks, one_step_evaluation
from mishear.study.evaluations import Evaluation
from mishear.study.inputs import Files, Names, victim_with_inputs
from mishear.study.plan import Plan
from mishear.study.sizes import check_size


def attack_check(plan: Plan, names: Names) -> Files:
    """Return a victim with the evaluation under the attack as configured, where there is one."""
    evaluated = checked_evaluation(plan.config, names)
    return {**victim_with_inputs(plan, names), **_results_of("evaluated", evaluated)}


def baselines(plan: Plan, names: Names) -> Files:
    """Return a victim with the checks of the attacks on it, on whose survivors a black box is run.

    Where there is one, the evaluation under the one-step baseline is among them.
    """
    evaluated = one_step_evaluation(plan.config, names)
    return {
        **victim_with_inputs(plan, names),
        **_results_of("one_step", evaluated),
        "attacked": [paths.check(check.path) for check in compared_checks(plan.config, names)],
    }


def baseline_settings(plan: Plan, names: Names) -> dict[str, Any]:
    """Return what the results of the baselines depend on, with the size of the perturbation."""
    found = params.checks(plan, "recordings", "noise_draws", "queries")
    return found | {"eps": check_size(plan.config, names)}


def _results_of(key: str, evaluation: Evaluation | None) -> Files:
    return {key: evaluation.results} if evaluation else {}
