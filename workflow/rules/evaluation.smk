# Evaluation: one job for each victim, defence, attack and eps, or several with a shard each.
rule evaluate:
    input:
        unpack(source_victim),
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        **kept_examples(f"results/evaluations/{EVALUATION}.npz"),
        results=f"results/evaluations/{EVALUATION}.csv",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=attacks_in("spectrogram", sharded=False),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("evaluate.py", network_class(w), attack_class(w), *defence_classes(w)),
        network=network,
        defence=defence,
        attack=attack,
        batch_size=batch_size,
        device=settings.device,
    script:
        "../scripts/evaluate.py"


use rule evaluate as evaluate_shard with:
    output:
        **kept_examples(f"results/evaluations/{EVALUATION_SHARD}.npz"),
        results=f"results/evaluations/{EVALUATION_SHARD}.csv",
    log:
        f"logs/evaluate/{EVALUATION_SHARD}.log",
    wildcard_constraints:
        attack=attacks_in("spectrogram", sharded=True),


rule gather_evaluation:
    input:
        unpack(shards_of_evaluation),
    output:
        **kept_examples(f"results/evaluations/{EVALUATION}.npz"),
        results=f"results/evaluations/{EVALUATION}.csv",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=attacks_in("spectrogram", sharded=True),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("gather_evaluation.py"),
    script:
        "../scripts/gather_evaluation.py"


rule evaluate_waveforms:
    input:
        unpack(source_victim),
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        waveforms=large_shard_files(rules.waveforms.output.waveforms),
        waveforms_digests=shard_files(rules.waveforms.output.digest),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"results/evaluations/{EVALUATION}.csv",
        sound=f"results/sounds/{EVALUATION}.flac",
    log:
        f"logs/evaluate/{EVALUATION}.log",
    wildcard_constraints:
        attack=attacks_in("waveform", sharded=False),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code(
            "evaluate_waveforms.py", network_class(w), attack_class(w), *defence_classes(w)
        ),
        network=network,
        defence=defence,
        front_end=mel_spectrogram,
        attack=attack_with_budget,
        batch_size=batch_size,
        device=settings.device,
    script:
        "../scripts/evaluate_waveforms.py"


use rule evaluate_waveforms as evaluate_waveforms_shard with:
    output:
        results=f"results/evaluations/{EVALUATION_SHARD}.csv",
        sound=f"results/sounds/{EVALUATION_SHARD}.flac",
    log:
        f"logs/evaluate/{EVALUATION_SHARD}.log",
    wildcard_constraints:
        attack=attacks_in("waveform", sharded=True),


use rule gather_evaluation as gather_waveform_evaluation with:
    input:
        unpack(shards_of_waveform_evaluation),
    output:
        results=f"results/evaluations/{EVALUATION}.csv",
        sound=f"results/sounds/{EVALUATION}.flac",
    wildcard_constraints:
        attack=attacks_in("waveform", sharded=True),


rule certify:
    input:
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        certificates=f"results/certificates/{CERTIFICATE}.csv",
    log:
        f"logs/certify/{CERTIFICATE}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("certify.py", network_class(w), *defence_classes(w)),
        network=network,
        defence=defence,
        certificate=certificate,
        batch_size=settings.evaluation.batch_size,
        device=settings.device,
    script:
        "../scripts/certify.py"


rule check_attack:
    input:
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"{CHECK}/{{attack}}.csv",
    log:
        f"logs/check/{VICTIM}/{{defence}}/{{attack}}.log",
    wildcard_constraints:
        attack=attacks_in("spectrogram"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code(
            "check_attack.py", network_class(w), attack_class(w), *defence_classes(w)
        ),
        network=network,
        defence=defence,
        attack=attack,
        batch_size=batch_size,
        checks=checking("recordings", "eps", "more"),
        device=settings.device,
    script:
        "../scripts/check_attack.py"


rule check_waveform_attack:
    input:
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        waveforms=large_shard_files(rules.waveforms.output.waveforms),
        waveforms_digests=shard_files(rules.waveforms.output.digest),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"{CHECK}/{{attack}}.csv",
    log:
        f"logs/check/{VICTIM}/{{defence}}/{{attack}}.log",
    wildcard_constraints:
        attack=attacks_in("waveform"),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code(
            "check_waveform_attack.py", network_class(w), attack_class(w), *defence_classes(w)
        ),
        network=network,
        defence=defence,
        front_end=mel_spectrogram,
        attack=attack_with_budget,
        every_eps=lambda w: settings.attacks[w.attack].eps,
        batch_size=batch_size,
        checks=checking("recordings", "more"),
        device=settings.device,
    script:
        "../scripts/check_waveform_attack.py"


rule check_baselines:
    input:
        unpack(defence_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        results=f"{CHECK}@baselines.csv",
    log:
        f"logs/check/{VICTIM}/{{defence}}@baselines.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("check_baselines.py", network_class(w), *BASELINES, *defence_classes(w)),
        network=network,
        defence=defence,
        batch_size=settings.evaluation.batch_size,
        checks=checking("recordings", "eps", "noise_draws", "queries"),
        device=settings.device,
    script:
        "../scripts/check_baselines.py"


rule gallery:
    input:
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
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
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("gallery.py", network_class(w), attack_class(w)),
        network=network,
        attack=attack,
        recordings=settings.report.gallery.recordings,
        device=settings.device,
    script:
        "../scripts/gallery.py"
