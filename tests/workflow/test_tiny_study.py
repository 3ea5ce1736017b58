"""The tiny study: what a run leaves behind, and exactly what a change reruns."""

import csv
import io
import json

import numpy as np
import pytest

VICTIM = "tiny/mel16/paper-cnn/standard/seed0"
POISONED_VICTIM = "tiny/mel16/paper-cnn/noise-amplitude0.01-share1/seed0"

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


def evaluated(jobs):
    """Jobs before the report: what a change touches besides figures and pages."""
    return {job for job in jobs if not job.startswith(("reports/", "galleries/"))}


@pytest.fixture
def changed(finished, tmp_path):
    """A function that changes one value of the finished study and gives the jobs to rerun."""

    def jobs(path, value):
        project = finished.copy(tmp_path / "copy")
        config = project.config
        *sections, key = path.split("/")
        node = config
        for section in sections:
            node = node.setdefault(section, {})
        node[key] = value
        project.config = config
        return project.planned()

    return jobs


def test_summary_has_a_row_per_evaluation_and_the_contracts_columns(finished):
    rows = summary(finished)
    assert set(CONTRACT) <= set(rows[0])
    assert [(row["recipe"], row["attack"], row["eps"]) for row in rows] == [
        ("standard", "fgsm", "0.5"),
        ("standard", "fgsm", "1"),
        ("standard", "pgd", "0.5"),
        ("standard", "cw", "inf"),
        ("standard", "noise", "0.01"),
        ("noise-amplitude0.01-share1", "noise", "0.01"),
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
    project.run(cores=1)
    ours, theirs = summary(project), summary(finished)
    for row in (*ours, *theirs):
        del row["seconds"]
    assert ours == theirs


def test_one_more_eps_runs_its_evaluation_alone(changed):
    jobs = changed("attacks/fgsm/eps", [0.5, 0.75, 1.0])
    assert evaluated(jobs) == {f"evaluations/{VICTIM}/none/fgsm/eps0.75.csv"}
    assert "reports/tiny/summary.csv" in jobs
    assert "reports/tiny/report.html" in jobs
    assert not any(job.startswith("galleries/") for job in jobs)


def test_one_eps_less_runs_no_evaluation(changed):
    assert evaluated(changed("attacks/fgsm/eps", [0.5])) == set()


def test_a_changed_parameter_reruns_that_attack_alone(changed):
    jobs = changed("attacks/pgd/params/steps", 6)
    assert evaluated(jobs) == {f"evaluations/{VICTIM}/none/pgd/eps0.5.csv"}
    assert {job for job in jobs if job.startswith("galleries/")} == {
        f"galleries/{VICTIM}/pgd/eps0.5.npz"
    }


def test_one_more_attack_runs_it_alone(changed):
    jobs = changed("study/attacks", ["fgsm", "pgd", "cw", "pgd-paper"])
    assert {job.rpartition("/")[0] for job in evaluated(jobs)} == {
        f"evaluations/{VICTIM}/none/pgd-paper"
    }


def test_one_more_seed_trains_and_evaluates_it_alone(changed):
    jobs = evaluated(changed("study/seeds", [0, 1]))
    assert all("/seed1/" in job for job in jobs)
    assert len(jobs) == 2 + 6


def test_a_learning_rate_reruns_its_victims_alone(changed):
    jobs = evaluated(changed("recipes/standard/learning_rate", 0.002))
    assert all(f"/{VICTIM}/" in job for job in jobs)
    assert len(jobs) == 1 + 5


def test_a_mel_filter_more_does_not_read_recordings_again(changed):
    jobs = evaluated(changed("front_ends/mel16/n_mels", 20))
    assert jobs
    assert not any(job.startswith(("waveforms/", "corpora/", "splits/")) for job in jobs)


def test_a_plots_colours_rerun_drawing_alone(changed):
    jobs = changed("report/colour_map", "viridis")
    assert jobs
    assert all(job.startswith("reports/tiny/") for job in jobs)
    assert "reports/tiny/summary.csv" not in jobs


def test_code_of_one_stage_reruns_that_stage_and_what_follows(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    evaluation = project.folder / "src" / "mishear" / "evaluation.py"
    evaluation.write_text(evaluation.read_text() + "\n# A comment changes nothing.\nUNUSED = 1\n")
    assert project.planned() == set()
    written = "writer.writerows(rows)"
    assert written in evaluation.read_text()
    evaluation.write_text(evaluation.read_text().replace(written, "writer.writerows(list(rows))"))
    jobs = evaluated(project.planned())
    assert len(jobs) == 6
    assert all(job.startswith("evaluations/") for job in jobs)


def test_adversarial_inputs_are_kept_where_the_study_asks(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    config = project.config
    config["study"]["save_examples"] = True
    project.config = config
    path = f"evaluations/{VICTIM}/none/fgsm/eps0.5"
    assert len(evaluated(project.planned())) == 4
    project.run(f"results/{path}.npz")
    kept = np.load(project.folder / "results" / f"{path}.npz")
    assert kept["adversarial"].shape == kept["clean"].shape == (len(kept["recording"]), 1, 16, 63)
    assert 0 < np.abs(kept["adversarial"] - kept["clean"]).max() <= 0.5 + 1e-4
