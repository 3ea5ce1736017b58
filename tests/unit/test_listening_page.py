"""The page on which recordings are played, made of tones and noise, by what it holds and heard."""

import base64
import io
import json
import re

import numpy as np
import pytest
import soundfile

from mishear.claims import FALLS, IN_PART, STANDS
from mishear.figures.captions import ears_alternative, snr_alternative
from mishear.figures.listening import draw_ears, draw_snr
from mishear.listening_page import Recording, Section, Version, level_above, write_listening
from mishear.paper import Results
from mishear.paper_example import (
    Heard,
    degradation,
    other_picture,
    paper_examples,
    same_sound,
    still_recognised,
)
from mishear.reading import of_setting, over_seeds
from mishear.report_listening import listening_section, title
from mishear.summary import wilson_interval

RATE = 8000
SECONDS = 0.5
PLAYER = re.compile(r'src="data:audio/flac;base64,([^"]+)"')


def tone(amplitude=0.2):
    """A tone between silences, as a word stands in a recording."""
    times = np.arange(round(RATE * SECONDS)) / RATE
    spoken = (times > 0.1) & (times < 0.4)
    samples = np.round(amplitude * np.sin(2 * np.pi * 440 * times) * spoken * 2**15) / 2**15
    return samples.astype(np.float32)


def noisy(amplitude, seed=0):
    noise = np.random.default_rng(seed).random(len(tone()), dtype=np.float32)
    return np.clip(np.round((tone() + amplitude * noise) * 2**15) / 2**15, -1, 1 - 2**-15)


def sound(kind, name=None, budget=None, eps=None):
    return {"kind": kind, "name": name, "budget": budget, "eps": eps}


def version(kind, waveform, heard="1", pesq="4.2", **changes):
    spectrogram = np.random.default_rng(len(kind)).normal(-20, 10, (16, 12))
    quality = {"snr_db": "12.34", "si_sdr_db": "-5", "pesq": pesq, "stoi": "0.987"}
    quality |= {"clipped": "0.25", "note": ""}
    ear = {"label": "1", "heard": heard, "transcript": {"1": "one"}.get(heard, "")}
    return Version(sound(kind, **changes), waveform, spectrogram, heard, quality, {"ear": ear})


def recording(name="1_a.wav"):
    versions = [
        version("clean", tone()),
        version("poisoned", noisy(0.01), name="noise", eps=0.01),
        version("poisoned", noisy(1.0), heard="", pesq="", name="noise", eps=1.0),
        version("waveform", noisy(0.001), heard="2", name="pgd", budget="snr", eps=40),
        version("inverted", noisy(0.02), heard="7", name="fgsm", budget="eps", eps=0.5),
    ]
    return Recording(name, "1", versions, "The word of the paper's example.")


@pytest.fixture
def section(setting):
    return Section(setting, "recipe standard, seed 0", RATE, [recording(), recording("1_b.wav")])


@pytest.fixture
def page(section, tmp_path):
    """The page's file."""
    path = tmp_path / "listening.html"
    write_listening("invented", [section], "magma", path)
    return path


def test_what_is_played_is_what_was_heard(page):
    sounds = PLAYER.findall(page.read_text())
    assert len(sounds) == 10
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sounds[2])), dtype="int16")
    assert rate == RATE
    np.testing.assert_array_equal(samples, noisy(1.0) * 2**15)


def test_versions_are_named_and_judged_in_words(page):
    text = page.read_text()
    for words in (
        "noise, amplitude 0.01",
        "pgd, SNR 40 dB",
        "fgsm on the spectrogram, eps 0.5 dB, inverted",
        "✓ right",
        "✗ wrong",
        "“one”",
        "25.0 % of the samples cut to full scale",
    ):
        assert words in text


def test_an_inverted_recording_has_no_ratio(page):
    row = page.read_text().split('rowheader">fgsm on the spectrogram')[1].split("</tr>")[0]
    assert 'data-label="SNR, dB">–<' in row
    assert 'data-label="SI-SDR, dB">–<' in row
    assert 'data-label="PESQ">4.20<' in row


def test_only_loud_versions_warn_and_start_turned_down(page):
    volumes = re.findall(r'data-volume="([^"]+)"', page.read_text())
    assert len(volumes) == 2
    expected = 10 ** (-level_above(tone(), noisy(1.0)) / 20)
    assert float(volumes[0]) == pytest.approx(expected, abs=1e-4)


def test_a_constant_is_not_loud():
    assert level_above(tone(), tone() + 0.5) == pytest.approx(0, abs=1e-3)
    assert level_above(tone(), 2 * tone()) == pytest.approx(6.02, abs=0.01)
    silent = np.zeros_like(tone())
    assert level_above(silent, silent) == 0
    assert level_above(silent, tone()) > 60


def test_sound_has_a_limit_and_what_is_left_out_is_counted(section, page, tmp_path):
    sizes = [len(found) for found in PLAYER.findall(page.read_text())]
    small = tmp_path / "small.html"
    write_listening("invented", [section], "magma", small, limit=sum(sizes[:7]))
    text = small.read_text()
    assert [len(found) for found in PLAYER.findall(text)] == sizes[:7]
    assert "3 versions left out" in text
    assert "3 versions of this recording left out" in text
    write_listening("invented", [section], "magma", small, limit=0)
    assert PLAYER.findall(small.read_text()) == []
    assert "left out" not in page.read_text()


def test_the_first_recordings_of_all_sections_come_first(section, setting, page, tmp_path):
    sizes = [len(found) for found in PLAYER.findall(page.read_text())]
    second = Section(setting | {"corpus": "other"}, "another", RATE, [recording("c.wav")])
    path = tmp_path / "two.html"
    write_listening("invented", [section, second], "magma", path, limit=2 * sum(sizes[:5]))
    assert "5 versions left out" in path.read_text()
    first, other = path.read_text().split('<h2 id="section1">')
    assert "5 versions of this recording left out" in first
    assert "of this recording left out" not in other


@pytest.mark.parametrize(
    "kind, name, budget, eps, words",
    [
        ("clean", None, None, None, "clean"),
        ("round-trip", None, None, None, "clean spectrogram, inverted"),
        ("poisoned", "hum", None, 0.001, "hum, amplitude 0.001"),
        ("waveform", "pgd", "snr", 40.0, "pgd, SNR 40 dB"),
        ("waveform", "pgd", "eps", 1e-5, "pgd, eps 1e-05 of full scale"),
        ("waveform", "cw", "eps", float("inf"), "cw, no limit"),
        ("inverted", "cw", "eps", float("inf"), "cw on the spectrogram, no limit, inverted"),
    ],
)
def test_titles(kind, name, budget, eps, words):
    assert title(sound(kind, name, budget, eps)) == words


# In a browser


@pytest.fixture
def open_page(browser, page):
    """A function that opens the page without a network in a window of some width, in pixels."""

    def opened(width, **options):
        tab = browser.new_page(viewport={"width": width, "height": 800}, **options)
        tab.context.set_offline(True)
        tab.problems, tab.requests = [], []
        tab.on("console", lambda message: tab.problems.append(message.text))
        tab.on("pageerror", lambda error: tab.problems.append(str(error)))
        tab.on("request", lambda request: tab.requests.append(request.url))
        tab.goto(page.as_uri())
        return tab

    return opened


PLAY = """async (number) => {
  const player = document.querySelectorAll("audio")[number];
  await player.play();
  await new Promise((done) => player.addEventListener("timeupdate", done, { once: true }));
  while (player.currentTime === 0) await new Promise((done) => setTimeout(done, 20));
  return { time: player.currentTime, duration: player.duration, error: player.error };
}"""


def test_a_recording_plays_offline(open_page):
    tab = open_page(1280)
    played = tab.evaluate(PLAY, 0)
    assert played["error"] is None
    assert played["time"] > 0
    assert played["duration"] == pytest.approx(SECONDS, abs=1e-3)
    assert tab.problems == []
    assert [address for address in tab.requests if not address.startswith("data:")] == [tab.url]


def test_one_recording_plays_at_a_time(open_page):
    tab = open_page(1280)
    tab.evaluate("document.querySelectorAll('audio').forEach((player) => (player.loop = true))")
    tab.evaluate(PLAY, 0)
    tab.evaluate(PLAY, 2)
    paused = tab.evaluate("[...document.querySelectorAll('audio')].map((player) => player.paused)")
    assert paused == [number != 2 for number in range(10)]
    assert tab.evaluate("document.querySelectorAll('audio')[2].volume") < 0.9


@pytest.mark.parametrize("width", [390, 900, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_window(open_page, width, scheme):
    tab = open_page(width, color_scheme=scheme)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    inside = "(element) => element.scrollWidth - element.clientWidth"
    if width == 390:
        assert tab.locator("table.heard").first.evaluate(inside) <= 0
    assert tab.problems == []


def test_players_and_pictures_have_names(open_page):
    tab = open_page(1280)
    names = tab.evaluate("[...document.querySelectorAll('audio')].map((each) => each.ariaLabel)")
    assert names[3] == "pgd, SNR 40 dB, class 1"
    alternatives = tab.evaluate("[...document.images].map((image) => image.alt)")
    assert alternatives[1] == "Spectrogram of noise, amplitude 0.01"
    sizes = tab.evaluate("[...document.images].map((image) => image.naturalWidth)")
    assert set(sizes) == {12}


# Tables and figures


def test_section_of_the_report_has_all_tables(heard_tables):
    table = over_seeds(heard_tables["summary"])
    section = listening_section(
        table,
        heard_tables["ears"],
        heard_tables["inversions"],
        heard_tables["halves"],
        "standard",
        ["noise"],
    )
    assert section["recognisers"] == ["ear"]
    first, second = section["halves"]
    assert (first["snr"], first["interval"]) == ("38.8 dB", "35.0 to above all run")
    assert (second["snr"], second["interval"]) == ("below 20 dB", "below all run to 21.0")
    assert [row["title"] for row in section["attacked"]][0] == "w-pgd, SNR 60 dB"
    assert section["attacked"][0]["heard"]["ear"]["kept"].n == 160
    assert section["attacked"][0]["saved"].accuracy == 0.9
    assert section["inversions"][0]["inverted_of_kept"].n == 170
    noise = section["noise"][1]
    assert (noise["amplitude"], noise["median_pesq"]) == (0.01, 2.5)
    assert noise["standard"].accuracy == pytest.approx(0.17)
    assert noise["retrained"].accuracy == pytest.approx(0.9)


def test_figures_are_the_same_every_time(heard_tables, tmp_path):
    attacks = ["w-pgd", "w-linf", "w-fgsm"]
    for name in ("first", "second"):
        draw_snr(
            heard_tables["summary"],
            heard_tables["ears"],
            heard_tables["halves"],
            attacks,
            "standard",
            10,
            tmp_path / f"{name}-snr.svg",
        )
        draw_ears(
            heard_tables["summary"],
            heard_tables["ears"],
            "noise",
            "standard",
            10,
            tmp_path / f"{name}-ears.svg",
        )
    for kind, words in (
        ("snr", ["w-pgd", "ear, relative to clean", "eps, fraction of full scale", "chance"]),
        ("ears", ["median PESQ", "median STOI", "retrained, 100 % poisoned", "18 dB"]),
    ):
        first = (tmp_path / f"first-{kind}.svg").read_text()
        assert first == (tmp_path / f"second-{kind}.svg").read_text()
        for text in words:
            assert f">{text}<" in first


def test_figures_without_a_recogniser(heard_tables, tmp_path):
    ears = heard_tables["ears"].assign(recogniser=None, kept=np.nan)
    halves = heard_tables["halves"].iloc[:0]
    path = tmp_path / "figure.svg"
    draw_snr(heard_tables["summary"], ears, halves, ["w-pgd"], "standard", 10, path)
    assert "relative to clean" not in path.read_text()
    draw_ears(heard_tables["summary"], ears, "noise", "standard", 10, path)
    assert "relative to clean" not in path.read_text()


def test_alternatives_have_the_main_numbers(heard_tables):
    words = snr_alternative(heard_tables["halves"])
    assert "w-pgd: 38.8 dB" in words and "w-fgsm: below 20 dB" in words
    poisoned = heard_tables["ears"][heard_tables["ears"].kind == "poisoned"]
    assert "0.750 of ear's, PESQ 2.50 at 0.01" in ears_alternative(poisoned)


# The paper's example


def quality_rows(**pesq):
    return [
        {"recording": f"{name}.wav", "snr_db": "18", "pesq": score, "stoi": "0.9", "note": "short"}
        for name, score in pesq.items()
    ]


@pytest.mark.parametrize(
    "score, judgement, words",
    [
        ("4.6", STANDS, "inaudible"),
        ("4.0", IN_PART, "audible but not annoying"),
        ("3.4", FALLS, "slightly annoying"),
        ("1.0", FALLS, "very annoying"),
    ],
)
def test_sounds_the_same_by_the_listening_scale(score, judgement, words):
    found = same_sound(quality_rows(a=score, b="2.0", c=""), "a.wav")
    assert found.verdict == judgement
    assert words in found.evidence
    assert degradation(float(score)) == words
    assert f"median of 2 test recordings {(float(score) + 2) / 2:.2f}" in found.evidence


def test_a_refused_recording_is_not_judged():
    found = same_sound(quality_rows(a="", b="2.0"), "a.wav")
    assert found.verdict == "not measured"
    assert "short" in found.evidence


@pytest.mark.parametrize("part, judgement", [(1.0, STANDS), (0.2, IN_PART), (0.0, FALLS)])
def test_spectrograms_differ_where_colours_do(part, judgement):
    clean = np.linspace(-60, 40, 1000).reshape(20, 50)
    changed = clean.copy()
    changed.flat[: round(part * clean.size)] += 8
    assert other_picture(clean, changed).verdict == judgement


def heard_rows(**heard):
    return [
        {"recording": f"{name}.wav", "label": "1", "heard": word, "transcript": word and "one"}
        for name, word in heard.items()
    ]


def test_recognised_only_if_in_both_forms():
    both = (heard_rows(a="1", b="1"), heard_rows(a="1", b=""))
    found = still_recognised({"ear": both}, "a.wav", "1")
    assert found.verdict == STANDS
    low, high = wilson_interval(1, 2)
    assert f"1 of 2 ({low:.2f} to {high:.2f}) poisoned" in found.evidence
    assert still_recognised({"ear": both}, "b.wav", "1").verdict == FALLS
    two = {"ear": both, "other": (heard_rows(b="1"), heard_rows(b="1"))}
    assert still_recognised(two, "b.wav", "1").verdict == IN_PART
    assert still_recognised({}, "a.wav", "1").verdict == "not measured"


@pytest.fixture
def examples(heard_tables, setting, attacks, poisons):
    """The paper's example in both readings, of a recording that sounds worse at 0.01."""
    table = of_setting(over_seeds(heard_tables["summary"]), setting)
    results = Results(table, {}, "standard", attacks, "fsdd", "digits", poisons)
    rows = {None: heard_rows(a="1", b="1"), 0.001: heard_rows(a="1", b="1")}
    rows[0.01] = heard_rows(a="1", b="")
    picture = np.linspace(-60, 40, 1000).reshape(20, 50)
    pictures = {None: picture, 0.001: picture, 0.01: picture[::-1]}
    quality = {0.001: quality_rows(a="4.6", b="4.5"), 0.01: quality_rows(a="2", b="2")}
    return paper_examples(results, "noise", Heard("a.wav", "1", quality, {"ear": rows}, pictures))


def test_example_is_at_the_amplitude_that_fits_the_papers_figure(examples):
    """Unpoisoned victims have .65 and .17 at the two amplitudes, retrained ones .95 and .9."""
    trained, standard = examples
    assert (trained.amplitude, standard.amplitude) == (0.01, 0.01)
    assert standard.accuracy.accuracy == pytest.approx(0.17)
    assert [part.verdict for part in standard.verdicts] == [FALLS, STANDS, STANDS]
    assert standard.verdict == FALLS


def test_verdict_is_on_the_page(examples, section, tmp_path):
    path = tmp_path / "listening.html"
    judged = Section(section.setting, section.victim, RATE, section.recordings, examples=examples)
    write_listening("invented", [judged], "magma", path)
    text = path.read_text()
    assert "The paper's example at amplitude 0.01: <b>does not stand</b>" in text.replace(
        "&#39;", "'"
    )
    assert json.dumps(examples[0].verdicts[0].evidence)[1:-1] in text
