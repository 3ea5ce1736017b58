# Training: one victim for each corpus, front end, network, recipe and seed.
VICTIM = "{corpus}/{front_end}/{network}/{recipe}/seed{seed}"


def network(wildcards):
    return plain(settings.networks[wildcards.network])


def network_class(wildcards):
    return settings.networks[wildcards.network].class_


def recipe(wildcards):
    """What of a recipe a training depends on."""
    section = settings.recipes[trainings[wildcards.recipe].recipe]
    return section.model_dump(include={"epochs", "batch_size", "learning_rate"})


def poisoned_spectrograms(wildcards):
    training = trainings[wildcards.recipe]
    if training.amplitude is None:
        return []
    return rules.poisoned_spectrograms.output.spectrograms.format(
        **wildcards, poison=training.recipe, amplitude=plan.number_name(training.amplitude)
    )


rule train:
    input:
        spectrograms=rules.spectrograms.output.spectrograms,
        split=rules.split.output.split,
        poisoned=poisoned_spectrograms,
    output:
        victim=f"results/victims/{VICTIM}/victim.pt",
        history=f"results/victims/{VICTIM}/history.csv",
        accuracy=f"results/victims/{VICTIM}/accuracy.json",
    log:
        f"logs/train/{VICTIM}.log",
    params:
        code=lambda w: code("train.py", network_class(w)),
        network=network,
        recipe=recipe,
        poisoned_share=lambda w: trainings[w.recipe].share,
        seed=lambda w: int(w.seed),
        device=settings.device,
    resources:
        mem_mb=2000,
        runtime=240,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/train.py"
