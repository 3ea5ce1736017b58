"""Audio quality, recognition and inversions over the seeds, with intervals over speakers."""

from dataclasses import replace

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.statistics import over_victims_of, paired_difference, wilson_interval
from mishear.core.tables.base import described
from mishear.core.tables.listening import INVERTED, QUALITY, TRANSCRIPTS
from mishear.core.tables.listening_over_seeds import AUDIO_QUALITY_OVER_SEEDS, INVERSIONS_OVER_SEEDS
from mishear.core.tables.shared import SETTING_KEYS
from mishear.evaluation.speakers import SpeakersOfTest
from mishear.listening.over_seeds import audio_quality_over_seeds, inversions_over_seeds
from mishear.listening.tables import MeasuredSound

COUNT = 60
PLACE = dict.fromkeys(SETTING_KEYS, "x")
VICTIM = PLACE | {"recipe": "standard", "defence": "none"}
NAMES = [f"recording {number:02}" for number in range(COUNT)]
SPEAKER = {name: f"speaker {number % 6}" for number, name in enumerate(NAMES)}
KNOWN = {"x": SpeakersOfTest(SPEAKER, frozenset(SPEAKER.values()))}
RESAMPLED = {"x": SpeakersOfTest(SPEAKER, frozenset())}
BY_SPEAKER = np.arange(COUNT) % 6 < 3


@pytest.fixture
def sound(tmp_path):
    """Write what was measured on a sound: which recordings are recognised, and its median SNR."""

    def written(right, snr_db=20.0, names=NAMES, recogniser="ear", **keys):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        rows = [{"recording": name, "label": "one"} for name in names]
        measured = {"snr_db": snr_db, "si_sdr_db": 1, "pesq": 2, "stoi": 0.5, "clipped": 0}
        QUALITY.write([row | measured | {"note": ""} for row in rows], folder / "quality.csv")
        heard = [
            row | {"recognised_as": "one" if each else "two", "transcript": ""}
            for row, each in zip(rows, right, strict=True)
        ]
        TRANSCRIPTS.write(heard, folder / "transcripts.csv")
        none = dict.fromkeys(("network", "recipe", "seed", "defence", "name", "budget", "eps"))
        place = {"corpus": "x", "front_end": "x"} | none | keys
        files = {recogniser: folder / "transcripts.csv"} if recogniser else {}
        return MeasuredSound(place, folder / "quality.csv", files)

    return written


def rows_of(sounds, speakers, tmp_path):
    """Return the rows as they are read, by kind."""
    path = tmp_path / "over_seeds.csv"
    AUDIO_QUALITY_OVER_SEEDS.write(audio_quality_over_seeds(sounds, speakers), path)
    return {row["kind"]: row for row in AUDIO_QUALITY_OVER_SEEDS.read(path)}


def attacked(sound, seed, right, **keys):
    return sound(
        right, **{"kind": "waveform", "name": "pgd", "eps": 40, "seed": seed}, **VICTIM | keys
    )


def test_rates_are_means_over_victims_with_the_interval_of_their_recordings(sound, tmp_path):
    clean = np.arange(COUNT) < 48
    first, second = np.arange(COUNT) < 40, np.arange(COUNT) < 24
    sounds = [
        sound(clean, kind="clean"),
        attacked(sound, 0, first, snr_db=40.0),
        attacked(sound, 1, second, snr_db=44.0),
    ]
    row = rows_of(sounds, KNOWN, tmp_path)["waveform"]
    assert (row["n"], row["seeds"], row["retained_n"]) == (COUNT, 2, 48)
    assert row["recognised"] == pytest.approx((40 + 24) / 120, rel=1e-5)
    assert row["retained"] == pytest.approx((40 + 24) / 96, rel=1e-5)
    hits, tried = np.array([first, second]), np.array([clean, clean])
    limits = over_victims_of(hits, tried)[1:]
    assert (row["retained_low"], row["retained_high"]) == pytest.approx(limits, rel=1e-5)
    found = row["recognised_lowest"], row["recognised_highest"]
    assert found == pytest.approx((0.4, 2 / 3), rel=1e-5)
    assert row["median_snr_db"] == 42
    expected = paired_difference(hits, tried)
    found = row["difference"], row["difference_low"], row["difference_high"]
    assert found == pytest.approx(expected, rel=1e-5)
    assert found[0] == pytest.approx((40 + 24 - 96) / 120, rel=1e-5)


def test_a_sound_of_no_victim_has_its_own_interval(sound, tmp_path):
    right = np.arange(COUNT) < 45
    row = rows_of([sound(right, kind="clean")], KNOWN, tmp_path)["clean"]
    assert (row["seeds"], row["recognised"], row["difference"]) == (1, 0.75, None)
    limits = wilson_interval(45, COUNT)
    assert (row["recognised_low"], row["recognised_high"]) == pytest.approx(limits, abs=2e-3)


def test_speakers_that_no_victim_was_trained_on_widen_the_intervals(sound, tmp_path):
    sounds = [sound(np.full(COUNT, True), kind="clean")]
    sounds += [attacked(sound, seed, BY_SPEAKER) for seed in range(3)]
    widths = []
    for speakers in (KNOWN, RESAMPLED):
        row = rows_of(sounds, speakers, tmp_path)["waveform"]
        widths.append(row["retained_high"] - row["retained_low"])
    assert widths[1] > 2 * widths[0]


def test_without_a_recogniser_there_is_quality_alone(sound, tmp_path):
    sounds = [sound(np.full(COUNT, True), kind="clean", recogniser="")]
    row = rows_of(sounds, KNOWN, tmp_path)["clean"]
    assert (row["recogniser"], row["recognised"], row["retained"]) == ("", None, None)
    assert (row["n"], row["median_pesq"]) == (COUNT, 2)


def test_sounds_of_other_recordings_are_not_joined(sound):
    sounds = [
        sound(np.full(COUNT, True), kind="clean"),
        attacked(sound, 0, BY_SPEAKER),
        attacked(sound, 1, BY_SPEAKER, names=[*NAMES[1:], "another"]),
    ]
    with pytest.raises(UserError, match="not all about the same recordings of x"):
        list(audio_quality_over_seeds(sounds, KNOWN))


def test_transcripts_of_other_recordings_are_not_taken(sound):
    """Neither of one seed nor of the clean recordings."""
    everything = np.full(COUNT, True)
    others = [*NAMES[1:], "another"]
    right, wrong = sound(everything, kind="clean"), sound(everything, kind="clean", names=others)
    attack = attacked(sound, 0, BY_SPEAKER)
    mixed = replace(attack, transcripts=attacked(sound, 0, BY_SPEAKER, names=others).transcripts)
    for sounds in ([wrong, attack], [right, mixed]):
        with pytest.raises(UserError, match="Files in results/audio are not all about the same"):
            list(audio_quality_over_seeds(sounds, KNOWN))


def test_the_order_of_a_files_rows_changes_nothing(sound, tmp_path):
    clean = sound(np.arange(COUNT) < 48, kind="clean")
    first, turned = np.arange(COUNT) < 40, list(range(COUNT))[::-1]
    names = [NAMES[number] for number in turned]
    rows = [
        rows_of([clean, attacked(sound, 0, right, names=order)], KNOWN, tmp_path)["waveform"]
        for right, order in ((first, NAMES), (first[turned], names))
    ]
    assert rows[0] == rows[1]


def test_recognisers_and_recipes_have_rows_of_their_own(sound, tmp_path):
    clean = sound(np.full(COUNT, True), kind="clean")
    both = replace(
        clean, transcripts={"ear": clean.transcripts["ear"], "other": clean.transcripts["ear"]}
    )
    path = tmp_path / "rows.csv"
    AUDIO_QUALITY_OVER_SEEDS.write(audio_quality_over_seeds([both], KNOWN), path)
    assert [row["recogniser"] for row in AUDIO_QUALITY_OVER_SEEDS.read(path)] == ["ear", "other"]
    sounds = [
        clean,
        attacked(sound, 0, BY_SPEAKER),
        attacked(sound, 0, ~BY_SPEAKER, recipe="other"),
    ]
    found = list(audio_quality_over_seeds(sounds, KNOWN))
    assert [(row["recipe"], row["seeds"]) for row in found[1:]] == [("standard", 1), ("other", 1)]


def test_inversions_are_means_over_seeds(tmp_path):
    right = {
        "clean_prediction": np.arange(COUNT) < 54,
        "adversarial_prediction": np.arange(COUNT) < 6,
        "round_trip_prediction": (np.arange(COUNT) < 45) | (np.arange(COUNT) >= 57),
        "inverted_prediction": (np.arange(COUNT) < 36) | (np.arange(COUNT) >= 57),
    }
    rows = [
        {"recording": name, "label": "one"}
        | {column: "one" if each[number] else "two" for column, each in right.items()}
        for number, name in enumerate(NAMES)
    ]
    keys, files = [], []
    for seed, part in ((0, rows), (1, rows[::-1])):
        place = {"recipe": "standard", "attack": "pgd", "eps": 0.5, "seed": seed, "fold": None}
        keys.append(PLACE | place)
        files.append(tmp_path / f"{seed}.csv")
        INVERTED.write(part, files[-1])
    path = tmp_path / "inversions.csv"
    INVERSIONS_OVER_SEEDS.write(inversions_over_seeds(described(keys, files), KNOWN), path)
    (row,) = INVERSIONS_OVER_SEEDS.read(path)
    assert (row["n"], row["seeds"], row["retained_n"]) == (COUNT, 2, 48)
    assert row["clean_accuracy"] == 0.9
    assert row["adversarial_accuracy"] == 0.1
    assert row["inverted_accuracy"] == 0.6  # not the three that were wrong when clean
    assert row["inverted_of_retained_accuracy"] == 0.8125  # with those three: 39 of 48
    assert row["inverted_success_rate"] == pytest.approx(9 / 39, rel=1e-5)  # 36 to 44, of 6 to 44
    assert row["inverted_accuracy_lowest"] == 0.6
