# Attacks on the waveform: evaluations like those on spectrograms, and their audio.
rule evaluate_waveforms:
    input:
        files(inputs.victim_with_waveforms),
    output:
        results=stored(paths.results(paths.EVALUATION)),
        sound=stored(paths.sound(paths.EVALUATION)),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "waveform", sharded=False)),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=240),
    params:
        code=code(
            "evaluate_waveforms.py",
            classes.front_end_class,
            classes.network_class,
            classes.attack_class,
            classes.defence_classes,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        front_end=given(params_of.front_end),
        attack=given(params_of.attack_with_budget),
        batch_size=given(params_of.batch_size),
    script:
        "../scripts/evaluate_waveforms.py"


use rule evaluate_waveforms as evaluate_waveforms_shard with:
    output:
        results=stored(paths.results(paths.EVALUATION_SHARD)),
        sound=stored(paths.sound(paths.EVALUATION_SHARD)),
    log:
        f"logs/evaluate/{paths.EVALUATION_SHARD}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "waveform", sharded=True)),


use rule gather_evaluation as gather_waveform_evaluation with:
    input:
        files(inputs.waveform_evaluation_shards),
    output:
        results=stored(paths.results(paths.EVALUATION)),
        sound=stored(paths.sound(paths.EVALUATION)),
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "waveform", sharded=True)),


rule check_waveform_attack:
    input:
        files(inputs.victim_with_waveforms),
    output:
        results=stored(paths.check(paths.CHECK)),
    log:
        f"logs/check/{paths.CHECK}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "waveform")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=240),
    params:
        code=code(
            "check_waveform_attack.py",
            classes.front_end_class,
            classes.network_class,
            classes.attack_class,
            classes.defence_classes,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        front_end=given(params_of.front_end),
        attack=given(params_of.attack_with_budget),
        every_eps=given(params_of.every_eps),
        batch_size=given(params_of.batch_size),
        checks=params_of.checks(plan, "recordings", "more"),
    script:
        "../scripts/check_waveform_attack.py"
