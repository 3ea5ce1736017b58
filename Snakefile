# How easily a speech classifier mishears: from recordings to a report.
from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/run.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/evaluation.smk"
include: "workflow/rules/waveforms.smk"
include: "workflow/rules/universal.smk"
include: "workflow/rules/targeted.smk"
include: "workflow/rules/transfer.smk"
include: "workflow/rules/checks.smk"
include: "workflow/rules/corruptions.smk"
include: "workflow/rules/poisoning.smk"
include: "workflow/rules/listening.smk"
include: "workflow/rules/libraries.smk"
include: "workflow/rules/summaries.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/card.smk"


rule all:
    default_target: True
    input:
        targets(),
        gate(),
