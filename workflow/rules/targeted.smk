# Targeted attacks: each class turned into each other one.
from mishear.study import targeted as targeted_plan


rule attack_every_class:
    input:
        files(targeted_plan.targeted_inputs),
    output:
        results=stored(paths.TARGETED),
    log:
        f"logs/{paths.TARGETED.removeprefix('results/')}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(settings.targeted.attacks if settings.targeted else []),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=480),
    params:
        code=code(
            "attack_every_class.py",
            classes.front_end_class,
            classes.network_class,
            classes.attack_class,
        ),
        network=given(params_of.network),
        front_end=given(params_of.front_end),
        attack=given(targeted_plan.definition),
        recordings=settings.targeted.recordings if settings.targeted else None,
        batch_size=given(params_of.batch_size),
    script:
        "../scripts/attack_every_class.py"


rule summarise_targeted:
    input:
        results=on_disk(found.path for found in targeted_plan.targeted(settings)),
        splits=on_disk(split["path"] for split in folds.splits(settings)),
    output:
        table=paths.report(settings.study.name, "targeted.csv"),
    log:
        f"logs/report/{settings.study.name}/targeted.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_targeted.py"),
        targeted=targeted_plan.targeted_keys(settings),
        splits=folds.splits(settings),
    script:
        "../scripts/summarise_targeted.py"
