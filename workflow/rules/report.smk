# Summary, figures, report.
rule summarise:
    input:
        results=[f"results/evaluations/{evaluation.path}.csv" for evaluation in evaluations],
    output:
        summary=f"{REPORT}/summary.csv",
        robustness=f"{REPORT}/robustness.csv",
    log:
        f"logs/report/{settings.study.name}/summarise.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("summarise.py"),
        evaluations=plan.summary_keys(settings),
        attacks=studied_attacks(),
        defences=studied_defences(),
    script:
        "../scripts/summarise.py"


rule summarise_certificates:
    input:
        certificates=certificate_files(),
    output:
        table=f"{REPORT}/certificates.csv",
    log:
        f"logs/report/{settings.study.name}/certificates.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_certificates.py"),
        certificates=[
            {key: value for key, value in found.items() if key != "path"} for found in certificates
        ],
    script:
        "../scripts/summarise_certificates.py"


rule summarise_checks:
    input:
        results=check_files(checks),
        evaluations=results_of(checked_evaluations),
        waveform_results=check_files(waveform_checks),
        waveform_evaluations=results_of(checked_on_waveforms),
    output:
        table=f"{REPORT}/checks.csv",
    log:
        f"logs/report/{settings.study.name}/checks.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_checks.py"),
        checks=[asdict(check) for check in checks],
        evaluations=[asdict(found) for found in checked_evaluations],
        waveform_checks=[asdict(check) for check in waveform_checks],
        waveform_attacks=ordered_attacks("waveform"),
        waveform_evaluations=waveform_evaluation_keys(),
    script:
        "../scripts/summarise_checks.py"


rule draw_accuracy:
    input:
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
    output:
        figure=report(
            f"{FIGURES}/accuracy.svg",
            caption="../report/accuracy.rst",
            category="Attacks",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "accuracy against eps",
            },
        ),
    log:
        f"{FIGURE_LOGS}/accuracy.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_accuracy.py"),
        setting=setting,
        attacks=ordered_attacks(),
        paper_reference=settings.report.paper_reference,
    script:
        "../scripts/draw_accuracy.py"


rule draw_distance:
    input:
        results=lambda w: results_of(minimisations(w)),
        split=rules.split.output.split,
    output:
        figure=report(
            f"{FIGURES}/distance.svg",
            caption="../report/distance.rst",
            category="Attacks",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "accuracy against L2",
            },
        ),
    log:
        f"{FIGURE_LOGS}/distance.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_distance.py"),
        evaluations=lambda w: [
            {"recipe": found.victim.recipe, "attack": found.attack} for found in minimisations(w)
        ],
        attacks=list(ordered_attacks()),
        paper_reference=settings.report.paper_reference,
    script:
        "../scripts/draw_distance.py"


rule draw_ratios:
    input:
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
        ears=rules.summarise_listening.output.ears,
        halves=rules.summarise_listening.output.halves,
    output:
        figure=report(
            f"{FIGURES}/ratios.svg",
            caption="../report/ratios.rst",
            category="Listening",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "accuracy against SNR",
            },
        ),
    log:
        f"{FIGURE_LOGS}/ratios.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_ratios.py"),
        setting=setting,
        attacks=catalogue.waveform_attacks(settings),
        reference=reference.name if reference else None,
    script:
        "../scripts/draw_ratios.py"


rule draw_ears:
    input:
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
        ears=rules.summarise_listening.output.ears,
    output:
        figure=report(
            f"{FIGURES}/{{recipe}}/ears.svg",
            caption="../report/ears.rst",
            category="Listening",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "what is heard of noise",
                "recipe": "{recipe}",
            },
        ),
    log:
        f"{FIGURE_LOGS}/{{recipe}}/ears.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_ears.py"),
        setting=setting,
        reference=reference.name if reference else None,
    script:
        "../scripts/draw_ears.py"


rule listening_page:
    input:
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
        bounds=rules.spectrograms.output.bounds,
        victim=reference_victim,
        sounds=played_files("results/sounds/{sound}.flac"),
        quality=played_files("results/ears/{sound}/quality.csv"),
        heard=played_files("results/ears/{sound}/heard-by-{recogniser}.csv"),
    output:
        page=report(
            f"{REPORT}/listening/{{corpus}}/{{front_end}}/{{network}}.html",
            caption="../report/listening.rst",
            category="Listening",
            labels={
                "figure": "recordings to listen to",
            },
        ),
    log:
        f"logs/report/{settings.study.name}/listening/{{corpus}}/{{front_end}}/{{network}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=lambda w: code("listening_page.py", network_class(w)),
        templates=templates_digest(),
        study=settings.study.name,
        setting=setting,
        reference=reference.name if reference else None,
        seed=settings.study.seeds[0],
        network=network,
        front_end=mel_spectrogram,
        samples=samples,
        versions=played_versions,
        recognisers=recognisers(),
        recordings=listened_recordings(),
        noise=next(iter(catalogue.noises(settings)), None),
        colour_map=settings.report.colour_map,
    script:
        "../scripts/listening_page.py"


rule draw_tradeoff:
    input:
        robustness=rules.summarise.output.robustness,
    output:
        figure=report(
            f"{FIGURES}/tradeoff.svg",
            caption="../report/tradeoff.rst",
            category="Defences",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "clean accuracy against the worst case",
            },
        ),
    log:
        f"{FIGURE_LOGS}/tradeoff.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_tradeoff.py"),
        setting=setting,
        families=catalogue.families(settings),
        labels=sweep_labels(),
        eps=settings.report.gallery.eps,
    script:
        "../scripts/draw_tradeoff.py"


rule draw_certificates:
    input:
        certificates=rules.summarise_certificates.output.table,
    output:
        figure=report(
            f"{FIGURES}/certificates.svg",
            caption="../report/certificates.rst",
            category="Defences",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "certified accuracy",
            },
        ),
    log:
        f"{FIGURE_LOGS}/certificates.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_certificates.py"),
        setting=setting,
        names=[name for name, found in settings.defences.items() if found.certificate],
    script:
        "../scripts/draw_certificates.py"


rule draw_confusion:
    input:
        results=lambda w: results_of(shown_evaluations(w)),
        split=rules.split.output.split,
    output:
        figure=report(
            f"{FIGURES}/{{recipe}}/confusion.svg",
            caption="../report/confusion.rst",
            category="Attacks",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "confusion matrices",
                "recipe": "{recipe}",
            },
        ),
    log:
        f"{FIGURE_LOGS}/{{recipe}}/confusion.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_confusion.py"),
        attacks=lambda w: [(found.attack, found.eps) for found in shown_evaluations(w)],
    script:
        "../scripts/draw_confusion.py"


rule draw_gallery:
    input:
        examples=gallery_examples,
    output:
        figure=report(
            f"{FIGURES}/{{recipe}}/gallery-{{attack}}.svg",
            caption="../report/gallery.rst",
            category="Spectrograms",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "{attack}",
                "recipe": "{recipe}",
            },
        ),
    log:
        f"{FIGURE_LOGS}/{{recipe}}/gallery-{{attack}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_gallery.py"),
        colour_map=settings.report.colour_map,
    script:
        "../scripts/draw_gallery.py"


rule draw_poisoning:
    input:
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
    output:
        figure=report(
            f"{FIGURES}/{{recipe}}/poisoning.svg",
            caption="../report/poisoning.rst",
            category="Poisoning",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "accuracy under poison",
                "recipe": "{recipe}",
            },
        ),
    log:
        f"{FIGURE_LOGS}/{{recipe}}/poisoning.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw_poisoning.py", poison_class(w.recipe)),
        setting=setting,
        unpoisoned=[training.name for training in plan.unpoisoned_trainings(settings)],
        definition=lambda w: plan.poison_definition(settings, w.recipe),
        paper_reference=settings.report.paper_reference,
    script:
        "../scripts/draw_poisoning.py"


rule draw_recording:
    input:
        split=rules.split.output.split,
        waveforms=large_shard_files(rules.waveforms.output.waveforms),
        waveforms_digests=shard_files(rules.waveforms.output.digest),
        clean=ancient(rules.spectrograms.output.spectrograms),
        clean_bounds=rules.spectrograms.output.bounds,
        poisoned=lambda w: [ancient(path) for path in poisoned_versions(w, "spectrograms")],
        poisoned_bounds=lambda w: poisoned_versions(w, "bounds"),
        results=lambda w: results_of(heard_evaluations(w)),
    output:
        figure=report(
            f"{FIGURES}/{{recipe}}/recording.svg",
            caption="../report/recording.rst",
            category="Poisoning",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "one recording",
                "recipe": "{recipe}",
            },
        ),
    log:
        f"{FIGURE_LOGS}/{{recipe}}/recording.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw_recording.py", poison_class(w.recipe)),
        poisons=lambda w: [
            plan.poison_definition(settings, w.recipe, amplitude)
            for amplitude in settings.recipes[w.recipe].poison.amplitudes
        ],
        sample_rate=lambda w: settings.front_ends[w.front_end].sample_rate,
        colour_map=settings.report.colour_map,
    script:
        "../scripts/draw_recording.py"


rule draw_training:
    input:
        histories=victim_files("history.csv"),
    output:
        figure=report(
            f"{FIGURES}/training.svg",
            caption="../report/training.rst",
            category="Training",
            subcategory="{corpus}, {front_end}, {network}",
            labels={
                "figure": "loss and accuracy",
            },
        ),
    log:
        f"{FIGURE_LOGS}/training.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_training.py"),
        victims=shown_victims,
    script:
        "../scripts/draw_training.py"


rule report:
    input:
        **listening_tables(),
        summary=rules.summarise.output.summary,
        robustness=rules.summarise.output.robustness,
        checks=rules.summarise_checks.output.table,
        probes=probes(),
        detections=detection_table(),
        figures=all_figures(),
        accuracies=reference_accuracies(),
        rejected=expand(rules.inspect.output.rejected, corpus=settings.study.corpora),
    output:
        report=report(
            f"{REPORT}/report.html",
            caption="../report/report.rst",
            category="Report",
            labels={"figure": "the whole report"},
        ),
    log:
        f"logs/report/{settings.study.name}/report.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("write_report.py", *map(poison_class, catalogue.poisoned_recipes(settings))),
        templates=templates_digest(),
        study=reported_study(),
    script:
        "../scripts/write_report.py"
