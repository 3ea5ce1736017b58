# Listening: test recordings as sound, their quality, and what a speech recogniser makes of them.
rule clean_sound:
    input:
        waveforms=large_shard_files(rules.waveforms.output.waveforms),
        waveforms_digests=shard_files(rules.waveforms.output.digest),
        split=rules.split.output.split,
    output:
        sound=f"{SOUNDS}/clean.flac",
    log:
        "logs/sounds/{corpus}/{front_end}/clean.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("clean_sound.py"),
        sample_rate=sample_rate,
    script:
        "../scripts/clean_sound.py"


rule poisoned_sound:
    input:
        waveforms=large_shard_files(rules.waveforms.output.waveforms),
        waveforms_digests=shard_files(rules.waveforms.output.digest),
        split=rules.split.output.split,
    output:
        sound=f"{SOUNDS}/{{poison}}-amplitude{{amplitude}}.flac",
    log:
        "logs/sounds/{corpus}/{front_end}/{poison}-amplitude{amplitude}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=lambda w: code("poisoned_sound.py", poison_class(w.poison)),
        poison=poison,
        sample_rate=sample_rate,
    script:
        "../scripts/poisoned_sound.py"


rule round_trip:
    input:
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        sound=f"{SOUNDS}/round-trip.flac",
    log:
        "logs/sounds/{corpus}/{front_end}/round-trip.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("round_trip.py"),
        front_end=mel_spectrogram,
        samples=samples,
        iterations=inversion_iterations,
    script:
        "../scripts/round_trip.py"


rule invert:
    input:
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
        round_trip=rules.round_trip.output.sound,
    output:
        results=f"results/inversions/{VICTIM}/{{attack}}/eps{{eps}}.csv",
        sound=f"results/sounds/{VICTIM}/none/{{attack}}/eps{{eps}}.flac",
    log:
        f"logs/invert/{VICTIM}/{{attack}}/eps{{eps}}.log",
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
        code=lambda w: code("invert.py", network_class(w), attack_class(w)),
        network=network,
        front_end=mel_spectrogram,
        samples=samples,
        attack=attack,
        batch_size=batch_size,
        iterations=inversion_iterations,
        device=settings.device,
    script:
        "../scripts/invert.py"


rule quality:
    input:
        clean=clean_version,
        sound="results/sounds/{sound}.flac",
        split=split_of_sound,
    output:
        quality="results/ears/{sound}/quality.csv",
    log:
        "logs/ears/{sound}/quality.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        code=code("quality.py"),
        samples=lambda w: samples(sounds[w.sound]),
        sample_rate=lambda w: sample_rate(sounds[w.sound]),
    script:
        "../scripts/quality.py"


rule recognise:
    input:
        clean=clean_version,
        sound="results/sounds/{sound}.flac",
        split=split_of_sound,
    output:
        heard="results/ears/{sound}/heard-by-{recogniser}.csv",
    log:
        "logs/ears/{sound}/heard-by-{recogniser}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        code=lambda w: code("recognise.py", recogniser_class(w)),
        recogniser=recogniser,
        samples=lambda w: samples(sounds[w.sound]),
        sample_rate=lambda w: sample_rate(sounds[w.sound]),
    script:
        "../scripts/recognise.py"


rule summarise_listening:
    input:
        quality=expand("results/ears/{sound}/quality.csv", sound=sounds),
        heard=heard_files(),
        evaluations=results_of(plan.ratio_evaluations(settings)),
        inversions=inversion_files(),
    output:
        ears=f"{REPORT}/ears.csv",
        inversions=f"{REPORT}/inversions.csv",
        halves=f"{REPORT}/snr_at_half.csv",
    log:
        f"logs/report/{settings.study.name}/listening.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("summarise_listening.py"),
        sounds=[plan.sound_keys(settings, sound) for sound in sounds.values()],
        recognisers=recognisers(),
        evaluations=plan.ratio_keys(settings),
        inversions=plan.inversion_keys(settings),
    script:
        "../scripts/summarise_listening.py"
