# The workflow is in workflow/Snakefile, where catalogs and `snakedeploy` look for it.
include: "workflow/Snakefile"


# An included file brings no default target. `use rule all as study` would run every time.
rule study:
    default_target: True
    input:
        rules.all.input,
