# Listening: test recordings as audio, their quality, and their transcripts by speech recognisers.
rule clean_sound:
    input:
        files(feature_inputs.waveform_shards_of_test),
    output:
        sound=stored(paths.sound(paths.CLEAN_SOUND)),
    log:
        f"logs/sounds/{paths.CLEAN_SOUND}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("clean_sound.py"),
        sample_rate=given(params_of.sample_rate),
    script:
        "../scripts/clean_sound.py"


rule poisoned_sound:
    input:
        files(feature_inputs.waveform_shards_of_test),
    output:
        sound=stored(paths.sound(paths.POISONED_SOUND)),
    log:
        f"logs/sounds/{paths.POISONED_SOUND}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=code("poisoned_sound.py", classes.poison_class),
        poison=given(params_of.poison),
        sample_rate=given(params_of.sample_rate),
    script:
        "../scripts/poisoned_sound.py"


rule round_trip:
    input:
        files(inputs.spectrograms_of_test),
    output:
        sound=stored(paths.sound(paths.ROUND_TRIP)),
    log:
        f"logs/sounds/{paths.ROUND_TRIP}-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code("round_trip.py", classes.front_end_class),
        front_end=given(params_of.front_end),
        samples=given(params_of.samples),
        iterations=given(params_of.inversion_iterations),
    script:
        "../scripts/round_trip.py"


rule invert:
    input:
        files(inputs.inversion),
    output:
        results=stored(paths.inversion(paths.INVERSION)),
        sound=stored(paths.sound(paths.INVERTED_SOUND)),
    log:
        f"logs/invert/{paths.INVERSION}-{{digest}}.log",
    wildcard_constraints:
        attack=any_of(attacks_in(settings, "spectrogram")),
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=2000, runtime=240),
    params:
        code=code("invert.py", classes.front_end_class, classes.network_class),
        network=given(params_of.network),
        front_end=given(params_of.front_end),
        samples=given(params_of.samples),
        batch_size=given(params_of.batch_size),
        iterations=given(params_of.inversion_iterations),
    script:
        "../scripts/invert.py"


rule quality:
    input:
        files(inputs.sound_with_clean),
    output:
        quality=stored(paths.quality("{sound}")),
    log:
        "logs/audio/{sound}/quality-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        code=code("quality.py"),
        samples=given(params_of.samples_of_sound),
        sample_rate=given(params_of.sample_rate_of_sound),
    script:
        "../scripts/quality.py"


rule recognise:
    input:
        files(inputs.sound_with_clean),
    output:
        transcripts=stored(paths.transcripts("{sound}")),
    log:
        "logs/audio/{sound}/transcripts/{recogniser}-{digest}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        code=code("recognise.py", classes.recogniser_class),
        recogniser=given(params_of.recogniser),
        samples=given(params_of.samples_of_sound),
        sample_rate=given(params_of.sample_rate_of_sound),
    script:
        "../scripts/recognise.py"
