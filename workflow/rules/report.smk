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


rule draw_figure:
    input:
        unpack(drawing_inputs),
    output:
        figure=report(
            f"{FIGURES}/{{figure}}.svg",
            caption="../report/figure.rst",
            category=lambda w: catalogue.FIGURES[figure(w).kind].category,
            subcategory="{corpus}, {front_end}, {network}",
            labels=lambda w: catalogue.report_labels(figure(w)),
        ),
    log:
        f"{FIGURE_LOGS}/{{figure}}.log",
    wildcard_constraints:
        figure=any_of(dict.fromkeys(found.name for found in figures.values())),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=lambda w: code("draw_figure.py", *catalogue.drawing_code(settings, figure(w))),
        title=lambda w: catalogue.title(figure(w)),
        figure=lambda w: asdict(figure(w)),
        options=lambda w: catalogue.drawing_options(settings, figure(w)),
    script:
        "../scripts/draw_figure.py"


rule listening_page:
    input:
        unpack(lambda w: played_inputs(settings, setting(w))),
        summary=rules.summarise.output.summary,
        split=rules.split.output.split,
        bounds=rules.spectrograms.output.bounds,
        victim=reference_victim,
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
        versions=lambda w: played_versions(settings, setting(w)),
        recognisers=recognisers(),
        recordings=listened_recordings(),
        noise=next(iter(selections.noises(settings)), None),
        colour_map=settings.report.colour_map,
    script:
        "../scripts/listening_page.py"


rule report:
    input:
        **report_inputs(settings),
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
        code=code("write_report.py", *catalogue.wording_code(settings)),
        templates=templates_digest(),
        study=asdict(reported_study(settings)),
    script:
        "../scripts/write_report.py"
