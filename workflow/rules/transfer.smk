# Transfer between victims: examples of source models, from their evaluations, judged on all victims.
from mishear.study import transfer_inputs, transfers


rule judge_transfer:
    input:
        files(transfer_inputs.transfer),
    output:
        table=stored(paths.transferred(paths.TRANSFER)),
    log:
        f"logs/transfer/{paths.TRANSFER}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=60),
    params:
        code=code("judge_transfer.py", classes.front_end_class, classes.network_class),
        network=given(params_of.network),
        front_end=given(params_of.front_end),
        sources=given(transfer_inputs.source_keys),
        formats=given(transfer_inputs.formats),
        on_waveform=given(transfer_inputs.is_on_waveform),
        batch_size=settings.evaluation.batch_size,
    script:
        "../scripts/judge_transfer.py"


rule summarise_transfer:
    input:
        transfers=on_disk(transfer.path for transfer in plan.transfers),
        splits=on_disk(split["path"] for split in folds.splits(settings)),
    output:
        table=paths.report(settings.study.name, "transfer.csv"),
    log:
        f"logs/report/{settings.study.name}/transfer.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_transfer.py"),
        transfers=transfers.transfer_keys(settings),
        splits=folds.splits(settings),
    script:
        "../scripts/summarise_transfer.py"
