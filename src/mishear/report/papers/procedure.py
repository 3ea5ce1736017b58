"""The methods section on how results were judged and computed: statistics, checks, software."""

from collections.abc import Iterator, Mapping

from mishear.core.card.parts import Card
from mishear.core.sentences import counted, listed
from mishear.report.papers.escaping import code, markdown
from mishear.report.papers.sources import cite


def statistics(card: Card) -> Iterator[str]:
    """Yield the paragraphs on intervals and comparisons."""
    yield "## Statistics"
    covers = sorted({result.covers for result in card.results})
    several = any(len(result.seeds) > 1 for result in card.results)
    text = f"All intervals are 95 % intervals, about {listed(covers)}." if covers else ""
    if several:
        text += (
            f" Proportions are means over the victims; their intervals have Wilson's form "
            f"{cite('wilson1927probable')} at the number of independent recordings that gives the "
            f"variance of victims and recordings, which are crossed."
        )
    else:
        text += f" They are Wilson's score intervals {cite('wilson1927probable')}."
    if any("speakers" in each and "these" not in each for each in covers):
        text += (
            f" The recordings of one speaker are treated as a cluster "
            f"{cite('cochran1977sampling')[:-1]}, chapter 9]."
        )
    yield text.strip()
    yield "Differences between victims are paired over seeds and recordings."
    if card.requirements:
        met = sum(each.passed for each in card.requirements)
        yield (
            f"The study requires lower ends of intervals to reach given accuracies: {met} of "
            f"{counted(len(card.requirements), 'requirement')} were met."
        )


def checks(card: Card) -> Iterator[str]:
    """Yield the paragraph on checks of attacks; nothing where there are none."""
    if not card.checks:
        return
    yield "## Checks of attacks"
    settings = card.config["checks"]
    verdicts: dict[str, int] = {}
    for check in card.checks:
        verdicts[check.verdict] = verdicts.get(check.verdict, 0) + 1
    names = dict.fromkeys(check.check for check in card.checks)
    # Attacks on the waveform are checked at all of their own limits.
    at = ""
    if any(each.domain != "waveform" for each in card.threats):
        at = f", those on the input at {_sizes(settings.get('eps'))}"
    black_box = ""
    if any("black box" in name for name in names):
        source = cite("andriushchenko2020square")
        black_box = (
            f"The black-box comparison had up to {settings['queries']:,} queries for a recording "
            f"{source}. "
        )
    yield (
        f"Attacks were checked on up to {settings['recordings']:,} test recordings{at} "
        f"{cite('carlini2019evaluating', 'zimmermann2022increasing')}: "
        f"{'; '.join(map(markdown, names))}. {black_box}"
        f"Probabilities were corrected for all comparisons by the false discovery rate "
        f"{cite('benjamini1995fdr')}. Verdicts: "
        f"{', '.join(f'{name} {count}' for name, count in sorted(verdicts.items()))}."
    )


def _sizes(eps: float | Mapping[str, float] | None) -> str:
    """Say at which eps attacks were checked, as the config gives it."""
    if eps is None:
        return "eps 0.5 where inputs are in dB, and elsewhere at the middle eps of all attacks"
    if isinstance(eps, Mapping):
        return ", ".join(f"eps {size:g} (front end {code(name)})" for name, size in eps.items())
    return f"eps {eps:g}"


def software(card: Card) -> Iterator[str]:
    """Yield the paragraphs on versions and machines."""
    yield "## Software and machines"
    found = card.software
    commit = ""
    if found.commit:
        state = "unchanged" if found.commit.clean else "with changes"
        commit = f", commit {code(found.commit.hash)} of {found.commit.date[:10]} ({state})"
    yield (
        f"The study was run with Mishear {markdown(found.mishear)}{commit} {cite('mishear')}, a "
        f"workflow of Snakemake {cite('molder2021snakemake')}, with PyTorch "
        f"{cite('paszke2019pytorch')} and torchaudio {cite('yang2022torchaudio')}."
    )
    yield from _machines(card)


def _machines(card: Card) -> Iterator[str]:
    counts: dict[tuple, dict[str, int]] = {}
    for each in card.environments:
        machine = (each.libraries, each.cpu, each.cpu_capability, each.gpu, each.threads)
        kinds = counts.setdefault(machine, {})
        kinds[each.kind] = kinds.get(each.kind, 0) + each.count
    for (libraries, cpu, capability, gpu, threads), kinds in counts.items():
        what = listed(counted(count, kind.removesuffix("s")) for kind, count in kinds.items())
        where = f"GPU {markdown(gpu)}, " if gpu else ""
        yield (
            f"Computed with {markdown(libraries)} on {where}{markdown(cpu)} "
            f"({markdown(capability)}, threads: {markdown(threads)}): {what}."
        )
