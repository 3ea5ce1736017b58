"""A study that listens: attacks on the waveform, inversions, audio quality and players."""

import copy
import csv
import io
import math
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from mishear.config.front_ends import FrontEnd
from mishear.evaluation.checks.runs import Run
from mishear.evaluation.checks.verdicts import SIGNIFICANCE, sign_test
from mishear.evaluation.recordings import select_waveforms
from mishear.evaluation.results import read_results
from mishear.features.front_ends.building import build_front_end
from mishear.features.split import read_split
from tests.browsing import text_cut_off
from tests.projects import TINY

pytest.importorskip("pesq", reason="pesq is not installed (extra: listening)")

VICTIM = "tiny/mel16/paper-cnn/standard/seed0"
REPORT = "results/reports/tiny"
PAGE = f"{REPORT}/listening/tiny/mel16/paper-cnn.html"

STUDY = copy.deepcopy(TINY)
# The tiny study's two epochs leave a victim that hears nothing an attack could take from it.
STUDY["recipes"]["standard"] = {"epochs": 100}
STUDY["study"]["attacks"] = ["fgsm", "universal", "sound-fgsm", "sound-pgd", "sound-eps"]
STUDY["study"]["attacks"].append("sound-universal")
UNIVERSAL = {"class": "mishear.attacks.universal.LinfUniversalPGD", "universal": True}
UNIVERSAL["params"] = {"steps": 3, "rel_stepsize": 0.4}
STUDY["attacks"] |= {
    "fgsm": {"class": "LinfFastGradientAttack", "eps": [0.5]},
    "sound-fgsm": {
        "class": "LinfFastGradientAttack",
        "domain": "waveform",
        "budget": "snr",
        "eps": [40, 0],
        "batch_size": 8,
        "shards": 2,
    },
    "sound-pgd": {
        "class": "LinfPGD",
        "params": {"rel_stepsize": 0.3, "steps": 5},
        "domain": "waveform",
        "budget": "snr",
        "eps": [40, 0],
    },
    "sound-eps": {"class": "L2PGD", "params": {"steps": 3}, "domain": "waveform", "eps": [0.1]},
    "universal": UNIVERSAL | {"eps": [2.0]},
    "sound-universal": UNIVERSAL | {"domain": "waveform", "budget": "snr", "eps": [10]},
}
STUDY["listening"] = {
    "inversion": {"attacks": ["fgsm"], "iterations": 2},
    "page": {"recordings": 2},
}
STUDY["targeted"] = {"attacks": ["pgd", "sound-pgd"], "recordings": 12}
STUDY["transfer"] = {"attacks": ["fgsm", "sound-fgsm"]}
STUDY["recognisers"] = {"pocketsphinx": {"class": "Pocketsphinx"}}


@pytest.fixture(scope="module")
def listened(finished, tmp_path_factory):
    """The tiny study, gone on with sound. Copy it before you change anything."""
    project = finished.copy(tmp_path_factory.mktemp("listening") / "study")
    project.config = STUDY
    project.run()
    return project


def rows(project, path):
    return list(csv.DictReader(io.StringIO(project.text(path))))


def test_every_sound_has_its_quality_and_its_transcripts(listened):
    quality = rows(listened, f"{REPORT}/audio_quality.csv")
    kinds = [(row["kind"], row["name"], row["eps"]) for row in quality]
    assert kinds == [
        ("clean", "", ""),
        ("round-trip", "", ""),
        ("poisoned", "noise", "0.01"),
        ("waveform", "sound-fgsm", "40"),
        ("waveform", "sound-fgsm", "0"),
        ("waveform", "sound-pgd", "40"),
        ("waveform", "sound-pgd", "0"),
        ("waveform", "sound-eps", "0.1"),
        ("waveform", "sound-universal", "10"),
        ("inverted", "fgsm", "0.5"),
    ]
    assert {row["recogniser"] for row in quality} == {"pocketsphinx"}
    clean = quality[0]
    assert float(clean["recognised"]) > 0.4
    assert float(clean["median_pesq"]) > 4.6
    by_name = {(row["name"], row["eps"]): row for row in quality}
    for attack in ("sound-fgsm", "sound-pgd"):
        quiet, loud = by_name[attack, "40"], by_name[attack, "0"]
        assert float(quiet["median_stoi"]) > float(loud["median_stoi"])
        assert float(quiet["median_snr_db"]) > 39.5 > float(loud["median_snr_db"]) > -0.5


def test_summary_says_what_is_heard_in_the_saved_recordings(listened):
    summary = rows(listened, f"{REPORT}/summary.csv")
    saved = {row["attack"] for row in summary if row["saved_accuracy"]}
    assert saved == {"sound-fgsm", "sound-pgd", "sound-eps", "sound-universal"}
    for row in summary:
        if row["domain"] == "waveform" and row["evaluation"]:
            assert row["budget"] == ("eps" if row["attack"] == "sound-eps" else "snr")
            assert float(row["saved_low"]) <= float(row["saved_accuracy"])


def test_each_recording_is_in_the_sound_at_its_place(listened):
    path = f"{VICTIM}/none/sound-pgd/eps40"
    results = rows(listened, f"results/evaluations/{path}.csv")
    info = soundfile.info(listened.file(f"results/sounds/{path}.flac"))
    assert (info.samplerate, info.subtype) == (16000, "PCM_16")
    assert info.frames == len(results) * 16000


def test_an_attack_on_sound_starts_from_the_spectrograms_of_the_cache(listened):
    division = read_split(listened.file("results/splits/tiny.csv"))
    test = division.rows("test")
    waveforms = "results/waveforms/tiny/mel16/shard{}-of-2.npy"
    shards = [listened.file(waveforms.format(number)) for number in range(2)]
    waveforms = select_waveforms(shards, division, test).inputs()
    front_end = build_front_end(FrontEnd(**STUDY["front_ends"]["mel16"]).model_dump(by_alias=True))
    cached = np.load(listened.file("results/spectrograms/tiny/mel16/clean/spectrograms.npy"))[test]
    assert np.array_equal(front_end(torch.from_numpy(waveforms)[:, None]).numpy(), cached)


def runs_of(project, attack):
    """What an attack leaves correct at each ratio, and at all of them together."""
    runs, everything = {}, Run(attack, math.nan, "linf", {}, {})
    for ratio in STUDY["attacks"][attack]["eps"]:
        path = project.file(f"results/evaluations/{VICTIM}/none/{attack}/eps{ratio}.csv")
        run = runs[ratio] = Run.of_results(attack, ratio, "linf", read_results(path))
        for name, correct in run.correct_clean.items():
            everything.correct_clean[ratio, name] = correct
            everything.correct_adversarial[ratio, name] = run.correct_adversarial[name]
    return runs, everything


def weaker(run, other):
    """The p-value of "this run is no weaker than the other", by the sign test."""
    this, that = run.correct_adversarial, other.correct_adversarial
    common = this.keys() & that.keys()
    counts = (
        sum(a[name] and not b[name] for name in common) for a, b in ((this, that), (that, this))
    )
    return sign_test(*counts)


def test_pgd_on_sound_is_no_weaker_than_one_step_at_any_ratio(listened):
    (one_step, at_all), (pgd, pgd_at_all) = (
        runs_of(listened, attack) for attack in ("sound-fgsm", "sound-pgd")
    )
    assert one_step.keys() == pgd.keys()
    for ratio, run in pgd.items():
        assert weaker(run, one_step[ratio]) >= SIGNIFICANCE, ratio
    # The recordings suffice to tell: PGD leaves fewer right, and one that did nothing is found.
    assert weaker(at_all, pgd_at_all) < SIGNIFICANCE
    idle = replace(pgd_at_all, correct_adversarial=pgd_at_all.correct_clean)
    assert weaker(idle, at_all) < SIGNIFICANCE
    (check,) = [
        row
        for row in rows(listened, f"{REPORT}/checks.csv")
        if (row["attack"], row["check"]) == ("sound-pgd", "no weaker than one step")
    ]
    assert check["verdict"] in ("no failure found", "cannot tell")


def test_shards_give_the_sound_of_one_job(listened, tmp_path):
    project = listened.copy(tmp_path / "study")
    path = f"{VICTIM}/none/sound-fgsm/eps40"
    sound = project.file(f"results/sounds/{path}.flac")
    in_shards, results = sound.read_bytes(), rows(project, f"results/evaluations/{path}.csv")
    config = copy.deepcopy(STUDY)
    del config["attacks"]["sound-fgsm"]["shards"]
    project.config = config
    project.run(f"results/sounds/{path}.flac")
    assert sound.read_bytes() == in_shards
    for one, other in zip(results, rows(project, f"results/evaluations/{path}.csv"), strict=True):
        assert one | {"seconds": ""} == other | {"seconds": ""}


def test_halves_and_inversions_are_those_of_the_study(listened):
    halves = rows(listened, f"{REPORT}/snr_at_half.csv")
    assert [row["attack"] for row in halves] == ["sound-fgsm", "sound-pgd", "sound-universal"]
    assert all(not math.isnan(float(row["snr_db"])) for row in halves)
    (inversion,) = rows(listened, f"{REPORT}/inversions.csv")
    (evaluation,) = [
        row
        for row in rows(listened, f"{REPORT}/summary.csv")
        if (row["attack"], row["recipe"]) == ("fgsm", "standard")
    ]
    assert inversion["adversarial_accuracy"] == evaluation["accuracy"]
    assert inversion["clean_accuracy"] == evaluation["clean_accuracy"]


def test_attacks_on_the_waveform_are_checked_at_every_limit(listened):
    checks = {
        (row["attack"], row["check"]): row["evidence"]
        for row in rows(listened, f"{REPORT}/checks.csv")
    }
    for attack in ("sound-fgsm", "sound-pgd", "sound-eps"):
        assert (attack, "accuracy falls with eps") in checks
    assert "(5 to 10 iterations)" in checks["sound-pgd", "more iterations change little"]
    assert "of 2 limits" in checks["sound-pgd", "no weaker than one step"]
    assert ("sound-fgsm", "more iterations change little") not in checks
    runs = rows(listened, f"results/checks/{VICTIM}/none/sound-pgd.csv")
    assert {row["eps"] for row in runs} == {"40.0", "0.0"}


def test_no_figure_cuts_its_text_off(listened, browser):
    assert text_cut_off(browser, listened.folder / REPORT / "report.html") == []


def test_report_leads_to_the_page(listened, browser):
    page = browser.new_page()
    page.goto((listened.folder / REPORT / "report.html").as_uri())
    page.get_by_role("link", name="Listen to recordings").click()
    assert page.url == (listened.folder / PAGE).as_uri()
    page.get_by_role("link", name="tiny").click()
    assert page.url.endswith("report.html")


@pytest.mark.parametrize("width", [375, 1280])
def test_page_fits_its_window_and_loads_nothing_else(listened, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    requests, problems = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.goto((listened.folder / PAGE).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in requests if not url.startswith("data:")] == [page.url]
    assert problems == []


def await_event(player, event: str, condition: str) -> None:
    """The page's policy lets nothing evaluate a string, so it is not polled but listened to."""
    player.evaluate(
        f"""player => new Promise((resolve, reject) => {{
            const look = () => {condition} && resolve();
            player.addEventListener("{event}", look);
            setTimeout(() => reject("no {event} in 20 seconds"), 20000);
            look();
        }})"""
    )


def test_a_recording_plays_without_a_network_and_stops_for_another(listened, browser):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((listened.folder / PAGE).as_uri())
    players = page.locator("audio")
    assert players.count() >= 2 * 9
    players.nth(0).evaluate("player => player.play()")
    await_event(players.nth(0), "timeupdate", "player.currentTime > 0.2")
    assert players.nth(0).evaluate("player => player.duration") == pytest.approx(1, abs=0.01)
    assert players.nth(0).evaluate("player => player.error") is None
    players.nth(1).evaluate("player => player.play()")
    await_event(players.nth(0), "pause", "player.paused")
    context.close()


def test_page_stays_within_its_size(listened):
    assert (listened.folder / PAGE).stat().st_size < 10_000_000


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        (("listening", "inversion", "iterations", 3), {"round-trip", "fgsm/"}),
        (("recognisers", "pocketsphinx", "params", {"words": {0: ["oh"]}}), {"transcripts"}),
        (("listening", "page", "recordings", 1), set()),
    ],
)
def test_a_change_reruns_what_it_touches(listened, tmp_path, change, touched):
    project = listened.copy(tmp_path / "study")
    config = copy.deepcopy(STUDY)
    *keys, last, value = change
    section = config
    for key in keys:
        section = section[key]
    section[last] = value
    project.config = config
    again = {path for path in project.planned() if not path.startswith("reports/")}
    assert bool(again) == bool(touched)
    assert all(any(word in path for word in touched) for path in again), again
    assert not any(path.startswith("evaluations/") for path in again)


@pytest.mark.parametrize(
    ("attack", "accuracy"), [("fgsm", "accuracy"), ("sound-fgsm", "saved_accuracy")]
)
def test_a_victim_judged_on_its_own_examples_has_the_results_of_the_attack(
    listened, attack, accuracy
):
    transfer = [row for row in rows(listened, f"{REPORT}/transfer.csv") if row["attack"] == attack]
    own = {
        row["eps"]: row
        for row in rows(listened, f"{REPORT}/summary_over_seeds.csv")
        if (row["recipe"], row["attack"], row["defence"]) == ("standard", attack, "none")
    }
    diagonal = [
        row
        for row in transfer
        if row["relation"] == "itself" and row["source_recipe"] == "standard"
    ]
    assert {row["eps"] for row in diagonal} == own.keys()
    for row in diagonal:
        attacked = own[row["eps"]]
        assert row["clean_accuracy"] == attacked["clean_accuracy"]
        assert row["accuracy"] == attacked[accuracy]
        assert row["tried"] == attacked["tried"]
    relations = {(row["source_recipe"], row["target_recipe"]): row["relation"] for row in transfer}
    assert sorted(relations.values()) == ["itself", "itself", "victims", "victims"]
    assert "Transfer between victims" in listened.text(f"{REPORT}/report.html")


def test_a_universal_perturbation_is_the_same_for_every_test_recording(listened):
    place = f"{VICTIM}/none/universal/eps2"
    kept = np.load(listened.file(f"results/perturbations/{place}.npz"))["perturbation"]
    examples = np.load(listened.file(f"results/evaluations/{place}.npz"))
    assert 0 < np.abs(kept).max() <= 2
    added = examples["adversarial"] - examples["clean"]
    inside = examples["adversarial"] > examples["clean"].min()
    inside &= examples["adversarial"] < examples["clean"].max()
    assert np.abs(added - kept)[inside].max() < 1e-4
    split = read_split(listened.file("results/splits/tiny.csv"))
    assert examples["recording"].tolist() == split.recordings[split.rows("test")].tolist()


def test_universal_attacks_are_in_the_summary_as_others_and_are_not_checked(listened):
    summary = rows(listened, f"{REPORT}/summary.csv")
    found = [row for row in summary if "universal" in row["attack"]]
    assert [(row["domain"], row["norm"]) for row in found] == [
        ("spectrogram", "linf"),
        ("waveform", "linf"),
    ]
    assert float(found[1]["median_snr_db"]) >= 10
    checked = {row["attack"] for row in rows(listened, f"{REPORT}/checks.csv")}
    assert checked and not checked & {"universal", "sound-universal"}


def test_every_class_is_turned_into_every_other_one(listened):
    table = rows(listened, f"{REPORT}/targeted.csv")
    limits = {(row["attack"], row["eps"]) for row in table}
    assert limits == {("pgd", "0.5"), ("sound-pgd", "40"), ("sound-pgd", "0")}
    pairs = {(row["label"], row["target"]) for row in table}
    assert len(pairs) == 90 and len(table) == 90 * len(limits)
    results = rows(listened, f"results/targeted/{VICTIM}/sound-pgd/eps0.csv")
    assert len(results) == 12 * 9
    for row in table:
        if (row["attack"], row["eps"]) != ("sound-pgd", "0") or not row["success_rate"]:
            continue
        pair = [
            each
            for each in results
            if (each["label"], each["target"]) == (row["label"], row["target"])
        ]
        tried = [each for each in pair if each["clean_prediction"] == each["label"]]
        hits = sum(each["adversarial_prediction"] == each["target"] for each in tried)
        assert int(row["tried"]) == len(tried)
        assert float(row["success_rate"]) == pytest.approx(hits / len(tried))
    assert "Aimed at each class" in listened.text(f"{REPORT}/report.html")


def test_every_pair_that_was_reached_can_be_played(listened):
    table = rows(listened, f"{REPORT}/targeted.csv")
    page = listened.text(f"{REPORT}/targeted/tiny/mel16/paper-cnn.html")
    linked = re.findall(r'href="#(pair\d)-\d+" aria-label="listen: (.) to (.),', page)
    for number, attack in enumerate(("pgd", "sound-pgd")):
        reached = {
            (row["label"], row["target"])
            for row in table
            if row["attack"] == attack and float(row["success_rate"] or 0) > 0
        }
        assert {tuple(pair) for anchor, *pair in linked if anchor == f"pair{number}"} == reached
    assert "targeted/tiny/mel16/paper-cnn.html" in listened.text(f"{REPORT}/report.html")
