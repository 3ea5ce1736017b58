# Summary, figures, report.
rule summarise:
    input:
        results=[f"results/evaluations/{evaluation.path}.csv" for evaluation in evaluations],
    output:
        summary=f"{REPORT}/summary.csv",
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
    script:
        "../scripts/summarise.py"
