# Checks of attacks on the spectrogram: more iterations, no limit, the attack unit test, baselines.
from mishear.study import check_inputs


rule check_attack:
    input:
        files(check_inputs.attack_check),
    output:
        results=stored(paths.check(paths.CHECK)),
    log:
        f"logs/check/{paths.CHECK}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "spectrogram")),
    priority: 1
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code(
            "check_attack.py",
            classes.network_class,
            classes.attack_class,
            classes.defence_classes,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        attack=given(params_of.attack),
        eps=given(params_of.check_eps),
        batch_size=given(params_of.batch_size),
        checks=params_of.checks(plan, "recordings", "more"),
    script:
        "../scripts/check_attack.py"


rule check_baselines:
    input:
        files(check_inputs.baselines),
    output:
        results=stored(paths.check(paths.BASELINES)),
    log:
        f"logs/check/{paths.BASELINES}-{{digest}}.log",
    priority: 1
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code(
            "check_baselines.py",
            classes.network_class,
            classes.baseline_classes,
            classes.defence_classes,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        batch_size=settings.evaluation.batch_size,
        checks=given(check_inputs.baseline_settings),
    script:
        "../scripts/check_baselines.py"
