# Training: one victim for each corpus, front end, network, recipe and seed.
rule train:
    input:
        files(inputs.training),
    output:
        victim=paths.WEIGHTS,
        digest=paths.digest(paths.WEIGHTS),
        history=paths.HISTORY,
        accuracy=paths.ACCURACY,
    log:
        f"logs/train/{paths.VICTIM}.log",
    wildcard_constraints:
        recipe=any_of(trained_by(settings, "mishear")),
    # All evaluations wait for victims.
    priority: 2
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code("train.py", classes.network_class, classes.poison_class),
        network=given(params_of.network),
        recipe=given(params_of.recipe),
        poison=given(params_of.training_poison),
        seed=given(params_of.seed),
        device=settings.device,
    script:
        "../scripts/train.py"


rule train_with_art:
    input:
        files(inputs.library_training),
    output:
        victim=paths.WEIGHTS,
        digest=paths.digest(paths.WEIGHTS),
        history=paths.HISTORY,
        accuracy=paths.ACCURACY,
    log:
        f"logs/train/{paths.VICTIM}.log",
    wildcard_constraints:
        recipe=any_of(trained_by(settings, "art")),
    priority: 2
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=240),
    params:
        code=code("train_with_art.py", classes.network_class),
        network=given(params_of.network),
        recipe=given(params_of.recipe),
        seed=given(params_of.seed),
        device=settings.device,
    script:
        "../scripts/train_with_art.py"
