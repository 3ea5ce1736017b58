"""The page on which examples of targeted attacks are played."""

import re

import numpy as np
import pytest

from mishear.report import targeted_page
from mishear.report.targeted_page import (
    AimedAttack,
    AimedSound,
    Played,
    TargetedPage,
    write_page,
)
from tests.browsing import accessibility_findings
from tests.unit.conftest import SETTING

RATE = 8000


def sound(label, target, recording="a.wav", level=0.1, number="20"):
    noise = np.random.default_rng(len(target)).standard_normal(RATE).astype(np.float32)
    original, attacked = Played(0.1 * noise, label), Played(level * noise, target)
    return AimedSound(label, target, recording, f"SNR {number} dB", number, original, attacked)


def attack(*sounds, **changes):
    given = {"is_approximate": False} | changes
    return AimedAttack("pgd", "waveform", "SNR, dB", ["no", "yes", "stop"], sounds=sounds, **given)


@pytest.fixture
def page(tmp_path):
    """A function that writes a page and reads it."""

    def written(*attacks):
        write_page(TargetedPage("study", SETTING, "the victim", attacks, RATE), tmp_path / "p.html")
        return (tmp_path / "p.html").read_text()

    return written


def test_each_cell_that_was_reached_leads_to_its_player(page):
    html = page(attack(sound("no", "yes"), sound("no", "stop"), sound("yes", "no", "b.wav")))
    links = re.findall(r'<a href="#(pair[^"]+)" aria-label="listen: ([^"]+)"', html)
    assert {words for _, words in links} == {
        "no to yes, SNR 20 dB",
        "no to stop, SNR 20 dB",
        "yes to no, SNR 20 dB",
    }
    assert all(html.count(f'id="{anchor}"') == 1 for anchor, _ in links)
    players = re.findall(r'<audio controls preload="none" aria-label="([^"]+)"', html)
    assert players == [
        "a.wav, original",
        "a.wav, no to yes, SNR 20 dB",
        "a.wav, no to stop, SNR 20 dB",
        "b.wav, original",
        "b.wav, yes to no, SNR 20 dB",
    ]


def test_a_loud_sound_is_warned_of(page):
    html = page(attack(sound("no", "yes", level=0.5)))
    assert "Loud: 14 dB above the original" in html


def test_inverted_sounds_are_said_to_be_approximate(page):
    assert "approximate" in page(attack(sound("no", "yes"), is_approximate=True))
    assert "approximate" not in page(attack(sound("no", "yes")))


def test_what_cannot_be_played_is_said(page):
    html = page(attack(obstacle="The front end, Mine, has no inverse to sound."), attack())
    assert "Mine, has no inverse" in html and "reached no target" in html
    assert "<audio" not in html


def test_what_does_not_fit_keeps_its_number_without_a_player(page, monkeypatch):
    given = attack(sound("no", "yes"), sound("yes", "no", "b.wav", number="40"))
    whole = len(page(given))
    monkeypatch.setattr(targeted_page, "TEXT", 20_000)
    monkeypatch.setattr(targeted_page, "MEGABYTES", 0.8 * whole / 10**6)
    html = page(given)
    assert html.count("<audio") == 2 and "1 pairs have no player" in html
    assert re.search(r"<td[^>]*>40</td>", html)


def test_a_player_is_reached_by_the_keyboard(page, browser, tmp_path):
    page(attack(sound("no", "yes"), sound("yes", "no", "b.wav")))
    with browser.new_context(offline=True) as context:
        tab = context.new_page()
        tab.goto((tmp_path / "p.html").as_uri())
        tab.get_by_role("link", name="listen: yes to no").press("Enter")
        tab.keyboard.press("Tab")
        focused = tab.evaluate("document.activeElement.getAttribute('aria-label')")
        assert focused == "b.wav, yes to no, SNR 20 dB"
        assert accessibility_findings(tab) == []
