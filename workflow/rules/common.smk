# The checked config, the study's plan, and what all rules share.
import functools
import os
import sys
from pathlib import Path

SOURCE = Path(workflow.basedir) / "src"
SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"
sys.path.insert(0, str(SOURCE))
# Jobs find the library, and classes in modules beside the user's data, without installing.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(SOURCE), os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])]
)

from mishear import plan
from mishear.checks import checked_settings
from mishear.errors import UserError
from mishear.fingerprint import fingerprint

try:
    settings = checked_settings(config, cache=Path(".snakemake") / "mishear")
except UserError as error:
    raise WorkflowError(str(error)) from None

victims = plan.victims(settings)
evaluations = plan.evaluations(settings)
trainings = plan.all_trainings(settings)


wildcard_constraints:
    corpus=plan.NAME,
    front_end=plan.NAME,
    network=plan.NAME,
    recipe=plan.NAME,
    defence=plan.NAME,
    attack=plan.NAME,
    study=plan.NAME,
    seed=r"\d+",
    shard=r"\d+",
    eps=r"[^/]+",
    amplitude=r"[^/]+",


def plain(section):
    """A section of the config as plain data for a job."""
    return section.model_dump(mode="python", by_alias=True)


@functools.cache
def code(script, *classes):
    """A hash of a script with all it imports, and of the modules of classes it is given."""
    modules = [name.rpartition(".")[0] for name in classes if "." in name]
    return fingerprint(SCRIPTS / script, [SOURCE, Path.cwd()], modules)
