# Features: waveforms and clean spectrograms, computed in shards and gathered; the split.
rule waveforms:
    input:
        files(feature_inputs.indexed_recordings),
    output:
        waveforms=stored(paths.WAVEFORM_SHARD),
        digest=stored(paths.digest(paths.WAVEFORM_SHARD)),
    log:
        "logs/waveforms/{corpus}/{front_end}/shard{shard}-of-{shards}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("waveforms.py"),
        folder=located(params_of.recordings_folder),
        front_end=given(params_of.placement),
        shards=given(params_of.shards),
    script:
        "../scripts/waveforms.py"


rule spectrogram_shard:
    input:
        files(feature_inputs.waveform_shard),
    output:
        spectrograms=stored(paths.spectrogram_shard(paths.CLEAN)),
        digest=stored(paths.digest(paths.spectrogram_shard(paths.CLEAN))),
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/shard{shard}-of-{shards}-{digest}.log",
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
        files(feature_inputs.clean_shards),
    output:
        spectrograms=stored(paths.spectrograms(paths.CLEAN)),
        bounds=stored(paths.bounds(paths.CLEAN)),
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/gather-{digest}.log",
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
        files(feature_inputs.index),
        file=[ancient(path) for path in own_files.split_files(plan)],
    output:
        split=stored(paths.SPLIT),
    log:
        "logs/split/{corpus}{fold}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("split.py"),
        split=given(params_of.split),
        fold=given(params_of.fold),
        content=given(own_files.split_content),
    script:
        "../scripts/split.py"
