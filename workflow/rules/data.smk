# Corpora: downloaded or synthesised, unpacked, inspected, indexed.
rule synthesise:
    output:
        recordings=directory(stored(paths.RECORDINGS)),
        digest=stored(paths.digest(paths.RECORDINGS)),
    log:
        "logs/synthesise/{corpus}-{digest}.log",
    wildcard_constraints:
        corpus=any_of(corpora_of_kind(plan, "synthesised")),
    conda:
        "../../envs/synthesis.yaml"
    threads: 8
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("synthesise.py"),
        speakers=given(params_of.speakers),
        repetitions=given(params_of.repetitions),
        seed=given(params_of.corpus_seed),
    script:
        "../scripts/synthesise.py"


rule download:
    output:
        archive=stored(paths.ARCHIVE),
        digest=stored(paths.digest(paths.ARCHIVE)),
    log:
        "logs/download/{corpus}-{digest}.log",
    wildcard_constraints:
        corpus=any_of(corpora_of_kind(plan, "download")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=240,
        # No parameter: another limit is no reason to download again.
        disk_mb=lambda wildcards: int(1000 * given(params_of.max_gigabytes)(wildcards)) + 1,
    params:
        code=code("download.py"),
        corpus="{corpus}",
        key=given(params_of.archive_key),
        urls=given(params_of.urls),
        sha256=given(params_of.sha256),
    script:
        "../scripts/download.py"


rule unpack:
    input:
        files(feature_inputs.archive),
    output:
        recordings=directory(stored(paths.RECORDINGS)),
        digest=stored(paths.digest(paths.RECORDINGS)),
        source=stored(paths.UNPACKED_FROM),
    log:
        "logs/unpack/{corpus}-{digest}.log",
    wildcard_constraints:
        corpus=any_of(corpora_of_kind(plan, "download", "archive")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("unpack.py"),
        corpus="{corpus}",
        sha256=given(params_of.sha256),
        max_gigabytes=given(params_of.max_gigabytes),
        content=given(own_files.archive_content),
    script:
        "../scripts/unpack.py"


rule inspect:
    input:
        files(feature_inputs.recordings),
    output:
        inspected=stored(paths.INSPECTED),
        rejected=stored(paths.REJECTED),
        source=stored(paths.INSPECTED_FROM),
    log:
        "logs/inspect/{corpus}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("inspect_recordings.py"),
        folder=located(params_of.recordings_folder),
        content=given(own_files.recordings_content),
        pattern=given(params_of.pattern),
        classes=given(params_of.classes),
        expectation=given(params_of.expectation),
    script:
        "../scripts/inspect_recordings.py"


rule index:
    input:
        inspected=rules.inspect.output.inspected,
        rejected=rules.inspect.output.rejected,
    output:
        index=stored(paths.INDEX),
    log:
        "logs/index/{corpus}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("index.py"),
        corpus="{corpus}",
        classes=given(params_of.classes),
        expectation=given(params_of.expectation),
        max_rejected_share=given(params_of.max_rejected_share),
    script:
        "../scripts/index.py"
