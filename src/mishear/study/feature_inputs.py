"""The files that the jobs of corpora and features read, see :mod:`mishear.study.inputs`."""

from collections.abc import Mapping

from mishear.study import paths
from mishear.study.plan import Plan

Names = Mapping[str, str]
"""Wildcards of a job."""

Files = dict[str, str | list[str]]


def archive(plan: Plan, names: Names) -> Files:
    """Return the archive of a corpus: the user's own, or the one that a job downloads."""
    source = plan.origins[names["corpus"]]
    if source.kind == "archive":
        return {"archive": source.path}
    return with_digest("archive", paths.ARCHIVE.format(**names))


def recordings(plan: Plan, names: Names) -> Files:
    """Return the folder of a corpus's recordings, where a job makes it."""
    if plan.origins[names["corpus"]].kind == "directory":
        return {}
    return with_digest("recordings", paths.RECORDINGS.format(**names))


def index(plan: Plan, names: Names) -> Files:
    """Return the index of a corpus."""
    return {"index": paths.INDEX.format(**names)}


def indexed_recordings(plan: Plan, names: Names) -> Files:
    """Return the index of a corpus and, where a job makes it, the folder of its recordings."""
    return {**recordings(plan, names), **index(plan, names)}


def waveform_shard(plan: Plan, names: Names) -> Files:
    """Return one shard of the waveforms of a corpus."""
    path = paths.WAVEFORM_SHARD.format(**names)
    return {"waveforms": path, "waveforms_digest": paths.digest(path)}


def divided_waveform_shard(plan: Plan, names: Names) -> Files:
    """Return the same with the index of the corpus and its split, whatever the fold."""
    return {**waveform_shard(plan, names), **index(plan, names), "split": division(names)}


def waveform_shards(plan: Plan, names: Names) -> Files:
    """Return all shards of the waveforms of a corpus."""
    return _shards(plan, names, "waveforms", paths.WAVEFORM_SHARD)


def waveform_shards_of_test(plan: Plan, names: Names) -> Files:
    """Return all shards of the waveforms of a corpus with its split."""
    return {**waveform_shards(plan, names), "split": division(names)}


def clean_shards(plan: Plan, names: Names) -> Files:
    """Return all shards of the spectrograms of a corpus, and its index."""
    shards = _shards(plan, names, "shards", paths.spectrogram_shard(paths.CLEAN))
    return {**shards, **index(plan, names)}


def poisoned_shards(plan: Plan, names: Names) -> Files:
    """Return the same of poisoned recordings, with their distortions."""
    distortions = [paths.DISTORTIONS_SHARD.format(**place) for place in _shard_names(plan, names)]
    shards = _shards(plan, names, "shards", paths.spectrogram_shard(paths.POISONED))
    return {**shards, **index(plan, names), "distortions": distortions}


def _shard_names(plan: Plan, names: Names) -> list[Names]:
    shards = plan.config.corpora[names["corpus"]].shards
    return [dict(names, shard=shard, shards=shards) for shard in range(shards)]


def _shards(plan: Plan, names: Names, key: str, pattern: str) -> Files:
    shards = [pattern.format(**place) for place in _shard_names(plan, names)]
    return {key: shards, f"{key}_digests": list(map(paths.digest, shards))}


def with_digest(key: str, path: str) -> Files:
    return {key: path, f"{key}_digest": paths.digest(path)}


def division(names: Names) -> str:
    """Return the split of a job: that of its fold, where the job has one."""
    return paths.SPLIT.format(corpus=names["corpus"], fold=names.get("fold", ""))
