"""The page on which recordings are played, and what the report says of sound."""

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
import soundfile

from mishear.core.tables.evaluation import SUMMARY
from mishear.evaluation.measurements import over_seeds
from mishear.report import listening as report_listening
from mishear.report.listening import (
    Heard,
    Played,
    Version,
    level_above,
    listening_section,
    title,
    write_page,
)
from tests.unit.conftest import SETTING, summary_row

RATE = 8000


def version(name="clean", level=0.1, pesq=4.64, said="one", predicted="1", seed=0):
    random = np.random.default_rng(seed)
    waveform = (level * random.standard_normal(RATE)).clip(-1, 1).astype(np.float32)
    quality = {"snr_db": 20.0, "si_sdr_db": None, "pesq": pesq, "stoi": 0.9}
    heard = [Heard("listener", "1" if said == "one" else "", said)]
    return Version(name, waveform, random.uniform(-60, 20, (8, 6)), predicted, heard, quality)


@pytest.fixture
def page(tmp_path):
    """A function that writes a page and reads it."""

    def written(recordings):
        path = tmp_path / "page.html"
        write_page(SETTING, "study", "the victim", recordings, RATE, "magma", path)
        return path.read_text()

    return written


def players(html):
    return re.findall(r'src="data:audio/flac;base64,([^"]+)"', html)


def test_what_is_played_is_the_recording_to_16_bits(page):
    shown = version(level=0.3)
    (sound,) = players(page([Played("a.wav", "1", [shown])]))
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sound)), dtype="float32")
    assert rate == RATE
    assert np.abs(samples - shown.waveform).max() <= 2**-15


def test_each_version_says_who_hears_what(page):
    wrong = version("pgd, limit 40 dB SNR", said="", predicted="7", pesq=None)
    html = page([Played("a.wav", "1", [version(), wrong])])
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))
    assert "clean victim 1 right listener one right SNR, dB 20.0 SI-SDR, dB – PESQ 4.64" in text
    assert "limit 40 dB SNR victim 7 wrong listener nothing wrong" in text
    assert len(re.findall(r'alt="Spectrogram of a.wav', html)) == 2


def test_a_loud_version_is_warned_of(page):
    html = page([Played("a.wav", "1", [version(), version("noise", level=0.5)])])
    assert html.count("Loud: 14 dB above") == 1
    assert float(re.search(r'data-volume="([^"]+)"', html)[1]) == pytest.approx(0.2, abs=0.02)


def test_a_loud_player_starts_as_loud_as_the_clean_one(page, browser, tmp_path):
    page([Played("a.wav", "1", [version(), version("noise", level=0.5)])])
    with browser.new_context(offline=True) as context:
        tab = context.new_page()
        tab.goto((tmp_path / "page.html").as_uri())
        volumes = tab.evaluate("[...document.querySelectorAll('audio')].map((each) => each.volume)")
    assert volumes == [1, pytest.approx(0.2, abs=0.02)]


def test_a_constant_is_not_loud():
    clean = version().waveform
    assert level_above(clean, clean + 0.5) == pytest.approx(0, abs=1e-3)
    assert level_above(clean, 2 * clean) == pytest.approx(6.02, abs=0.01)
    assert level_above(0 * clean, 0 * clean) == 0


def test_what_does_not_fit_is_left_out_and_counted(page, monkeypatch):
    shown = [version(seed=seed) for seed in range(6)]
    parts = {"a": shown[:2], "d": shown[2:4], "g": shown[4:]}
    recordings = [Played(f"{name}.wav", name, part) for name, part in parts.items()]
    whole = len(page(recordings))
    monkeypatch.setattr(report_listening, "TEXT", 20_000)
    monkeypatch.setattr(report_listening, "MEGABYTES", 0.6 * whole / 10**6)
    html = page(recordings)
    assert 0 < len(players(html)) < 6
    assert f"{6 - len(players(html))} versions are left out" in html
    assert len(html) <= 0.6 * whole
    assert "Class g" not in html, "no heading without a player"


def test_nothing_is_said_to_be_left_out_where_all_fit(page):
    assert "left out" not in page([Played("a.wav", "1", [version()])]).split("<main")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("clean", None, None, None), "clean"),
        (("poisoned", "noise", 0.01, None), "noise, amplitude 0.01"),
        (("waveform", "pgd", 40.0, "snr"), "pgd, limit 40 dB SNR"),
        (("waveform", "pgd", 0.0001, "eps"), "pgd, eps 0.0001 of full scale"),
        (("waveform", "cw", float("inf"), "eps"), "cw, no limit"),
        (
            ("inverted", "cw", float("inf"), "eps"),
            "cw on the spectrogram, no limit, turned back to sound",
        ),
        (
            ("inverted", "fgsm", 0.5, "eps"),
            "fgsm on the spectrogram, eps 0.5 dB, turned back to sound",
        ),
    ],
)
def test_a_version_is_named_in_words(arguments, words):
    assert title(*arguments) == words


@pytest.fixture
def noise_table(table_of):
    """A function that gives, for each amplitude, accuracies without and with it in training."""

    def made(accuracies):
        rows = []
        for amplitude, (unpoisoned, trained) in accuracies.items():
            place = {"recipe": f"noise-{amplitude}", "poison": "noise", "poisoning_rate": 1}
            rows.append(summary_row("noise", amplitude, unpoisoned, domain="waveform"))
            rows.append(summary_row("noise", amplitude, trained, domain="waveform", **place))
        return over_seeds(table_of(rows, SUMMARY))

    return made


def test_the_section_puts_ears_beside_the_victim(heard_tables, noise_table):
    found = listening_section(noise_table({0.01: (0.2, 0.9)}), reference="standard", **heard_tables)
    ((name, rate, n),) = found["recognised"]
    assert (name, rate.accuracy, n) == ("listener", 0.8, 200)
    (row,) = found["amplitudes"]
    assert row["unpoisoned"].accuracy == 0.2
    assert row["trained"].accuracy == 0.9
    assert (row["retained"].accuracy, row["retained"].n, row["pesq"]) == (0.5, 160, 1.5)
    (inversion,) = found["inversions"]
    assert (inversion["adversarial"].accuracy, inversion["retained_n"]) == (0.5, 90)
    assert len(found["halves"]) == 1


def test_the_section_puts_a_recogniser_beside_each_attack_on_the_sound(heard_tables, table_of):
    attack = {"domain": "waveform", "budget": "snr", "saved_accuracy": 0.25}
    attack |= {"saved_low": 0.2, "saved_high": 0.31}
    table = over_seeds(table_of([summary_row("pgd", 40, 0.2, **attack)], SUMMARY))
    (row,) = listening_section(table, reference="standard", **heard_tables)["attacked"]
    assert row["title"] == "pgd, limit 40 dB SNR"
    assert (row["victim"].accuracy, row["saved"].accuracy) == (0.2, 0.25)
    assert (row["retained"].accuracy, row["retained"].n, row["snr_db"]) == (0.9, 160, 41)
    assert row["n"] == 200


def test_attacks_on_a_defended_victim_are_not_mixed_in(heard_tables, noise_table):
    quality = heard_tables["audio_quality"]
    behind = quality[quality.kind == "waveform"].assign(defence="median", retained=0.1)
    given = heard_tables | {"audio_quality": pd.concat([quality, behind])}
    (row,) = listening_section(noise_table({}), reference="standard", **given)["attacked"]
    assert row["retained"].accuracy == 0.9
