# Training: one victim for each corpus, front end, network, recipe and seed.
rule train:
    input:
        unpack(poisoned_spectrograms),
        unpack(detection),
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        victim=f"results/victims/{VICTIM}/victim.pt",
        digest=f"results/victims/{VICTIM}/victim.sha256",
        history=f"results/victims/{VICTIM}/history.csv",
        accuracy=f"results/victims/{VICTIM}/accuracy.json",
    log:
        f"logs/train/{VICTIM}.log",
    wildcard_constraints:
        recipe=trained_by("mishear"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("train.py", network_class(w), *training_poison_classes(w)),
        network=network,
        recipe=recipe,
        poison=training_poison,
        seed=lambda w: int(w.seed),
        device=settings.device,
    script:
        "../scripts/train.py"


rule train_with_art:
    input:
        unpack(library_packages),
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        victim=f"results/victims/{VICTIM}/victim.pt",
        digest=f"results/victims/{VICTIM}/victim.sha256",
        history=f"results/victims/{VICTIM}/history.csv",
        accuracy=f"results/victims/{VICTIM}/accuracy.json",
    log:
        f"logs/train/{VICTIM}.log",
    wildcard_constraints:
        recipe=trained_by("art"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("train_with_art.py", network_class(w)),
        network=network,
        recipe=recipe,
        seed=lambda w: int(w.seed),
        device=settings.device,
    script:
        "../scripts/train_with_art.py"
