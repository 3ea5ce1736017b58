"""The methods section on recordings: corpora, their division, front ends."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mishear.core.card.parts import Card, CorpusOfCard, SplitOfCard
from mishear.core.sentences import counted, listed
from mishear.report.papers.citations import sources_of
from mishear.report.papers.escaping import code, markdown
from mishear.report.papers.sources import cite
from mishear.report.papers.words import with_parameters
from mishear.study.trainings import TRAINED

HASH_SHOWN = 16
"""Characters of a SHA-256; the card has all of it."""


def data(card: Card) -> Iterator[str]:
    """Yield the paragraphs on corpora and their division."""
    yield "## Data"
    for corpus in card.corpora:
        yield _corpus(corpus, card.config["corpora"][corpus.name])
        splits = [split for split in card.splits if split.corpus == corpus.name]
        came = {model.recipe for model in card.models if model.corpus == corpus.name} == {TRAINED}
        yield f"{_division(card.config['split'], splits)} {_speakers(splits, came)}"


def front_ends(card: Card) -> Iterator[str]:
    """Yield a paragraph on each front end."""
    yield "## Inputs of the networks"
    for name, front_end in card.config["front_ends"].items():
        yield _front_end(name, front_end)


def _corpus(corpus: CorpusOfCard, section: Mapping[str, Any]) -> str:
    keys = sources_of("sources", corpus.source)
    source = f"source {code(corpus.source)}{' ' + cite(*keys) if keys else ''}"
    who = f" of {counted(corpus.speakers, 'speaker')}" if corpus.speakers else ""
    made = ""
    if corpus.source == "espeak":
        made = (
            f" They were synthesised: each of {section['speakers']} voices spoke each word "
            f"{section['repetitions']} times (seed {section['seed']})."
        )
    return (
        f"Corpus {code(corpus.name)} ({source}) has {counted(corpus.recordings, 'recording')}{who} "
        f"in {len(corpus.classes)} classes ({', '.join(map(markdown, corpus.classes))}), "
        f"{corpus.seconds / 60:,.1f} minutes in all. The SHA-256 of its labels and audio begins "
        f"with {code(corpus.sha256[:HASH_SHOWN])}.{made}"
    )


def _division(split: Mapping[str, Any], splits: Sequence[SplitOfCard]) -> str:
    how = {
        "random": f"at random, stratified by class (seed {split.get('seed')})",
        "speaker": f"by speaker (seed {split.get('seed')})",
        "take": f"by takes: {', '.join(split.get('test_takes') or [])} are the test split",
        "file": "as given in a file",
        "all": "",
    }[split["by"]]
    if len(splits) > 1:
        return (
            f"The recordings were divided {how} in {len(splits)} folds; in each, the speakers of "
            f"one fold were the test ({counted(sum(each.test for each in splits), 'recording')} in "
            f"all folds together)."
        )
    (only,) = splits
    if split["by"] == "all":
        return f"All {only.test:,} recordings are in the test split."
    return (
        f"The recordings were divided {how}: {only.train:,} for training, {only.validation:,} for "
        f"validation and {only.test:,} for the test."
    )


def _speakers(splits: Sequence[SplitOfCard], came_trained: bool) -> str:
    tested = sum(split.test_speakers for split in splits)
    known = sum(split.known_speakers for split in splits)
    if tested == 0:
        return "The corpus does not say who speaks."
    if came_trained:
        return (
            f"The test recordings are of {counted(tested, 'speaker')}; the networks were trained "
            f"elsewhere, and whether on these speakers is not recorded."
        )
    if known == 0:
        return f"None of the {counted(tested, 'test speaker')} was in the training."
    if known == tested:
        return f"All test speakers ({tested}) were in the training as well."
    return f"Of {tested} test speakers, {known} were in the training as well."


def _front_end(name: str, front_end: Mapping[str, Any]) -> str:
    shift, zeros = front_end["max_shift"], front_end["leading_zeros"]
    placed = [f"padded with zeros or cut to {front_end['seconds']:g} s"]
    if zeros:
        placed.append(f"up to {zeros:.0%} of the zeros in front, drawn for each recording")
    if shift:
        placed.append(f"shifted at random by up to {shift:.0%} of that length")
    return (
        f"Front end {code(name)}: recordings were resampled to {front_end['sample_rate']:,} Hz, "
        f"{listed(placed)} (seed {front_end['seed']}), and passed to "
        f"{with_parameters('front_ends', front_end)}."
    )
