# How jobs start: warm, where that pays, and from a Snakemake that plans large studies faster; and how
# long they take.
sys.path.insert(0, str(RULES.parent / "lib"))

from job_times import JobTimes
from kept_results import KeptResults
from mishear.study.costs import Costs
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

prefix = modifier.path_modifier.prefix or ""


def locate(target):
    """The place of a file that the command line names without its digests."""
    if not target.startswith(prefix):
        return target
    path = target.removeprefix(prefix)
    if reason := store.objection(path):
        raise WorkflowError(reason)
    return prefix + store.path(path)


log = logger.info if workflow.is_main_process else None
changes = list(CHANGES)
if workflow.is_main_process:
    outdated = functools.partial(files_of_others, plan, prefix)
    targets_by_name = functools.partial(change_targets, locate, outdated, replaced.values())
    changes.append(Change("files named on the command line without digests", targets_by_name))
# On a cluster a group has a starter of its own; one for a single job would not pay.
works_off_group = workflow.remote_exec and jobs_given(sys.argv) > 1
has_jobs = workflow.is_main_process or works_off_group
serves_here = has_jobs or inherits_starter()
no_warm_start = obstacle(settings.warm_start) if serves_here else ""
if no_warm_start is None:
    if has_jobs:
        prepare_environment(Path(".snakemake") / "mishear")
    scripts = (RULES.parent / "scripts").resolve()
    start_warm = functools.partial(replace_interpreter, interpreter(), scripts)
    changes.append(Change("warm starts", start_warm))
elif no_warm_start and log:
    log(f"Jobs start cold: {no_warm_start}.")
change_snakemake(changes, log)

if workflow.is_main_process:
    logger.addHandler(KeptResults(workflow, logger.warning))

# How long jobs take is measured and estimated for this machine alone.
if local_run:
    costs = Costs(settings, Path(".snakemake") / "mishear")
    logger.addHandler(JobTimes(workflow, costs, modifier.modify_rulename, logger.info))
