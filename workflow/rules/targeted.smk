# Targeted attacks: each class turned into each other one.
from mishear.study import targeted as targeted_plan


rule attack_every_class:
    input:
        files(targeted_plan.targeted_inputs),
    output:
        results=stored(paths.TARGETED),
        examples=stored(paths.TARGETED_EXAMPLES),
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


rule targeted_page:
    input:
        files(targeted_page.page_inputs),
    output:
        page=report(
            paths.report(settings.study.name, paths.TARGETED_PAGE),
            caption="../report/targeted.rst",
            category="Listening",
            labels={
                "figure": "targeted attacks to listen to",
            },
        ),
    log:
        f"logs/report/{settings.study.name}/{paths.TARGETED_PAGE}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code("targeted_page.py", classes.front_end_class, classes.network_class),
        templates=hash_of_templates,
        study=settings.study.name,
        setting=lambda w: setting(w),
        victim=given(targeted_page.victim_in_words),
        network=given(params_of.network),
        front_end=given(params_of.front_end),
        samples=given(params_of.samples),
        iterations=given(targeted_page.iterations),
        attacks=given(targeted_page.page_attacks),
    script:
        "../scripts/targeted_page.py"
