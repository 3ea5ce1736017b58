# Features: waveforms and clean spectrograms, made in shards and gathered; the split.
rule waveforms:
    input:
        unpack(made_recordings),
        index=rules.index.output.index,
    output:
        waveforms="results/waveforms/{corpus}/{front_end}/shard{shard}.npy",
        digest="results/waveforms/{corpus}/{front_end}/shard{shard}.sha256",
    log:
        "logs/waveforms/{corpus}/{front_end}/shard{shard}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("waveforms.py"),
        folder=recordings_folder,
        front_end=placement,
        shards=shards,
    script:
        "../scripts/waveforms.py"


rule spectrogram_shard:
    input:
        waveforms=ancient(rules.waveforms.output.waveforms),
        waveforms_digest=rules.waveforms.output.digest,
    output:
        spectrograms=f"{FEATURES}/clean/shard{{shard}}.npy",
        digest=f"{FEATURES}/clean/shard{{shard}}.sha256",
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/shard{shard}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("spectrograms.py"),
        front_end=mel_spectrogram,
    script:
        "../scripts/spectrograms.py"


rule spectrograms:
    input:
        shards=large_shard_files(rules.spectrogram_shard.output.spectrograms),
        digests=shard_files(rules.spectrogram_shard.output.digest),
    output:
        spectrograms=f"{FEATURES}/clean/spectrograms.npy",
        bounds=f"{FEATURES}/clean/bounds.json",
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/gather.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("gather_spectrograms.py"),
    script:
        "../scripts/gather_spectrograms.py"


rule split:
    input:
        index=rules.index.output.index,
    output:
        split="results/splits/{corpus}.csv",
    log:
        "logs/split/{corpus}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=code("split.py"),
        split=settings.split.model_dump(),
    script:
        "../scripts/split.py"
