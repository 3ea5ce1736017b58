# Corpora: downloaded or synthesised, unpacked, every recording looked at, indexed.
import re

from mishear.corpora.index import listing_digest
from mishear.corpora.origin import inspection, origin

try:
    origins = {name: origin(name, settings.corpora[name]) for name in settings.study.corpora}
except UserError as error:
    raise WorkflowError(str(error)) from None


def corpora_of_kind(*kinds):
    """A pattern of the names of all corpora that come in one of these ways."""
    names = [name for name, source in origins.items() if source.kind in kinds]
    return "|".join(map(re.escape, names)) or "(?!)"


def archive_of(wildcards):
    source = origins[wildcards.corpus]
    return source.path if source.kind == "archive" else rules.download.output.archive


def recordings_folder(corpus):
    """The folder of a corpus's recordings: the user's own, or the one that was made."""
    source = origins[corpus]
    if source.kind == "directory":
        return source.path
    return f"results/corpora/{corpus}/recordings"


def made_recordings(wildcards):
    """The folder of recordings where a job makes it."""
    if origins[wildcards.corpus].kind == "directory":
        return []
    return recordings_folder(wildcards.corpus)


def listing(wildcards):
    """A hash of the names and sizes in the user's own folder; None where a job makes it."""
    source = origins[wildcards.corpus]
    return listing_digest(source.path) if source.kind == "directory" else None


rule synthesise:
    output:
        recordings=directory("results/corpora/{corpus}/recordings"),
    log:
        "logs/synthesise/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("synthesised"),
    params:
        code=code("synthesise.py"),
        speakers=lambda w: settings.corpora[w.corpus].speakers,
        repetitions=lambda w: settings.corpora[w.corpus].repetitions,
        seed=lambda w: settings.corpora[w.corpus].seed,
    threads: workflow.cores or 1
    resources:
        mem_mb=1000,
        runtime=60,
    conda:
        "../../envs/synthesis.yaml"
    script:
        "../scripts/synthesise.py"


rule download:
    output:
        archive="results/corpora/{corpus}/archive",
    log:
        "logs/download/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("download"),
    params:
        code=code("download.py"),
        corpus="{corpus}",
        urls=lambda w: origins[w.corpus].urls,
        sha256=lambda w: settings.corpora[w.corpus].sha256,
    resources:
        mem_mb=500,
        runtime=240,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/download.py"


rule unpack:
    input:
        archive=archive_of,
    output:
        recordings=directory("results/corpora/{corpus}/recordings"),
    log:
        "logs/unpack/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("download", "archive"),
    params:
        code=code("unpack.py"),
        sha256=lambda w: settings.corpora[w.corpus].sha256,
        max_gigabytes=lambda w: settings.corpora[w.corpus].max_unpacked_gigabytes,
    resources:
        mem_mb=500,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/unpack.py"


rule inspect:
    input:
        recordings=made_recordings,
    output:
        inspected="results/corpora/{corpus}/inspected.csv",
        rejected="results/corpora/{corpus}/rejected.csv",
    log:
        "logs/inspect/{corpus}.log",
    params:
        code=code("inspect_recordings.py"),
        folder=lambda w: recordings_folder(w.corpus),
        listing=listing,
        pattern=lambda w: inspection(settings.corpora[w.corpus])["pattern"],
        classes=lambda w: inspection(settings.corpora[w.corpus])["classes"],
        expectation=lambda w: inspection(settings.corpora[w.corpus])["expectation"],
    resources:
        mem_mb=1000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/inspect_recordings.py"


rule index:
    input:
        inspected=rules.inspect.output.inspected,
        rejected=rules.inspect.output.rejected,
    output:
        index="results/corpora/{corpus}/index.csv",
    log:
        "logs/index/{corpus}.log",
    params:
        code=code("index.py"),
        corpus="{corpus}",
        classes=lambda w: inspection(settings.corpora[w.corpus])["classes"],
        expectation=lambda w: inspection(settings.corpora[w.corpus])["expectation"],
        max_rejected_share=lambda w: settings.corpora[w.corpus].max_rejected_share,
    resources:
        mem_mb=1000,
        runtime=10,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/index.py"
