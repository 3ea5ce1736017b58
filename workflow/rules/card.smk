# The card of a study for programs, the methods section for papers, and the gate: requirements that fail the run.
from mishear.study.card import card_inputs, card_params


rule card:
    input:
        **located_files(card_inputs(settings), by_hash),
    output:
        card=paths.report(settings.study.name, "card.json"),
    log:
        f"logs/report/{settings.study.name}/card.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=hash_of_code("write_card.py", tuple(classes.described_classes(settings))),
        own_code=job_code.of_user_files(source_file("scripts/evaluate.py")),
        plan=card_params(settings),
    script:
        "../scripts/write_card.py"


rule methods:
    input:
        card=rules.card.output.card,
    output:
        methods=paths.report(settings.study.name, "methods.md"),
        references=paths.report(settings.study.name, "references.bib"),
        table=paths.report(settings.study.name, "table.tex"),
    log:
        f"logs/report/{settings.study.name}/methods.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("write_papers.py"),
        sources=hash_of_files([SOURCE / "mishear" / "report" / "papers" / "sources.bib"]),
    script:
        "../scripts/write_papers.py"


# It comes last: whoever is told what falls short has the report and all tables to look at.
rule gate:
    input:
        targets(),
        card=rules.card.output.card,
    output:
        gate=paths.report(settings.study.name, "gate.txt"),
    log:
        f"logs/report/{settings.study.name}/gate.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("check_gate.py"),
        report=lambda wildcards, input: str(Path(input.card).with_name("report.html")),
    script:
        "../scripts/check_gate.py"
