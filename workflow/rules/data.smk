# Corpora: downloaded or synthesised, unpacked, every recording looked at, indexed.
rule synthesise:
    output:
        recordings=directory("results/corpora/{corpus}/recordings"),
        digest="results/corpora/{corpus}/recordings.sha256",
    log:
        "logs/synthesise/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("synthesised"),
    conda:
        "../../envs/synthesis.yaml"
    threads: 8
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("synthesise.py"),
        speakers=lambda w: corpus(w).speakers,
        repetitions=lambda w: corpus(w).repetitions,
        seed=lambda w: corpus(w).seed,
    script:
        "../scripts/synthesise.py"


rule download:
    output:
        archive="results/corpora/{corpus}/archive",
        digest="results/corpora/{corpus}/archive.sha256",
    log:
        "logs/download/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("download"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=500,
        runtime=240,
    params:
        code=code("download.py"),
        corpus="{corpus}",
        key=lambda w: origins[w.corpus].key,
        urls=lambda w: origins[w.corpus].urls,
        sha256=lambda w: corpus(w).sha256,
    script:
        "../scripts/download.py"


rule unpack:
    input:
        unpack(archive),
    output:
        recordings=directory("results/corpora/{corpus}/recordings"),
        digest="results/corpora/{corpus}/recordings.sha256",
    log:
        "logs/unpack/{corpus}.log",
    wildcard_constraints:
        corpus=corpora_of_kind("download", "archive"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=500,
        runtime=60,
    params:
        code=code("unpack.py"),
        corpus="{corpus}",
        sha256=lambda w: corpus(w).sha256,
        max_gigabytes=lambda w: corpus(w).max_unpacked_gigabytes,
    script:
        "../scripts/unpack.py"


rule inspect:
    input:
        unpack(made_recordings),
    output:
        inspected="results/corpora/{corpus}/inspected.csv",
        rejected="results/corpora/{corpus}/rejected.csv",
    log:
        "logs/inspect/{corpus}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("inspect_recordings.py"),
        folder=recordings_folder,
        listing=listing,
        pattern=lambda w: expected_content(w)["pattern"],
        classes=lambda w: expected_content(w)["classes"],
        expectation=lambda w: expected_content(w)["expectation"],
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
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("index.py"),
        corpus="{corpus}",
        classes=lambda w: expected_content(w)["classes"],
        expectation=lambda w: expected_content(w)["expectation"],
        max_rejected_share=lambda w: corpus(w).max_rejected_share,
    script:
        "../scripts/index.py"
