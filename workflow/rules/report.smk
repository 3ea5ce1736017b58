# Summary, figures, report.
REPORT = f"results/reports/{settings.study.name}"


rule summarise:
    input:
        results=[f"results/evaluations/{evaluation.path}.csv" for evaluation in evaluations],
    output:
        summary=f"{REPORT}/summary.csv",
    log:
        f"logs/report/{settings.study.name}/summarise.log",
    params:
        code=code("summarise.py"),
        evaluations=plan.summary_keys(settings),
        attacks={
            name: plain(settings.attacks[name])
            for name in sorted({e.attack for e in evaluations} & set(settings.attacks))
        },
    resources:
        mem_mb=1000,
        runtime=30,
    conda:
        "../../envs/mishear.yaml"
    script:
        "../scripts/summarise.py"
