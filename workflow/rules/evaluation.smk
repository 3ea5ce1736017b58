# Evaluation: one job for each victim, defence, attack and eps, or several with a shard each.
rule evaluate:
    input:
        files(inputs.attacked),
    output:
        results=stored(paths.results(paths.EVALUATION)),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "spectrogram", sharded=False)),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code(
            "evaluate.py", classes.network_class, classes.attack_class, classes.defence_classes
        ),
        network=given(params_of.network),
        defence=given(params_of.defence),
        attack=given(params_of.attack),
        batch_size=given(params_of.batch_size),
    script:
        "../scripts/evaluate.py"


# Where other jobs need the adversarial inputs, or the study asks for them.
use rule evaluate as evaluate_and_keep with:
    output:
        results=stored(paths.results(paths.EVALUATION)),
        examples=stored(paths.examples(paths.EVALUATION)),
    wildcard_constraints:
        recipe=any_of(plan.kept.recipes),
        defence=any_of(plan.kept.defences, otherwise="[^/]+"),
        attack=any_of(kept_attacks(plan)),
        eps=any_of(plan.kept.eps, otherwise="[^/]+"),
    # Checks wait for it, and attacks that minimise the change take longest: not at the end, alone.
    priority: 1


use rule evaluate as evaluate_shard with:
    output:
        results=stored(paths.results(paths.EVALUATION_SHARD)),
        examples=stored(paths.examples(paths.EVALUATION_SHARD)),
    log:
        f"logs/evaluate/{paths.EVALUATION_SHARD}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "spectrogram", sharded=True)),


rule gather_evaluation:
    input:
        files(inputs.evaluation_shards),
    output:
        results=stored(paths.results(paths.EVALUATION)),
        examples=stored(paths.examples(paths.EVALUATION)),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "spectrogram", sharded=True)),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("gather_evaluation.py"),
    script:
        "../scripts/gather_evaluation.py"


# An attack that the evaluated victim has no part in is not run again to be transferred.
rule evaluate_transfer:
    input:
        files(inputs.transfer),
    output:
        results=stored(paths.results(paths.EVALUATION)),
    log:
        f"logs/evaluate/{paths.EVALUATION}-{{digest}}.log",
    wildcard_constraints:
        defence=f"{paths.NAME}@{paths.NAME}",
        attack=any_of(transferred_attacks(settings)),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=60),
    params:
        code=code("evaluate_transfer.py", classes.network_class, classes.defence_classes),
        network=given(params_of.network),
        defence=given(params_of.defence),
        batch_size=given(params_of.batch_size),
    script:
        "../scripts/evaluate_transfer.py"


ruleorder: evaluate_transfer > gather_evaluation > evaluate_and_keep > evaluate


rule certify:
    input:
        files(inputs.victim_with_inputs),
    output:
        certificates=stored(paths.certificates(paths.CERTIFICATE)),
    log:
        f"logs/certify/{paths.CERTIFICATE}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code("certify.py", classes.network_class, classes.defence_classes),
        network=given(params_of.network),
        defence=given(params_of.defence),
        certificate=given(params_of.certificate),
        batch_size=settings.evaluation.batch_size,
    script:
        "../scripts/certify.py"
