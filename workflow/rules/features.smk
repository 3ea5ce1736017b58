# Features: waveforms and clean spectrograms, made in shards and gathered; the split.


def placement(wildcards):
    """What of a front end the waveforms depend on."""
    keys = {"sample_rate", "seconds", "leading_zeros", "max_shift", "seed"}
    return settings.front_ends[wildcards.front_end].model_dump(include=keys)


def mel_spectrogram(wildcards):
    """What of a front end the spectrograms depend on besides the waveforms."""
    keys = {"sample_rate", "n_fft", "hop_length", "n_mels", "top_db"}
    return settings.front_ends[wildcards.front_end].model_dump(include=keys)


def shards(wildcards):
    return settings.corpora[wildcards.corpus].shards


def shard_files(pattern):
    """A function that gives the files of all shards of a corpus."""

    def files(wildcards):
        return [
            pattern.format(**wildcards, shard=shard) for shard in range(shards(wildcards))
        ]

    return files


rule waveforms:
    input:
        index=rules.index.output.index,
        recordings=made_recordings,
    output:
        waveforms="results/waveforms/{corpus}/{front_end}/shard{shard}.npy",
    log:
        "logs/waveforms/{corpus}/{front_end}/shard{shard}.log",
    params:
        code=code("waveforms.py"),
        folder=lambda w: recordings_folder(w.corpus),
        front_end=placement,
        shards=shards,
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/waveforms.py"


rule spectrogram_shard:
    input:
        waveforms=rules.waveforms.output.waveforms,
    output:
        spectrograms="results/spectrograms/{corpus}/{front_end}/clean/shard{shard}.npy",
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/shard{shard}.log",
    params:
        code=code("spectrograms.py"),
        front_end=mel_spectrogram,
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/spectrograms.py"


rule spectrograms:
    input:
        shards=shard_files(rules.spectrogram_shard.output.spectrograms),
    output:
        spectrograms="results/spectrograms/{corpus}/{front_end}/clean/spectrograms.npy",
        bounds="results/spectrograms/{corpus}/{front_end}/clean/bounds.json",
    log:
        "logs/spectrograms/{corpus}/{front_end}/clean/gather.log",
    params:
        code=code("gather_spectrograms.py"),
    resources:
        mem_mb=1000,
        runtime=30,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/gather_spectrograms.py"


rule split:
    input:
        index=rules.index.output.index,
    output:
        split="results/splits/{corpus}.csv",
    log:
        "logs/split/{corpus}.log",
    params:
        code=code("split.py"),
        split=plain(settings.split),
    resources:
        mem_mb=500,
        runtime=10,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/split.py"
