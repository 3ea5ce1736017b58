# The report: figures, pages on which recordings are played, and the page with everything.
rule draw_figure:
    input:
        files(figure_inputs),
    output:
        figure=report(
            paths.report(settings.study.name, paths.FIGURE),
            caption="../report/figure.rst",
            category=lambda w: figures.FIGURES[figure(w).kind].category,
            subcategory="{corpus}, {front_end}, {network}",
            labels=lambda w: figures.report_labels(figure(w)),
        ),
        svg=paths.report(settings.study.name, paths.COLUMN_SVG),
        pdf=paths.report(settings.study.name, paths.COLUMN_PDF),
    log:
        f"logs/report/{settings.study.name}/{{corpus}}/{{front_end}}/{{network}}/{{figure}}.log",
    wildcard_constraints:
        figure=any_of({found.name for found in drawn.values()}),
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("draw_figure.py", figure_code),
        title=lambda w: figures.title(figure(w)),
        figure=lambda w: asdict(figure(w)),
        options=lambda w: figures.drawing_options(settings, figure(w)),
    script:
        "../scripts/draw_figure.py"


rule listening_page:
    input:
        files(listening.page_inputs),
        summary=rules.summarise.output.summary_over_seeds,
    output:
        page=report(
            paths.report(settings.study.name, paths.LISTENING_PAGE),
            caption="../report/listening.rst",
            category="Listening",
            labels={
                "figure": "recordings to listen to",
            },
        ),
    log:
        f"logs/report/{settings.study.name}/{paths.LISTENING_PAGE}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=code("listening_page.py", classes.front_end_class, classes.network_class),
        templates=hash_of_templates,
        study=settings.study.name,
        setting=lambda w: setting(w),
        reference=given(listening.page_reference),
        seed=given(listening.page_seed),
        network=given(params_of.network),
        front_end=given(params_of.front_end),
        samples=given(params_of.samples),
        versions=given(listening.played_versions),
        recognisers=listening.recognisers(plan),
        recordings=listening.page_recordings(plan),
        noise=listening.page_noise(plan),
        colour_map=settings.report.colour_map,
    script:
        "../scripts/listening_page.py"


rule report:
    input:
        **located_files(report_inputs(settings)),
    output:
        report=report(
            paths.report(settings.study.name, "report.html"),
            caption="../report/report.rst",
            category="Report",
            labels={"figure": "the whole report"},
        ),
        victims=victim_pages(settings),
    log:
        f"logs/report/{settings.study.name}/report.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=hash_of_code(
            "write_report.py",
            (*figures.wording_code(settings), *classes.described_classes(settings)),
        ),
        templates=hash_of_templates,
        study=report_params(plan),
    script:
        "../scripts/write_report.py"
