# Evaluation: one job for each victim, defence, attack and eps.
rule evaluate:
    input:
        victim=rules.train.output.victim,
        spectrograms=rules.spectrograms.output.spectrograms,
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        **kept_examples(f"results/evaluations/{EVALUATION}.npz"),
        results=f"results/evaluations/{EVALUATION}.csv",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=any_of(settings.attacks),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
    params:
        code=lambda w: code("evaluate.py", network_class(w), attack_class(w)),
        network=network,
        attack=attack,
        eps=lambda w: float(w.eps),
        seed=lambda w: int(w.seed),
        batch_size=settings.evaluation.batch_size,
        device=settings.device,
    script:
        "../scripts/evaluate.py"


rule gallery:
    input:
        victim=rules.train.output.victim,
        spectrograms=rules.spectrograms.output.spectrograms,
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        examples=f"results/galleries/{VICTIM}/{{attack}}/eps{{eps}}.npz",
    log:
        f"logs/gallery/{VICTIM}/{{attack}}/eps{{eps}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
        gpu=GPU,
    params:
        code=lambda w: code("gallery.py", network_class(w), attack_class(w)),
        network=network,
        attack=attack,
        eps=lambda w: float(w.eps),
        seed=lambda w: int(w.seed),
        recordings=settings.report.gallery.recordings,
        device=settings.device,
    script:
        "../scripts/gallery.py"
