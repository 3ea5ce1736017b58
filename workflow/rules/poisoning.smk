# Poisoning: spectrograms of poisoned waveforms, and victims measured on them.
POISONED = "results/spectrograms/{corpus}/{front_end}/{poison}-amplitude{amplitude}"


def poison(wildcards):
    """What of a poisoned recipe the poisoned recordings depend on."""
    section = settings.recipes[wildcards.poison].poison
    return {
        "kind": section.kind,
        "amplitude": float(wildcards.amplitude),
        "seed": section.seed,
    }


rule poisoned_shard:
    input:
        waveforms=rules.waveforms.output.waveforms,
        index=rules.index.output.index,
    output:
        spectrograms=POISONED + "/shard{shard}.npy",
        distortions=POISONED + "/shard{shard}.csv",
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/shard{shard}.log",
    params:
        code=code("poisoned_spectrograms.py"),
        front_end=mel_spectrogram,
        poison=poison,
        shards=shards,
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/poisoned_spectrograms.py"


rule poisoned_spectrograms:
    input:
        shards=shard_files(rules.poisoned_shard.output.spectrograms),
        distortions=shard_files(rules.poisoned_shard.output.distortions),
    output:
        spectrograms=POISONED + "/spectrograms.npy",
        bounds=POISONED + "/bounds.json",
        distortions=POISONED + "/distortions.csv",
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/gather.log",
    params:
        code=code("gather_spectrograms.py"),
    resources:
        mem_mb=1000,
        runtime=30,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/gather_spectrograms.py"


rule evaluate_poisoned:
    input:
        victim=rules.train.output.victim,
        spectrograms=rules.spectrograms.output.spectrograms,
        poisoned=(
            "results/spectrograms/{corpus}/{front_end}/{attack}-amplitude{eps}/spectrograms.npy"
        ),
        distortions=(
            "results/spectrograms/{corpus}/{front_end}/{attack}-amplitude{eps}/distortions.csv"
        ),
        split=rules.split.output.split,
    output:
        results=f"results/evaluations/{EVALUATION}.csv",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=names_pattern(name for name, section in settings.recipes.items() if section.poison),
    params:
        code=lambda w: code("evaluate_poisoned.py", network_class(w)),
        network=network,
        batch_size=settings.evaluation.batch_size,
        device=settings.device,
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/evaluate_poisoned.py"
