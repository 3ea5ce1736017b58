"""The page on which recordings can be played."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from mishear.report import listening_page
from mishear.report.listening_page import (
    ListeningPage,
    PlayedRecording,
    Transcript,
    Version,
    level_above,
    title,
    write_page,
)
from tests.unit.conftest import SETTING

RATE = 8000


def version(name="clean", level=0.1, pesq=4.64, said="one", predicted="1", seed=0):
    random = np.random.default_rng(seed)
    waveform = (level * random.standard_normal(RATE)).clip(-1, 1).astype(np.float32)
    quality = {"snr_db": 20.0, "si_sdr_db": None, "pesq": pesq, "stoi": 0.9}
    transcripts = [Transcript("listener", "1" if said == "one" else "", said)]
    return Version(name, waveform, random.uniform(-60, 20, (8, 6)), predicted, transcripts, quality)


@pytest.fixture
def page(tmp_path):
    """A function that writes a page and reads it."""

    def written(recordings):
        path = tmp_path / "page.html"
        shown = ListeningPage("study", SETTING, "the victim", recordings, RATE, "magma")
        write_page(shown, path)
        return path.read_text()

    return written


def players(html):
    return re.findall(r'src="data:audio/flac;base64,([^"]+)"', html)


def test_what_is_played_is_the_recording_to_16_bits(page):
    shown = version(level=0.3)
    (sound,) = players(page([PlayedRecording("a.wav", "1", [shown])]))
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sound)), dtype="float32")
    assert rate == RATE
    assert np.abs(samples - shown.waveform).max() <= 2**-15


def test_each_version_shows_predictions_and_transcripts(page):
    wrong = version("pgd, limit 40 dB SNR", said="", predicted="7", pesq=None)
    html = page([PlayedRecording("a.wav", "1", [version(), wrong])])
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))
    assert "clean victim 1 correct listener one correct SNR, dB 20.0 SI-SDR, dB – PESQ 4.64" in text
    assert "limit 40 dB SNR victim 7 incorrect listener nothing incorrect" in text
    assert len(re.findall(r'alt="Network input of a.wav', html)) == 2


def test_a_loud_version_is_warned_of(page):
    html = page([PlayedRecording("a.wav", "1", [version(), version("noise", level=0.5)])])
    assert html.count("Loud: 14 dB above") == 1
    assert float(re.search(r'data-volume="([^"]+)"', html)[1]) == pytest.approx(0.2, abs=0.02)


def test_a_loud_player_starts_as_loud_as_the_clean_one(page, browser, tmp_path):
    page([PlayedRecording("a.wav", "1", [version(), version("noise", level=0.5)])])
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
    recordings = [PlayedRecording(f"{name}.wav", name, part) for name, part in parts.items()]
    whole = len(page(recordings))
    monkeypatch.setattr(listening_page, "TEXT", 20_000)
    monkeypatch.setattr(listening_page, "MEGABYTES", 0.6 * whole / 10**6)
    html = page(recordings)
    assert 0 < len(players(html)) < 6
    assert f"{6 - len(players(html))} versions are left out" in html
    assert len(html) <= 0.6 * whole
    assert "Class g" not in html, "no heading without a player"


def test_nothing_is_said_to_be_left_out_where_all_fit(page):
    assert "left out" not in page([PlayedRecording("a.wav", "1", [version()])]).split("<main")[1]


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
            "cw on the input, no limit, inverted to sound",
        ),
        (
            ("inverted", "fgsm", 0.5, "eps"),
            "fgsm on the input, eps 0.5 dB, inverted to sound",
        ),
    ],
)
def test_a_version_is_named_in_words(arguments, words):
    assert title(*arguments, "dB") == words
