# Features: waveforms and clean spectrograms, computed in shards and gathered; the split.
rule waveforms:
    input:
        files(inputs.recordings),
        index=rules.index.output.index,
    output:
        waveforms=paths.WAVEFORM_SHARD,
        digest=paths.digest(paths.WAVEFORM_SHARD),
    log:
        "logs/waveforms/{corpus}/{front_end}/shard{shard}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("waveforms.py"),
        folder=given(params_of.recordings_folder),
        front_end=given(params_of.placement),
        shards=given(params_of.shards),
    script:
        "../scripts/waveforms.py"


rule spectrogram_shard:
    input:
        waveforms=ancient(rules.waveforms.output.waveforms),
        waveforms_digest=rules.waveforms.output.digest,
    output:
        spectrograms=paths.spectrogram_shard(paths.CLEAN),
        digest=paths.digest(paths.spectrogram_shard(paths.CLEAN)),
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/shard{shard}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("spectrograms.py", classes.front_end_class),
        front_end=given(params_of.front_end),
    script:
        "../scripts/spectrograms.py"


rule spectrograms:
    input:
        files(inputs.clean_shards),
    output:
        spectrograms=paths.spectrograms(paths.CLEAN),
        bounds=paths.bounds(paths.CLEAN),
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/gather.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("gather_spectrograms.py", classes.front_end_class),
        front_end=given(params_of.front_end),
    script:
        "../scripts/gather_spectrograms.py"


rule split:
    input:
        file=[ancient(path) for path in own_files.split_files(plan)],
        index=rules.index.output.index,
    output:
        split=paths.SPLIT,
    log:
        "logs/split/{corpus}{fold}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=code("split.py"),
        split=given(params_of.split),
        fold=given(params_of.fold),
        content=given(own_files.split_content),
    script:
        "../scripts/split.py"
