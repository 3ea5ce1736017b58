# Natural corruptions: one job for each victim, defence and corruption, at all severities.
rule evaluate_corrupted:
    input:
        files(inputs.victim_with_waveforms),
    output:
        results=stored(paths.corrupted(paths.CORRUPTED)),
    log:
        f"logs/corruptions/{paths.CORRUPTED}-{{digest}}.log",
    wildcard_constraints:
        corruption=any_of(settings.corruptions),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=60),
    params:
        code=code(
            "evaluate_corrupted.py",
            classes.front_end_class,
            classes.network_class,
            classes.defence_classes,
            classes.corruption_class,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        front_end=given(params_of.front_end),
        corruption=given(params_of.corruption),
        batch_size=settings.evaluation.batch_size,
    script:
        "../scripts/evaluate_corrupted.py"
