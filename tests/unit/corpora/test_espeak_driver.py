"""The driver of eSpeak NG, in a process of its own, as always, since it loads the library."""

import subprocess
import sys

import pytest

from mishear.corpora import espeak

pytest.importorskip("espeakng_loader", reason="eSpeak NG is not installed (extra: espeak)")


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code],
        env=espeak._worker_environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_word_becomes_samples_the_same_every_time():
    code = (
        "from mishear.corpora.espeak_driver import Espeak\n"
        "espeak = Espeak()\n"
        "first, again = (espeak.say('one', 'en-us+Alex', 160, 50, 50) for _ in range(2))\n"
        "print(espeak.sample_rate, first.dtype, len(first) > 2000, (first == again).all())\n"
    )
    assert run(code).stdout == "22050 int16 True True\n"


def test_an_unknown_language():
    code = (
        "from mishear.corpora.espeak_driver import Espeak\n"
        "Espeak().say('one', 'en-gb-nowhere+Alex', 160, 50, 50)\n"
    )
    assert "RuntimeError: eSpeak NG has no voice en-gb-nowhere+Alex" in run(code).stderr
