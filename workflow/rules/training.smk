# Training: one victim for each corpus, front end, network, recipe and seed.
from mishear.study.trainings import TRAINED


rule train:
    input:
        files(inputs.training),
    output:
        victim=stored(paths.WEIGHTS),
        digest=stored(paths.digest(paths.WEIGHTS)),
        history=stored(paths.HISTORY),
        accuracy=stored(paths.ACCURACY),
    log:
        f"logs/train/{paths.VICTIM}-{{digest}}.log",
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
    script:
        "../scripts/train.py"


rule train_with_art:
    input:
        files(inputs.library_training),
    output:
        victim=stored(paths.WEIGHTS),
        digest=stored(paths.digest(paths.WEIGHTS)),
        history=stored(paths.HISTORY),
        accuracy=stored(paths.ACCURACY),
    log:
        f"logs/train/{paths.VICTIM}-{{digest}}.log",
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
    script:
        "../scripts/train_with_art.py"


# A network that came trained is not trained here. Its files are compared by their hashes, among the
# params, so that only another content makes another victim.
rule import_network:
    input:
        files(inputs.spectrograms_of_test),
        weights=lambda w: ancient(inputs.weights(plan, dict(w.items()))),
    output:
        victim=stored(paths.WEIGHTS),
        digest=stored(paths.digest(paths.WEIGHTS)),
        accuracy=stored(paths.ACCURACY),
    log:
        f"logs/import/{paths.VICTIM}-{{digest}}.log",
    wildcard_constraints:
        recipe=TRAINED,
    priority: 2
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=60),
    params:
        code=code("import_network.py", classes.network_class),
        corpus="{corpus}",
        network=given(params_of.network),
        key=given(params_of.network_key),
        weights=given(params_of.weights),
        sha256=given(params_of.weights_hash),
    script:
        "../scripts/import_network.py"
