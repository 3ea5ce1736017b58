"""The page on one's own model, run as it stands: words at 16 kHz, a network trained elsewhere."""

import csv
import importlib.util
import io
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
import yaml
from torch.nn import functional

from tests.projects import REPOSITORY, new_project

PAGE = (REPOSITORY / "docs/own-model.md").read_text()
LABELS = ["left", "right", "stop"]
RATE = 16000


def blocks(language):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def spoken(word, random):
    """A tone that rises, falls or stays, of one speaker's pitch: a word to a network."""
    time = np.arange(RATE) / RATE
    pitch = random.uniform(300, 500) * (1 + {"left": 0.8, "right": -0.5, "stop": 0}[word] * time)
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) * np.hanning(RATE)
    length = random.integers(12000, RATE)
    return (0.4 * tone + 0.01 * random.standard_normal(RATE))[:length]


def write_recordings(folder):
    random = np.random.default_rng(0)
    for word in LABELS:
        for speaker in ("anna", "ben", "cleo"):
            for take in range(4):
                path = folder / word / f"{speaker}_{take}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, spoken(word, random), RATE)


def train_elsewhere(folder):
    """Train the page's network on other recordings, and save it as the page says."""
    spec = importlib.util.spec_from_file_location("page_model", folder / "my_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    random = np.random.default_rng(1)
    words = [word for _ in range(20) for word in LABELS]
    inputs = np.zeros((len(words), RATE), dtype=np.float32)
    for row, word in zip(inputs, words, strict=True):
        recording = spoken(word, random)
        row[: len(recording)] = recording
    targets = torch.tensor([LABELS.index(word) for word in words])
    model = module.Network(len(LABELS))
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(120):
        optimiser.zero_grad()
        functional.cross_entropy(model(torch.from_numpy(inputs)[:, None]), targets).backward()
        optimiser.step()
    return model.eval()


def accuracy_elsewhere(model, folder):
    """The accuracy that a user knows: without Mishear, zeros added at the end."""
    correct = []
    for path in sorted(folder.rglob("*.wav")):
        recording, _ = soundfile.read(path, dtype="float32")
        padded = torch.zeros(1, 1, RATE)
        padded[0, 0, : len(recording)] = torch.from_numpy(recording)
        correct.append(LABELS[model(padded).argmax()] == path.parent.name)
    return np.mean(correct)


@pytest.fixture(scope="module")
def project_and_accuracy(tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("own") / "project", {})
    (project.folder / "my_model.py").write_text(blocks("python")[0])
    (project.folder / "mine.yaml").write_text(blocks("yaml")[0])
    write_recordings(project.folder / "recordings")
    model = train_elsewhere(project.folder)
    command = blocks("python")[1].replace(
        "my_model.safetensors", f"{project.folder}/my_model.safetensors"
    )
    exec(command, {"model": model})
    return project, accuracy_elsewhere(model, project.folder / "recordings")


def rows(project):
    return list(csv.DictReader(io.StringIO(project.text("results/reports/own/summary.csv"))))


def test_a_folder_and_a_checkpoint_lead_to_a_report(project_and_accuracy):
    project, known = project_and_accuracy
    (command,) = [block for block in blocks("") if block.startswith("snakemake")]
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "reruns nothing" not in done.stdout
    corrupted = [row for row in rows(project) if row["corruption"]]
    assert len(corrupted) == 30
    found = [row for row in rows(project) if not row["corruption"]]
    assert {row["attack"] for row in found} == {"waveform-fgsm", "waveform-pgd"}
    assert {row["n"] for row in found} == {"36"}
    assert float(found[0]["clean_accuracy"]) == pytest.approx(known, abs=1e-6) and known > 0.7
    by_attack = {row["attack"]: float(row["accuracy"]) for row in found if row["eps"] == "20"}
    assert by_attack["waveform-pgd"] <= by_attack["waveform-fgsm"] < 1
    page = project.text("results/reports/own/report.html")
    assert "victims/training" not in page and "the paper" not in page.split("<main")[1].lower()
    assert (project.folder / "results/reports/own/figures/mine/mine/mine/waveform.svg").exists()


def test_modules_in_the_working_directory_are_found_wherever_the_project_is(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "my_networks.py").write_text(
        "from mishear.training.networks import PaperCNN\n\n\nclass Mine(PaperCNN):\n    pass\n"
    )
    networks = {"paper-cnn": {"class": "my_networks.Mine"}}
    (elsewhere / "study.yaml").write_text(yaml.safe_dump({"networks": networks}))
    # The command, which unlike python -m does not look for modules in the working directory.
    command = [Path(sys.executable).with_name("snakemake"), "-s", REPOSITORY / "Snakefile"]
    command += ["--dry-run", "--quiet", "--cores", "1", "--configfile"]
    done = subprocess.run(
        [*command, REPOSITORY / "config/config.yaml", "study.yaml"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
