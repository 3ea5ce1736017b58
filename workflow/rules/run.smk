# This run of Snakemake: who else is at work here, how it is ended, which GPUs it may use.
import gc
import threading

from snakemake import sourcecache
from snakemake.scheduling.job_scheduler import JobScheduler

from mishear.runtime.gpus import usable_gpus
from mishear.runtime.jobs import SNAKEMAKE_PROCESS
from mishear.runtime.locks import interrupt_jobs, register_run

# Jobs end with the Snakemake that started them.
os.environ[SNAKEMAKE_PROCESS] = str(os.getpid())

if workflow.is_main_process:
    try:
        others = register_run(Path(".snakemake"))
    except UserError as error:
        raise WorkflowError(str(error)) from None
    for run in others:
        logger.warning(
            f"Another run is at work in this folder: {run}. Both cannot make the same files."
        )
    interrupt_jobs()
    # The terminal's Ctrl-C reaches jobs through Snakemake alone.
    shell.prefix("set -euo pipefail; trap '' INT; ")

# Where jobs run on this machine, Snakemake starts as many at a time as its GPUs take.
local_run = workflow.is_main_process and workflow.resource_settings.nodes is None
if local_run and settings.device != "cpu" and "gpu" not in workflow.global_resources:
    places = len(usable_gpus()) * settings.jobs_per_gpu
    if places:
        workflow.register_resource("gpu", places)


def schedule_one_reevaluation(scheduler, delay):
    """Have Snakemake look again after ``delay`` seconds, unless it is going to anyway.

    Snakemake 9.27 looks once more for every job that has ended, for ever and each second: a run of
    400 jobs spends a quarter of a core on it.
    """
    if getattr(scheduler, "reevaluation_is_due", False):
        return
    scheduler.reevaluation_is_due = True

    def look():
        scheduler.reevaluation_is_due = False
        scheduler._open_jobs.release()

    threading.Timer(delay, look).start()


JobScheduler._schedule_reevalutation = schedule_one_reevaluation

# For large plans: Snakemake parses the address of a job's script anew for every job, and what it
# makes for a plan lives as long as the plan, so that looking for garbage in it is in vain.
sourcecache.parse_uri = functools.cache(sourcecache.parse_uri)
gc.set_threshold(100_000, 50, 1000)
