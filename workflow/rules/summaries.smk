# Summaries: the tables of a study, each from the tables of all its evaluations, checks or sounds.
from mishear.study import computed
from mishear.study.trainings import counterparts
from mishear.study.units import unit_files

recorded, several = computed.computed(plan), computed.computed_corrupted(plan)


rule summarise:
    input:
        results=on_disk(evaluation.results for evaluation in plan.evaluations),
        corrupted=on_disk(found.results for found in plan.corrupted),
        splits=on_disk(split["path"] for split in folds.splits(settings)),
    output:
        summary=paths.report(settings.study.name, "summary.csv"),
        summary_over_seeds=paths.report(settings.study.name, "summary_over_seeds.csv"),
        robustness=paths.report(settings.study.name, "robustness.csv"),
        robustness_over_seeds=paths.report(settings.study.name, "robustness_over_seeds.csv"),
        smallest_change=paths.report(settings.study.name, "smallest_change.csv"),
        by_speaker=paths.report(settings.study.name, "by_speaker.csv"),
    log:
        f"logs/report/{settings.study.name}/summarise.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("summarise.py"),
        evaluations=keys.summary_keys(settings),
        corruptions=keys.corruption_keys(settings),
        attacks=params_of.studied_attacks(plan),
        defences=params_of.studied_defences(plan),
        references=plan.references,
        counterparts=counterparts(settings),
        splits=folds.splits(settings),
    script:
        "../scripts/summarise.py"


rule summarise_environments:
    input:
        computed=on_disk(found.path for found in recorded),
        corrupted=on_disk(found.path for found in several),
    output:
        environments=paths.report(settings.study.name, "environments.csv"),
    log:
        f"logs/report/{settings.study.name}/environments.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("summarise_environments.py"),
        computed=[found.keys for found in recorded],
        corrupted=[found.keys for found in several],
    script:
        "../scripts/summarise_environments.py"


rule summarise_certificates:
    input:
        certificates=on_disk(found.path for found in keys.certified(settings)),
        splits=on_disk(split["path"] for split in folds.splits(settings)),
    output:
        table=paths.report(settings.study.name, "certificates.csv"),
        over_seeds=paths.report(settings.study.name, "certificates_over_seeds.csv"),
    log:
        f"logs/report/{settings.study.name}/certificates.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_certificates.py"),
        certificates=keys.certificate_keys(settings),
        splits=folds.splits(settings),
    script:
        "../scripts/summarise_certificates.py"


rule summarise_checks:
    input:
        **located_files(table_inputs.check_files(plan)),
    output:
        table=paths.report(settings.study.name, "checks.csv"),
    log:
        f"logs/report/{settings.study.name}/checks.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("summarise_checks.py"),
        checks=[asdict(check) for check in plan.checks],
        evaluations=[asdict(found) for found in checked_evaluations(settings)],
        waveform_checks=[asdict(check) for check in plan.waveform_checks],
        waveform_attacks=params_of.studied_attacks(plan, "waveform"),
        waveform_evaluations=waveform_evaluation_keys(settings),
        units=[{"front_end": name} for name in unit_files(settings)],
    script:
        "../scripts/summarise_checks.py"


rule summarise_listening:
    input:
        **located_files(table_inputs.listening_files(plan)),
    output:
        audio_quality=paths.report(settings.study.name, "audio_quality.csv"),
        audio_quality_over_seeds=paths.report(settings.study.name, "audio_quality_over_seeds.csv"),
        inversions=paths.report(settings.study.name, "inversions.csv"),
        inversions_over_seeds=paths.report(settings.study.name, "inversions_over_seeds.csv"),
        halves=paths.report(settings.study.name, "snr_at_half.csv"),
        halves_over_seeds=paths.report(settings.study.name, "snr_at_half_over_seeds.csv"),
    log:
        f"logs/report/{settings.study.name}/listening.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("summarise_listening.py"),
        sounds=[keys.sound_keys(settings, sound) for sound in plan.sounds.values()],
        recognisers=params_of.recognisers(plan),
        evaluations=keys.ratio_keys(settings),
        splits=folds.splits(settings),
        inversions=keys.inversion_keys(settings),
    script:
        "../scripts/summarise_listening.py"
