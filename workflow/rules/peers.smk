# Other libraries: their packages, in a folder of their own, and what they do with a victim.
rule peer_packages:
    output:
        packages=directory("results/peers/packages"),
        listing="results/peers/packages.txt",
    log:
        "logs/peers/packages.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        code=code("peer_packages.py"),
        requirements=read_requirements(Path(workflow.basedir) / REQUIREMENTS),
        python=sys.version_info[:2],
    script:
        "../scripts/peer_packages.py"


rule probe_peers:
    input:
        unpack(peer_packages),
        victim=ancient(rules.train.output.victim),
        victim_digest=rules.train.output.digest,
        spectrograms=ancient(rules.spectrograms.output.spectrograms),
        bounds=rules.spectrograms.output.bounds,
        split=rules.split.output.split,
    output:
        probe=f"results/probes/{VICTIM}/peers.csv",
    log:
        f"logs/probes/{VICTIM}/peers.log",
    conda:
        "../../envs/mishear.yaml"
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=GPU,
        jobs_per_gpu=settings.jobs_per_gpu,
    params:
        code=lambda w: code("probe_peers.py", network_class(w)),
        network=network,
        recordings=240,
        device=settings.device,
    script:
        "../scripts/probe_peers.py"
