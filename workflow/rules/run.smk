# This run of Snakemake: who else is at work here, how it is ended, which GPUs it may use.
from mishear.preflight.dates import check_own_dates
from mishear.preflight.room import check_room
from mishear.runtime.clocks import mend_dates
from mishear.runtime.counted import COUNTED, Counted, write_counted
from mishear.runtime.gpus import usable_gpus
from mishear.runtime.jobs import SNAKEMAKE_PROCESS
from mishear.runtime.locks import interrupt_jobs, register_run
from mishear.runtime.memory import LARGEST_JOB_MB, memory_mb
from mishear.runtime.observed import noted_before, uncounted_warning
from mishear.runtime.unrecorded import notice_of_unrecorded
from mishear.study.pruning import notice_of_former
from mishear.study.standing import standing_of_report

# Jobs end with the Snakemake that started them.
os.environ[SNAKEMAKE_PROCESS] = str(os.getpid())


def is_idle():
    """Whether no job is running."""
    return not (workflow.scheduler and workflow.scheduler.running)


if workflow.is_main_process:
    try:
        others = register_run(Path(".snakemake"))
        check_own_dates(plan)
        little_room = check_room(plan, Path("results"))
        replaced = own_files.replaced_recordings(plan, lambda path: in_place(store.path(path)))
    except UserError as error:
        raise WorkflowError(str(error)) from None
    for run in others:
        logger.warning(
            f"Another run is active in this folder: {run}. Both cannot make the same files."
        )
    for notice in (little_room, notice_of_former(Path("results"), Path(".snakemake") / "mishear")):
        if notice:
            logger.warning(notice)
    for corpus in replaced:
        logger.warning(
            f"The recordings of corpora.{corpus} have changed since its results were made. All that "
            f"depends on them is made again and replaces these results."
        )
    interrupt_jobs(is_idle)
    asked = source_file("scripts/evaluate.py"), classes.all_classes(settings)
    for place in job_code.unseen(*asked):
        logger.warning(f"Changes not detected: {place}.")
    notes = (Path(".snakemake") / "mishear").absolute()
    compared = [*job_code.files(*asked), *job_code.files_of_mishear(asked[0].parent)]
    loaded = dict.fromkeys(own_files.files_of_networks(plan))
    loaded |= zip(compared, known.of_all(compared))
    own = own_files.given_files(plan)
    counted = Counted(loaded, dict(zip(own, known.of_all(own))))
    os.environ[COUNTED] = str(write_counted(counted, notes))
    for path in noted_before(notes):
        logger.warning(uncounted_warning(path))
    # The terminal's Ctrl-C reaches jobs through Snakemake alone.
    shell.prefix("set -euo pipefail; trap '' INT; ")

# Where jobs run on this machine, Snakemake starts as many at a time as its GPUs take.
local_run = workflow.is_main_process and workflow.resource_settings.nodes is None
if local_run and settings.device != "cpu" and "gpu" not in workflow.global_resources:
    places = len(usable_gpus()) * settings.jobs_per_gpu
    if places:
        workflow.register_resource("gpu", places)

# It starts no more of them than its memory takes.
if local_run and "mem_mb" not in workflow.global_resources:
    workflow.register_resource("mem_mb", memory_mb())
    if memory_mb() < LARGEST_JOB_MB:
        logger.warning(
            f"This machine has {memory_mb()} MB of memory, and some rules ask for {LARGEST_JOB_MB} "
            f"MB. If one is killed, close other programs or take another machine."
        )


onstart:
    if mended := mend_dates(Path("results")):
        logger.warning(
            f"{mended} files of results were dated in the future, as after a clock was set back. "
            f"They are dated now."
        )
    if unrecorded := notice_of_unrecorded(Path("results")):
        logger.warning(unrecorded)


# A run for some files leaves the report as it is.
onsuccess:
    if workflow.dag_settings.targets:
        logger.info(f"Report: {standing_of_report(store)}")


onerror:
    printed = "".join(Path(each).read_text(errors="replace") for each in log)
    if "SIGKILL" in printed or "exit status 137" in printed:
        logger.error(
            "A job was killed from outside, perhaps for want of memory. Close other programs, or run "
            "fewer jobs at a time: --cores N, or --resources mem_mb=N."
        )


# What changes Snakemake itself: only where the files of the workflow lie on this disk.
if RULES:

    include: "starts.smk"
