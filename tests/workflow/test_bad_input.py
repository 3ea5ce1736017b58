"""Bad input ends in one clear message that says what is wrong, where, and what to do."""

import shutil
import tarfile
import wave

import numpy as np
import pytest
import soundfile

FOLDER = {"source": "folder", "pattern": r"(?P<label>[a-z]+)_(?P<speaker>\w+)_\d+\.\w+$"}


def put(project, path, value):
    config = project.config
    *sections, key = path.split("/")
    node = config
    for section in sections:
        node = node.setdefault(section, {})
    node[key] = value
    project.config = config


def write_recordings(folder, words=("no", "yes"), count=12, rate=16000):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    for word in words:
        for number in range(count):
            samples = random.normal(0, 0.1, rate // 2)
            soundfile.write(folder / f"{word}_ann_{number}.wav", samples, rate)
    return folder


def use_folder(project, path, **more):
    put(project, "corpora/tiny", {**FOLDER, "path": str(path), "shards": 1, **more})


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("attacks/fgsm/epsilon", [1], ["attacks.fgsm.epsilon", "unknown key", "eps"]),
        ("attacks/fgsm/eps", ["big"], ["attacks.fgsm.eps.0", "'big'"]),
        ("attacks/fgsm/class", "FGSMM", ["attacks.fgsm.class", "Did you mean", "FGSM"]),
        ("attacks/pgd/params/step", 3, ["attacks.pgd.params.step", "steps"]),
        ("networks/paper-cnn", {"class": "PaperCN"}, ["networks.paper-cnn.class", "PaperCNN"]),
        ("study/attacks", ["fgms"], ["study.attacks", "'fgms'", "did you mean 'fgsm'"]),
        ("corpora/tiny", {"source": "folder", "path": "gone", "pattern": "(?P<label>a)"}, ["gone"]),
    ],
)
def test_a_config_mistake_stops_a_dry_run(project, path, value, said):
    put(project, path, value)
    printed = project.failure("--dry-run")
    for words in said:
        assert words in printed
    assert "Job stats" not in printed


def test_results_that_cannot_be_written_are_said_before_any_job(project):
    (project.folder / "results").write_text("in the way")
    printed = project.failure()
    assert "results" in printed
    assert "not a folder" in printed
    assert "Job stats" not in printed


def test_a_half_written_archive_is_said(project, tmp_path):
    recordings = write_recordings(tmp_path / "recordings")
    with tarfile.open(tmp_path / "whole.tar.gz", "w:gz") as archive:
        archive.add(recordings, "recordings")
    content = (tmp_path / "whole.tar.gz").read_bytes()
    (tmp_path / "half.tar.gz").write_bytes(content[: len(content) // 2])
    use_folder(project, tmp_path / "half.tar.gz")
    printed = project.failure()
    assert "half.tar.gz" in printed
    assert not project.file("results/corpora/tiny/recordings").exists()


def test_a_wrong_hash_is_said(project, tmp_path):
    recordings = write_recordings(tmp_path / "recordings")
    shutil.make_archive(str(tmp_path / "recordings"), "zip", recordings)
    use_folder(project, tmp_path / "recordings.zip", sha256="0" * 64)
    printed = project.failure()
    assert "0" * 64 in printed
    assert "sha256" in printed


def test_too_many_unusable_recordings_are_said_and_listed(project, tmp_path):
    recordings = write_recordings(tmp_path / "recordings")
    for number in range(4):
        (recordings / f"no_bob_{number}.wav").write_bytes(b"RIFF, but not really")
    use_folder(project, recordings)
    printed = project.failure()
    assert "rejected.csv" in printed
    assert "4" in printed
    assert len(project.text("results/corpora/tiny/rejected.csv").splitlines()) == 1 + 4
    assert not project.file("results/waveforms").exists()


def test_a_label_outside_the_classes_is_rejected_and_a_class_left_empty_is_said(project, tmp_path):
    recordings = write_recordings(tmp_path / "recordings", words=("no", "yes", "maybe"))
    use_folder(project, recordings, classes=["no", "yes"], max_rejected_share=0.5)
    project.run("results/corpora/tiny/index.csv")
    rejected = project.text("results/corpora/tiny/rejected.csv").splitlines()[1:]
    assert len(rejected) == 12
    assert all("maybe" in row for row in rejected)

    use_folder(project, recordings, classes=["no", "never"], max_rejected_share=0.9)
    printed = project.failure("results/corpora/tiny/index.csv")
    assert "never" in printed


def test_real_worlds_recordings_come_through(project, tmp_path):
    """Other rates, stereo, 8 to 32 bits, long, flac, junk files: used or listed, never lost."""
    recordings = write_recordings(tmp_path / "recordings", count=12)
    random = np.random.default_rng(1)
    stereo = random.normal(0, 0.1, (4000, 2))
    soundfile.write(recordings / "no_eve_0.wav", stereo, 8000, subtype="PCM_U8")
    soundfile.write(recordings / "no_eve_1.wav", stereo, 44100, subtype="PCM_24")
    soundfile.write(recordings / "yes_eve_0.wav", stereo, 22050, subtype="FLOAT")
    soundfile.write(recordings / "yes_eve_1.flac", random.normal(0, 0.1, 48000 * 3), 48000)
    (recordings / ".DS_Store").write_bytes(b"junk")
    (recordings / "._no_ann_0.wav").write_bytes(b"junk")
    with wave.open(str(recordings / "yes_eve_2.wav"), "wb") as empty:
        empty.setparams((1, 2, 8000, 0, "NONE", ""))
    use_folder(project, recordings)
    project.run("results/splits/tiny.csv", "results/spectrograms/tiny/mel16/clean/spectrograms.npy")
    index = project.text("results/corpora/tiny/index.csv").splitlines()[1:]
    assert len(index) == 28
    rejected = project.text("results/corpora/tiny/rejected.csv").splitlines()[1:]
    assert [row.split(",")[0] for row in rejected] == ["yes_eve_2.wav"]
    cached = np.load(project.file("results/spectrograms/tiny/mel16/clean/spectrograms.npy"))
    assert cached.shape == (28, 1, 16, 63)
    assert np.isfinite(cached).all()


def test_without_network_one_message_says_what_to_do(project):
    put(project, "corpora/tiny", {"source": "fsdd", "archive": "http://127.0.0.1:9/fsdd.tar.gz"})
    printed = project.failure("results/corpora/tiny/index.csv")
    assert "cannot be downloaded" in printed
    assert "--config 'corpora={tiny: {archive: PATH-OR-URL}}'" in printed
    assert "espeak" in printed
