"""A study is linted and planned where the packages that compute are not installed."""

import os
import re
import subprocess
import sys

import pytest

from tests.projects import REPOSITORY

pytestmark = pytest.mark.workflow

MISSING = (
    *("torch", "torchaudio", "foolbox", "eagerpy", "pynvml"),
    *("pandas", "matplotlib", "scipy", "soundfile", "tqdm"),
)
HOOK = f"""
import pkgutil
import sys

MISSING = {MISSING!r}


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Missing())
# Snakemake imports every plug-in that is installed, and that of Slurm needs pandas.
installed = pkgutil.iter_modules
pkgutil.iter_modules = lambda *arguments, **others: (
    found
    for found in installed(*arguments, **others)
    if not found.name.startswith("snakemake_executor_plugin_slurm")
)
"""


def snakemake(folder, *arguments, hook=True):
    """Run Snakemake on the project's config in an empty folder; both streams come as text."""
    environment = dict(os.environ)
    if hook:
        (folder / "hook").mkdir(exist_ok=True)
        (folder / "hook" / "sitecustomize.py").write_text(HOOK)
        environment["PYTHONPATH"] = str(folder / "hook")
    command = [sys.executable, "-m", "snakemake", *arguments, "--directory", str(folder)]
    command += ["--snakefile", str(REPOSITORY / "workflow" / "Snakefile")]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    return done.stdout


def jobs(plan):
    """How many jobs of each rule a plan has."""
    table = plan.split("Job stats:")[1].split("total")[0]
    return dict(re.findall(r"^(\w+) +(\d+)$", table, flags=re.M))


def test_every_job_is_planned_and_what_is_missing_is_named(tmp_path):
    (tmp_path / "alone").mkdir()
    (tmp_path / "with").mkdir()
    alone = snakemake(tmp_path / "alone", "--dry-run", "--cores", "2")
    assert jobs(alone) == jobs(
        snakemake(tmp_path / "with", "--dry-run", "--cores", "2", hook=False)
    )
    assert int(jobs(alone)["train"]) == 39
    assert re.search(r"'torch' is not installed, so .*not checked: .*attacks\.fgsm, ", alone)
    assert re.search(r"networks\.paper-cnn", alone)
    assert "pip install nvidia-ml-py" in alone
    assert "Traceback" not in alone


def test_the_workflow_is_linted(tmp_path):
    assert "good condition" in snakemake(tmp_path, "--lint")
