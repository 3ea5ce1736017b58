# Other libraries: their packages, in a folder of their own, and what they do with a victim.
rule library_packages:
    output:
        packages=directory(paths.LIBRARY_PACKAGES),
        listing=paths.LIBRARY_LISTING,
    log:
        "logs/libraries/packages.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("library_packages.py"),
        requirements=read_requirements(source_file("libraries/requirements.txt")),
        python=sys.version_info[:2],
    script:
        "../scripts/library_packages.py"


rule probe_libraries:
    input:
        files(inputs.victim_with_libraries),
    output:
        probe=stored(paths.PROBE),
    log:
        f"logs/probes/{paths.VICTIM}/libraries-{{digest}}.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        **on_device(mem_mb=4000, runtime=240),
    params:
        code=code("probe_libraries.py", classes.network_class),
        network=given(params_of.network),
        recordings=240,
    script:
        "../scripts/probe_libraries.py"
