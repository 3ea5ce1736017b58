# Universal attacks: a perturbation learned on the training recordings, judged on the test recordings.
from mishear.study.constraints import universal_attacks


rule evaluate_universal:
    input:
        files(inputs.attacked),
    output:
        results=stored(paths.results(paths.EVALUATION)),
        examples=stored(paths.examples(paths.EVALUATION)),
        perturbation=stored(paths.PERTURBATION),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(universal_attacks(settings, "spectrogram")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code(
            "evaluate_universal.py",
            classes.network_class,
            classes.attack_class,
            classes.defence_classes,
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        attack=given(params_of.attack),
        batch_size=given(params_of.batch_size),
    script:
        "../scripts/evaluate_universal.py"


ruleorder: evaluate_transfer > evaluate_universal


rule evaluate_universal_waveforms:
    input:
        files(inputs.victim_with_waveforms),
    output:
        results=stored(paths.results(paths.EVALUATION)),
        sound=stored(paths.sound(paths.EVALUATION)),
        perturbation=stored(paths.PERTURBATION),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(universal_attacks(settings, "waveform")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=240),
    params:
        code=code(
            "evaluate_universal_waveforms.py",
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
        "../scripts/evaluate_universal_waveforms.py"
