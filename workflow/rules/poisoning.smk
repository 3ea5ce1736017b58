# Poisoning: spectrograms of poisoned waveforms, victims evaluated on them, poison detected.
rule poisoned_shard:
    input:
        files(feature_inputs.divided_waveform_shard),
    output:
        spectrograms=stored(paths.spectrogram_shard(paths.POISONED)),
        digest=stored(paths.digest(paths.spectrogram_shard(paths.POISONED))),
        distortions=stored(paths.DISTORTIONS_SHARD),
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/shard{shard}-of-{shards}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("poisoned_spectrograms.py", classes.front_end_class, classes.poison_class),
        front_end=given(params_of.front_end),
        poison=given(params_of.poison),
        shards=given(params_of.shards),
    script:
        "../scripts/poisoned_spectrograms.py"


rule poisoned_spectrograms:
    input:
        files(feature_inputs.poisoned_shards),
    output:
        spectrograms=stored(paths.spectrograms(paths.POISONED)),
        bounds=stored(paths.bounds(paths.POISONED)),
        distortions=stored(paths.DISTORTIONS),
    log:
        "logs/poison/{corpus}/{front_end}/{poison}-amplitude{amplitude}/gather-{digest}.log",
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


rule evaluate_poisoned:
    input:
        files(inputs.poisoned_test),
    output:
        results=stored(paths.results(paths.EVALUATION)),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(poisoned_recipes(settings)),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=60),
    params:
        code=code(
            "evaluate_poisoned.py",
            classes.network_class,
            classes.defence_classes,
            classes.poison_class,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        poison=given(params_of.aim),
        batch_size=settings.evaluation.batch_size,
    script:
        "../scripts/evaluate_poisoned.py"


rule detect:
    input:
        files(inputs.detection),
    output:
        detection=stored(paths.DETECTION),
    log:
        f"logs/detect/{paths.VICTIM}/{{detector}}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=60),
    params:
        code=code("detect.py", classes.network_class, classes.detector_class, classes.poison_class),
        network=given(params_of.network),
        detector=given(params_of.detector),
        poison=given(params_of.training_poison),
    script:
        "../scripts/detect.py"


rule detections:
    input:
        detections=on_disk(found.path for found in plan.detections),
        splits=on_disk(split["path"] for split in folds.splits(settings)),
    output:
        table=paths.report(settings.study.name, "detections.csv"),
        over_seeds=paths.report(settings.study.name, "detections_over_seeds.csv"),
    log:
        f"logs/report/{settings.study.name}/detections.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("detections.py"),
        detections=keys.detection_keys(settings),
        splits=folds.splits(settings),
    script:
        "../scripts/detections.py"
