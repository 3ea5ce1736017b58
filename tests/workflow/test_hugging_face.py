"""A study of a model in Hugging Face's format, which was trained with transformers."""

import csv
import io
import json
import os
import re

import numpy as np
import pytest
import soundfile
import torch
import yaml
from torch.nn import functional

from tests.hugging_face import LABELS, RATE, tiny_model
from tests.projects import REPOSITORY, new_project

SAMPLES = RATE // 2
PAGE = (REPOSITORY / "docs/own-model.md").read_text().partition("## A folder in Hugging")[2]
OUTPUTS = ["stop", "left", "right"]
"""Not in the order of the corpus, which is that of the alphabet."""

VICTIM = "results/victims/mine/mine/mine/trained/seed0"


def spoken(word, random):
    """A tone of one of three pitches in noise, shorter than the model's input."""
    time = np.arange(random.integers(6000, SAMPLES)) / RATE
    pitch = {"left": 400, "right": 900, "stop": 1800}[word] * random.uniform(0.9, 1.1)
    return 0.3 * np.sin(2 * np.pi * pitch * time) + 0.03 * random.standard_normal(len(time))


def padded(recording):
    return np.pad(recording, (0, SAMPLES - len(recording))).astype(np.float32)


def train_elsewhere(folder):
    """Train a model with transformers alone, and save it as its users do."""
    model, feature_extractor = tiny_model("wav2vec2", OUTPUTS, mask_time_prob=0.0, layerdrop=0.0)
    random = np.random.default_rng(1)
    words = [word for _ in range(16) for word in OUTPUTS]
    inputs = feature_extractor(
        [padded(spoken(word, random)) for word in words], sampling_rate=RATE, return_tensors="pt"
    )
    targets = torch.tensor([OUTPUTS.index(word) for word in words])
    optimiser = torch.optim.Adam(model.parameters(), lr=0.003)
    for _ in range(60):
        optimiser.zero_grad()
        functional.cross_entropy(model(**inputs).logits, targets).backward()
        optimiser.step()
    exec(block("python").replace("my_model", f"{folder}/my_model"), locals())
    return model, feature_extractor


def accuracy_elsewhere(model, extractor, recordings):
    """The accuracy that a user knows, of recordings padded to one length."""
    correct = []
    for path in sorted(recordings.rglob("*.wav")):
        read = padded(soundfile.read(path, dtype="float32")[0])
        scores = model(**extractor(read, sampling_rate=RATE, return_tensors="pt")).logits
        correct.append(OUTPUTS[scores.argmax()] == path.parent.name)
    return np.mean(correct)


def block(language):
    """The first block of code in a language on the page."""
    return re.search(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)[1]


def study():
    """The page's study, made smaller."""
    config = yaml.safe_load((REPOSITORY / "config/own.yaml").read_text())
    config["study"] |= {"attacks": ["waveform-fgsm"], "corruptions": []}
    mine = yaml.safe_load(block("yaml"))
    for section in ("corpora", "front_ends"):
        config[section]["mine"] |= mine[section]["mine"]
    config["networks"] = mine["networks"]
    config["front_ends"]["mine"] |= {"seconds": SAMPLES / RATE}
    config["attacks"] = {"waveform-fgsm": {"eps": [10]}}
    return config


@pytest.fixture(scope="module")
def project_and_accuracy(tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("hugging-face") / "project", study())
    random = np.random.default_rng(0)
    for word in LABELS:
        (project.folder / "recordings" / word).mkdir(parents=True)
        for take in range(8):
            path = project.folder / "recordings" / word / f"anna_{take}.wav"
            soundfile.write(path, spoken(word, random), RATE)
    model = train_elsewhere(project.folder)
    project.run()
    return project, accuracy_elsewhere(*model, project.folder / "recordings")


def rows(project):
    table = csv.DictReader(io.StringIO(project.text("results/reports/own/summary.csv")))
    return list(table)


def test_the_accuracy_is_that_of_transformers_and_the_attack_reaches_the_waveform(
    project_and_accuracy,
):
    project, known = project_and_accuracy
    (found,) = rows(project)
    assert found["n"] == "24"
    assert float(found["clean_accuracy"]) == pytest.approx(known, abs=1e-6) and known > 0.7
    assert float(found["accuracy"]) < known - 0.2
    assert (project.folder / "results/reports/own/report.html").exists()


def test_the_weights_are_not_copied_into_the_results(project_and_accuracy):
    project, _ = project_and_accuracy
    assert project.file(f"{VICTIM}/victim.pt").stat().st_size < 1000
    assert not list((project.folder / "results").rglob("*.safetensors"))


def test_another_content_of_a_file_makes_another_victim_and_its_time_does_not(
    project_and_accuracy, tmp_path
):
    project = project_and_accuracy[0].copy(tmp_path / "copy")
    for file in (project.folder / "my_model").iterdir():
        os.utime(file)
    (project.folder / "my_model" / "README.md").write_text("Trained on tones.")
    assert project.planned() == set()
    file = project.folder / "my_model" / "preprocessor_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"do_normalize": False}))
    planned = project.planned()
    assert any(path.endswith("victim.pt") for path in planned)
    assert any("evaluations" in path for path in planned)


def test_a_front_end_of_another_rate_is_refused_before_the_first_job(
    project_and_accuracy, tmp_path
):
    project = project_and_accuracy[0].copy(tmp_path / "copy")
    config = study()
    config["front_ends"]["mine"]["sample_rate"] = 8000
    project.config = config
    done = project.snakemake("--dry-run")
    assert done.returncode != 0
    assert "networks.mine: front end 'mine' gives 8000 samples per second, but" in done.stdout
