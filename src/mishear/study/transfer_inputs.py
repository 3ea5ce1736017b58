"""What a job needs that judges a victim on the adversarial examples of its source models."""

from collections.abc import Mapping
from typing import Any

from mishear.study import params, paths
from mishear.study.evaluations import Evaluation
from mishear.study.inputs import Files, Names, victim, victim_with_inputs
from mishear.study.plan import Plan
from mishear.study.transfers import sources_of


def transfer(plan: Plan, names: Names) -> Files:
    """Return a victim, and the evaluations of its source models with what they kept.

    Keys are the paths of evaluations, and names of front ends with the numbers of shards, after a
    word that says what the file is.
    """
    evaluations = sources_of(plan.config, names)
    undefended = dict(names, defence="none")
    found: Files = {f"results/{each.path}": each.results for each in evaluations}
    if not is_on_waveform(plan, names):
        found |= {f"examples/{each.path}": each.examples for each in evaluations}
        return found | victim_with_inputs(plan, undefended)
    found |= victim(plan, undefended)
    found |= {f"sound/{each.path}": paths.sound(each.path) for each in evaluations}
    shards = plan.config.corpora[names["corpus"]].shards
    for front_end in _front_ends(evaluations):
        for shard in range(shards):
            place = {"corpus": names["corpus"], "front_end": front_end}
            waveforms = paths.WAVEFORM_SHARD.format(**place, shard=shard, shards=shards)
            found[f"waveforms/{front_end}/{shard}"] = waveforms
            found[f"digest/{front_end}/{shard}"] = paths.digest(waveforms)
    return found


def source_keys(plan: Plan, names: Names) -> dict[str, dict[str, Any]]:
    """Return source model and eps of each evaluation, by its path."""
    return {
        each.path: {
            "source_front_end": each.victim.front_end,
            "source_network": each.victim.network,
            "source_recipe": each.victim.recipe,
            "source_seed": each.victim.seed,
            "eps": each.eps,
        }
        for each in sources_of(plan.config, names)
    }


def formats(plan: Plan, names: Names) -> dict[str, Mapping[str, int]]:
    """Return sample rate and samples of the recordings of each front end, the victim's too."""
    front_ends = [names["front_end"], *_front_ends(sources_of(plan.config, names))]
    return {
        name: {
            "sample_rate": params.sample_rate(plan, {"front_end": name}),
            "samples": params.samples(plan, {"front_end": name}),
        }
        for name in front_ends
    }


def is_on_waveform(plan: Plan, names: Names) -> bool:
    """Return whether the attack of a transfer changes the waveform."""
    return plan.config.attacks[names["attack"]].domain == "waveform"


def _front_ends(evaluations: list[Evaluation]) -> list[str]:
    return list(dict.fromkeys(each.victim.front_end for each in evaluations))
