"""Copies of the project in which tests run the workflow for real, as a user would."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import yaml

from mishear.study.identity import LENGTH
from mishear.study.places import on_disk, place_of, place_on_disk
from tests import warm_snakemake

REPOSITORY = Path(__file__).parents[1]
LIBRARIES_FOLDER = REPOSITORY / ".oracles"
"""Where ``make oracles`` puts the packages of other libraries."""
PARTS = ["Snakefile", "workflow", "src", "config", "profiles", "envs"]

TINY = {
    "study": {
        "name": "tiny",
        "corpora": ["tiny"],
        "front_ends": ["mel16"],
        "networks": ["paper-cnn"],
        "recipes": ["standard", "noise"],
        "attacks": ["fgsm", "pgd", "cw"],
        "seeds": [0],
    },
    "corpora": {"tiny": {"source": "espeak", "speakers": 6, "repetitions": 3, "shards": 2}},
    "front_ends": {"mel16": {"sample_rate": 16000, "params": {"n_fft": 512, "n_mels": 16}}},
    "recipes": {
        "standard": {"epochs": 2},
        "noise": {
            "epochs": 2,
            "poison": {"class": "UniformNoise", "amplitude": [0.01], "rate": [1.0]},
        },
    },
    "attacks": {
        "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.5, 1.0]},
        "pgd": {"class": "LinfPGD", "params": {"rel_stepsize": 0.2, "steps": 5}, "eps": [0.5]},
        "cw": {
            "class": "L2CarliniWagnerAttack",
            "params": {"steps": 5, "binary_search_steps": 1},
        },
    },
    "report": {"gallery": {"recordings": 2}},
}


@dataclass
class Project:
    """A copy of the project with a config of its own.

    Attributes
    ----------
    folder
        Where it lies.
    """

    folder: Path

    @property
    def config(self) -> dict:
        return yaml.safe_load((self.folder / "config" / "study.yaml").read_text())

    @config.setter
    def config(self, content: dict) -> None:
        (self.folder / "config" / "study.yaml").write_text(yaml.safe_dump(content))

    def snakemake(
        self, *arguments: str, cores: int = 2, cold: bool = False
    ) -> subprocess.CompletedProcess:
        """Run ``snakemake --configfile config/study.yaml``; both streams come as ``stdout``."""
        command = [sys.executable, "-m", "snakemake"] if cold else warm_snakemake.CLIENT
        options = ["--cores", str(cores), "--configfile", "config/study.yaml"]
        return subprocess.run(
            [*command, *arguments, *options],
            cwd=self.folder,
            env=None if cold else warm_snakemake.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=600,
        )

    def run(self, *arguments: str, cores: int = 2, cold: bool = False) -> str:
        """A run that must succeed."""
        done = self.snakemake(*arguments, cores=cores, cold=cold)
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout

    def failure(self, *arguments: str) -> str:
        """What is printed by a run that must fail, without a traceback."""
        done = self.snakemake(*arguments)
        assert done.returncode != 0, done.stdout[-5000:]
        assert "Traceback" not in done.stdout, done.stdout[-5000:]
        return done.stdout

    def planned(self) -> set[str]:
        """The first output of every job that would run now, without ``results/`` and digest."""
        plan = self.run("--dry-run")
        outputs = re.findall(r"^ +output: ([^,\n]+)", plan, flags=re.MULTILINE)
        return {by_names(output).removeprefix("results/") for output in outputs}

    def copy(self, folder: Path) -> "Project":
        """The project with all its results and what Snakemake remembers of them."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def text(self, path: str) -> str:
        return self.file(path).read_text()

    def file(self, path: str) -> Path:
        """A result or a log by its names alone: the newest that has a digest, or else without."""
        digest, place = "?" * LENGTH, place_of(path)
        pattern = on_disk(path, place, digest) if place else path.replace(".log", f"-{digest}.log")
        found = self.folder.glob(pattern) if pattern != path else []
        newest = max(found, key=lambda each: each.stat().st_mtime_ns, default=None)
        return newest or self.folder / path


def by_names(path: str) -> str:
    """A path without the digest that it has on disk."""
    found = place_on_disk(path)
    return found.path if found else path


def new_project(folder: Path, config: dict) -> Project:
    folder.mkdir(parents=True)
    for part in PARTS:
        source = REPOSITORY / part
        if source.is_dir():
            # With the bytecode: compiling and parsing the project anew takes a fifth of each start.
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("*.egg-info"))
        else:
            shutil.copy2(source, folder / part)
    project = Project(folder)
    project.config = config
    return project


def write_wheel(folder: Path, name: str, version: str) -> str:
    """A package of one module, to be installed without any index; the path of its file."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"{name}-{version}.dist-info"
    with ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = '{version}'\n")
        wheel.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    return str(path)
