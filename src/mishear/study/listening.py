"""The pages on which recordings are played."""

from collections.abc import Mapping
from typing import Any

from mishear.study import paths
from mishear.study.evaluations import Victim, first_victim, settings_of
from mishear.study.figure_inputs import reference
from mishear.study.keys import sound_keys
from mishear.study.plan import Plan
from mishear.study.selections import noises
from mishear.study.sounds import Sound, played_sounds

Names = Mapping[str, str]
"""Wildcards of a page: corpus, front end and network."""


def listening_pages(plan: Plan) -> list[str]:
    """Return the pages of the study: one for each setting, where the study listens."""
    if plan.config.listening is None:
        return []
    return [
        paths.report(plan.config.study.name, paths.LISTENING_PAGE.format(**setting))
        for setting in settings_of(plan.config)
        if reference(plan.config, setting["network"]) is not None
    ]


def page_inputs(plan: Plan, names: Names) -> dict[str, str]:
    """Return the victim whose predictions a page shows, and all that is played on it.

    The key of what is played is a word that says what the file is, for transcripts the
    recogniser, and the path of the sound.
    """
    victim = _victim(plan, names)
    files = {
        "victim": paths.WEIGHTS.format(**victim.names),
        "bounds": paths.bounds(paths.CLEAN).format(**names),
        "split": paths.SPLIT.format(**victim.names),
    }
    for sound in _played(plan, names):
        files[f"sound/{sound.path}"] = paths.sound(sound.path)
        files[f"quality/{sound.path}"] = paths.quality(sound.path)
        for recogniser in recognisers(plan):
            key = f"transcript/{recogniser}/{sound.path}"
            files[key] = paths.transcripts(sound.path, recogniser)
    return files


def played_versions(plan: Plan, names: Names) -> dict[str, dict[str, Any]]:
    """Return the keys of each sound that is played on a page, by the path of the sound."""
    keys = ("kind", "name", "eps", "budget")
    found = {}
    for sound in _played(plan, names):
        row = sound_keys(plan.config, sound)
        found[sound.path] = {key: row[key] for key in keys}
    return found


def recognisers(plan: Plan) -> list[str]:
    """Return the names of the speech recognisers of the study."""
    return plan.config.listening.recognisers if plan.config.listening else []


def page_recordings(plan: Plan) -> int | list[str]:
    """Return how many recordings are played, or which."""
    return plan.config.listening.page.recordings if plan.config.listening else 0


def page_noise(plan: Plan) -> str | None:
    """Return the recipe whose noise stands for the paper's, if there is one."""
    return next(iter(noises(plan.config)), None)


def page_reference(plan: Plan, names: Names) -> str:
    """Return the training of the victim whose predictions a page shows."""
    return _victim(plan, names).recipe


def page_seed(plan: Plan, names: Names) -> int:
    """Return the seed of that victim."""
    return _victim(plan, names).seed


def _victim(plan: Plan, names: Names) -> Victim:
    setting = _setting(names)
    training = reference(plan.config, setting["network"]) or ""
    return first_victim(plan.config, setting, training)


def _setting(names: Names) -> dict[str, str]:
    return {key: names[key] for key in ("corpus", "front_end", "network")}


def _played(plan: Plan, names: Names) -> list[Sound]:
    return played_sounds(plan.config, _setting(names))
