# This run of Snakemake: who else is at work here, how it is ended, which GPUs it may use.
sys.path.insert(0, str(Path(workflow.basedir) / "workflow" / "lib"))

from mishear.preflight.dates import check_own_dates
from mishear.preflight.room import check_room
from mishear.runtime.clocks import mend_dates
from mishear.runtime.gpus import usable_gpus
from mishear.runtime.jobs import SNAKEMAKE_PROCESS
from mishear.runtime.locks import interrupt_jobs, register_run
from mishear.runtime.memory import LARGEST_JOB_MB, memory_mb
from mishear.study.one_report import files_of_others
from snakemake_internals import (
    CHANGES,
    Change,
    change_snakemake,
    change_targets,
    jobs_given,
    replace_interpreter,
)
from warm_start.setup import inherits_starter, interpreter, obstacle, prepare_environment

# Jobs end with the Snakemake that started them.
os.environ[SNAKEMAKE_PROCESS] = str(os.getpid())

if workflow.is_main_process:
    try:
        others = register_run(Path(".snakemake"))
        check_own_dates(plan)
        little_room = check_room(plan, Path("results"))
    except UserError as error:
        raise WorkflowError(str(error)) from None
    for run in others:
        logger.warning(
            f"Another run is at work in this folder: {run}. Both cannot make the same files."
        )
    if little_room:
        logger.warning(little_room)
    interrupt_jobs()
    for place in job_code.unseen(SCRIPTS / "evaluate.py", classes.all_classes(settings)):
        logger.warning(f"A change there reruns nothing: {place}.")
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


log = logger.info if workflow.is_main_process else None
changes = list(CHANGES)
if workflow.is_main_process:
    moments = Path(".snakemake") / "mishear" / "reports"
    outdated = functools.partial(files_of_others, settings, moments)
    targets_by_name = functools.partial(change_targets, store.path, outdated)
    changes.append(Change("files named on the command line without digests", targets_by_name))
# On a cluster a group has a starter of its own; one for a single job would not pay.
works_off_group = workflow.remote_exec and jobs_given(sys.argv) > 1
has_jobs = workflow.is_main_process or works_off_group
serves_here = has_jobs or inherits_starter()
no_warm_start = obstacle(settings.warm_start) if serves_here else ""
if no_warm_start is None:
    if has_jobs:
        prepare_environment(Path(".snakemake") / "mishear")
    start_warm = functools.partial(replace_interpreter, interpreter(), SCRIPTS.resolve())
    changes.append(Change("warm starts", start_warm))
elif no_warm_start and log:
    log(f"Jobs start cold: {no_warm_start}.")
change_snakemake(changes, log)
