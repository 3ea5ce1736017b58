# The library and the config, which lie beside the workflow unless it was deployed from elsewhere.
import importlib.util
import os
import sys
from pathlib import Path

from snakemake.sourcecache import LocalSourceFile

BASE_CONFIG = "config/config.yaml"
# The folder of the rules; None where a module is read from the web. `workflow.basedir` would be
# that of a workflow that uses this one as a module.
HERE = workflow.current_basedir
RULES = Path(HERE.get_path_or_uri(secret_free=True)) if isinstance(HERE, LocalSourceFile) else None


def source_file(name):
    """A file of the workflow, below the folder `workflow`."""
    return RULES.parent / name if RULES else Path(workflow.source_path(f"../{name}"))


def source_folder():
    """A folder with the library and nothing else: it comes first where jobs look for modules."""
    if RULES and (RULES.parents[1] / "src" / "mishear").is_dir():
        return RULES.parents[1] / "src"
    installed = importlib.util.find_spec("mishear")
    if installed is None:
        raise WorkflowError(
            "The Python package mishear is not installed where Snakemake runs. Install it from a "
            "copy of Mishear's repository: pip install FOLDER."
        )
    package = Path(installed.origin).resolve().parent
    link = Path(".snakemake", "mishear", "library", "mishear").absolute()
    if link.resolve() != package:
        link.parent.mkdir(parents=True, exist_ok=True)
        temporary = link.with_name(f"{link.name}.{os.getpid()}")
        temporary.symlink_to(package)
        temporary.replace(link)
    return link.parent


def base_config():
    """The config that all others are read on top of: the user's own or else that of the project."""
    if os.path.exists(BASE_CONFIG) or workflow.modifier.skip_configfile:
        return BASE_CONFIG
    project = RULES and RULES.parents[1] / BASE_CONFIG
    if project is None or not project.exists():
        raise WorkflowError(
            f"{BASE_CONFIG} is not in {os.getcwd()}. Copy the folder config of Mishear's repository "
            f"there, or give its settings as the config of the module."
        )
    if workflow.is_main_process:
        logger.info(f"{BASE_CONFIG} is not in {os.getcwd()}: {project} is read instead.")
    return str(project)


SOURCE = source_folder()
sys.path.insert(0, str(SOURCE))
# Jobs find the library, and classes in modules beside the user's data, without installing.
given_path = os.environ.get("PYTHONPATH", "")
search_path = [str(SOURCE), os.getcwd(), *filter(None, [given_path])]
os.environ.update(PYTHONPATH=os.pathsep.join(search_path))
# So do the checks before the first job: the command snakemake looks beside the Snakefile alone.
sys.path.append(os.getcwd())
