# Other libraries: their packages, in a folder of their own, and what they do with a victim.
rule library_packages:
    output:
        packages=directory("results/libraries/packages"),
        listing="results/libraries/packages.txt",
    log:
        "logs/libraries/packages.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("library_packages.py"),
        requirements=read_requirements(Path(workflow.basedir) / REQUIREMENTS),
        python=sys.version_info[:2],
    script:
        "../scripts/library_packages.py"


rule probe_libraries:
    input:
        unpack(library_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        probe=f"results/probes/{VICTIM}/libraries.csv",
    log:
        f"logs/probes/{VICTIM}/libraries.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("probe_libraries.py", network_class(w)),
        network=network,
        recordings=240,
        device=settings.device,
    script:
        "../scripts/probe_libraries.py"
