# Evaluation: one job for each victim, defence, attack and eps.
EVALUATION = VICTIM + "/{defence}/{attack}/eps{eps}"


def names_pattern(names):
    return "|".join(map(re.escape, names)) or "(?!)"


def attack(wildcards):
    section = settings.attacks[wildcards.attack]
    return section.model_dump(by_alias=True, include={"class_", "params"})


def attack_class(wildcards):
    return settings.attacks[wildcards.attack].class_


def kept_examples(path):
    """The file of adversarial inputs, where the study keeps them."""
    return {"examples": path} if settings.study.save_examples else {}


rule evaluate:
    input:
        victim=rules.train.output.victim,
        spectrograms=rules.spectrograms.output.spectrograms,
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"results/evaluations/{EVALUATION}.csv",
        **kept_examples(f"results/evaluations/{EVALUATION}.npz"),
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=names_pattern(settings.attacks),
    params:
        code=lambda w: code("evaluate.py", network_class(w), attack_class(w)),
        network=network,
        attack=attack,
        eps=lambda w: float(w.eps),
        seed=lambda w: int(w.seed),
        batch_size=settings.evaluation.batch_size,
        device=settings.device,
    resources:
        mem_mb=2000,
        runtime=240,
    conda:
        "../../envs/mishear.yaml"
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
    params:
        code=lambda w: code("gallery.py", network_class(w), attack_class(w)),
        network=network,
        attack=attack,
        eps=lambda w: float(w.eps),
        seed=lambda w: int(w.seed),
        recordings=settings.report.gallery.recordings,
        device=settings.device,
    resources:
        mem_mb=2000,
        runtime=60,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/gallery.py"
