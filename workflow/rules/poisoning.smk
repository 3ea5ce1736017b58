# Poisoning: spectrograms of poisoned waveforms, victims measured on them, poison looked for.
rule poisoned_shard:
    input:
        waveforms=ancient(rules.waveforms.output.waveforms),
        waveforms_digest=rules.waveforms.output.digest,
        index=rules.index.output.index,
        split=rules.split.output.split,
    output:
        spectrograms=f"{POISONED}/shard{{shard}}.npy",
        digest=f"{POISONED}/shard{{shard}}.sha256",
        distortions=f"{POISONED}/shard{{shard}}.csv",
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/shard{shard}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=lambda w: code("poisoned_spectrograms.py", poison_class(w.poison)),
        front_end=mel_spectrogram,
        poison=poison,
        shards=shards,
    script:
        "../scripts/poisoned_spectrograms.py"


rule poisoned_spectrograms:
    input:
        shards=large_shard_files(rules.poisoned_shard.output.spectrograms),
        digests=shard_files(rules.poisoned_shard.output.digest),
        distortions=shard_files(rules.poisoned_shard.output.distortions),
    output:
        spectrograms=f"{POISONED}/spectrograms.npy",
        bounds=f"{POISONED}/bounds.json",
        distortions=f"{POISONED}/distortions.csv",
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/gather.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("gather_spectrograms.py"),
    script:
        "../scripts/gather_spectrograms.py"


rule evaluate_poisoned:
    input:
        unpack(defence_packages),
        unpack(poisoned_test),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"results/evaluations/{EVALUATION}.csv",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=any_of(poisons()),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code(
            "evaluate_poisoned.py",
            network_class(w),
            poison_class(w.attack),
            *defence_classes(w),
        ),
        network=network,
        defence=defence,
        poison=aim,
        batch_size=settings.evaluation.batch_size,
        device=settings.device,
    script:
        "../scripts/evaluate_poisoned.py"


rule detect:
    input:
        unpack(detector_packages),
        unpack(poisoned_spectrograms),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        detection=f"results/detections/{DETECTION}.csv",
    log:
        f"logs/detect/{DETECTION}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code(
            "detect.py", network_class(w), detector_class(w), *training_poison_classes(w)
        ),
        network=network,
        detector=detector,
        poison=training_poison,
        device=settings.device,
    script:
        "../scripts/detect.py"


rule detections:
    input:
        detections=all_detections(),
    output:
        table=f"{REPORT}/detections.csv",
    log:
        f"logs/report/{settings.study.name}/detections.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("detections.py"),
        detections=plan.detection_keys(settings),
    script:
        "../scripts/detections.py"
