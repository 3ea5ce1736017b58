"""The tiny study: what a run leaves behind, and exactly what a change reruns."""

import csv
import io
import json
import re
import subprocess
import sys

import numpy as np
import pytest

VICTIM = "tiny/mel16/paper-cnn/standard/seed0"
POISONED_VICTIM = "tiny/mel16/paper-cnn/noise-amplitude0.01-rate1/seed0"

CONTRACT = (
    "corpus",
    "front_end",
    "network",
    "recipe",
    "seed",
    "defence",
    "attack",
    "domain",
    "norm",
    "eps",
    "n",
    "clean_accuracy",
    "accuracy",
    "ci_low",
    "ci_high",
    "attack_success_rate",
    "mean_linf",
    "mean_l2",
    "median_snr_db",
    "seconds",
    "device",
)


def summary(project):
    return list(csv.DictReader(io.StringIO(project.text("results/reports/tiny/summary.csv"))))


def test_summary_has_a_row_per_evaluation_and_the_contracts_columns(finished):
    rows = summary(finished)
    assert set(CONTRACT) <= set(rows[0])
    assert [(row["recipe"], row["attack"], row["eps"]) for row in rows] == [
        ("standard", "fgsm", "0.5"),
        ("standard", "fgsm", "1"),
        ("standard", "pgd", "0.5"),
        ("standard", "cw", "inf"),
        ("standard", "noise", "0.01"),
        ("noise-amplitude0.01-rate1", "noise", "0.01"),
    ]
    assert {row["norm"] for row in rows if row["attack"] == "cw"} == {"l2"}
    for row in rows:
        assert 0 <= float(row["ci_low"]) <= float(row["accuracy"]) <= float(row["ci_high"]) <= 1
        assert row["device"] in ("cpu", "cuda")


def test_every_number_of_the_summary_follows_from_the_rows_per_recording(finished):
    for row in summary(finished):
        path = f"{row['recipe']}/seed0/none/{row['attack']}/eps{row['eps']}.csv"
        text = finished.text(f"results/evaluations/tiny/mel16/paper-cnn/{path}")
        results = list(csv.DictReader(io.StringIO(text)))
        split = finished.text("results/splits/tiny.csv").splitlines()
        tests = {line.split(",")[0] for line in split if line.endswith(",test")}
        assert {result["recording"] for result in results} == tests
        assert int(row["n"]) == len(results) == len(tests)
        right = [r["adversarial_prediction"] == r["label"] for r in results]
        assert float(row["accuracy"]) == pytest.approx(np.mean(right), abs=1e-6)
        if row["norm"] == "linf":
            assert all(float(r["linf"]) <= float(row["eps"]) * (1 + 1e-5) for r in results)


def test_the_tables_over_one_seed_repeat_those_of_its_victim(finished):
    for name, accuracy in (("summary", "accuracy"), ("robustness", "worst_accuracy")):
        by_victim, over_seeds = (
            list(csv.DictReader(io.StringIO(finished.text(f"results/reports/tiny/{file}.csv"))))
            for file in (name, f"{name}_over_seeds")
        )
        assert {row["seeds"] for row in over_seeds} == {"1"}
        for row, merged in zip(by_victim, over_seeds, strict=True):
            shared = row.keys() & merged.keys() - {"tried"}
            assert {"attack", "ci_low", "saved_high"} <= shared or "worst_high" in shared
            assert {key: row[key] for key in shared} == {key: merged[key] for key in shared}
            assert merged[f"{accuracy}_sd"] == ""


def test_training_leaves_history_and_accuracies(finished):
    history = finished.text(f"results/victims/{VICTIM}/history.csv").splitlines()
    assert len(history) == 1 + 2
    accuracies = json.loads(finished.text(f"results/victims/{VICTIM}/accuracy.json"))
    assert sum(split["n"] for split in accuracies.values()) == 180


def test_report_is_there(finished):
    assert "<html" in finished.text("results/reports/tiny/report.html")


def test_a_second_run_has_nothing_to_do(finished, tmp_path):
    assert "Nothing to be done" in finished.copy(tmp_path / "copy").run()


def test_cores_make_no_difference(finished, project):
    project.run("results/reports/tiny/summary.csv", cores=1)
    ours, theirs = summary(project), summary(finished)
    for row in (*ours, *theirs):
        del row["seconds"]
    assert ours == theirs


def test_adversarial_inputs_are_kept_where_the_study_asks(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["study"]["save_examples"] = True
    project.config = config
    path = f"evaluations/{VICTIM}/none/fgsm/eps0.5"
    project.run(f"results/{path}.npz")
    kept = np.load(project.file(f"results/{path}.npz"))
    assert kept["adversarial"].shape == kept["clean"].shape == (len(kept["recording"]), 1, 16, 63)
    assert 0 < np.abs(kept["adversarial"] - kept["clean"]).max() <= 0.5 + 1e-4


def test_the_status_counts_what_is_there_and_names_what_failed(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    assert "No run is active" in (text := status(project))
    done, total = re.search(r"Study tiny: (\d+) of (\d+) results", text).groups()
    assert done == total
    assert "report.html is up to date" in text
    evaluation = f"results/evaluations/{VICTIM}/none/pgd/eps0.5.csv"
    project.file(evaluation).unlink()
    victim = project.file(f"results/victims/{VICTIM}/victim.pt")
    victim.write_bytes(victim.read_bytes()[:1000])
    output = project.snakemake(evaluation, "--profile", "profiles/quiet").stdout
    (failed,) = re.findall(r"FAILED  \w+ (\S+)\n +(.+)", output)
    text = status(project)
    assert f"{int(total) - 1} of {total} results" in text
    assert "Failed (1):" in text
    assert all(each in text for each in failed)


def status(project):
    command = [sys.executable, "-m", "mishear.commands.main", "status"]
    command += ["--configfile", "config/study.yaml"]
    return subprocess.run(
        command, cwd=project.folder, capture_output=True, text=True, check=True
    ).stdout
