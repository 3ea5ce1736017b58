"""Speakers differ in voice, room and microphone, and are the same for the same seed."""

import numpy as np

from mishear.corpora.espeak import variants
from mishear.corpora.espeak_worker import Speaker, draw_speaker, synthesise_recording


def test_every_speaker_has_a_variant_of_its_own():
    names = variants()
    speakers = [draw_speaker(0, number, names) for number in range(1, len(names) + 1)]
    assert {speaker.voice.partition("+")[2] for speaker in speakers} == set(names)


def test_a_speaker_depends_on_seed_and_number():
    names = variants()
    assert draw_speaker(0, 1, names) == draw_speaker(0, 1, names)
    assert draw_speaker(0, 1, names) != draw_speaker(1, 1, names)
    assert draw_speaker(0, 1, names) != draw_speaker(0, 2, names)


class Tone:
    """Says everything by a tone with silence around it, and notes how it was asked to."""

    def say(self, text, voice, words_per_minute, pitch, pitch_range):
        self.asked = text, voice, words_per_minute, pitch, pitch_range
        tone = 12000 * np.sin(np.arange(8000) / 10)
        return np.concatenate([np.zeros(4000), tone, np.zeros(4000)]).astype(np.int16)


def test_a_recording_is_trimmed_and_within_full_scale():
    speaker = draw_speaker(0, 3, variants())
    assert isinstance(speaker, Speaker)
    tone = Tone()
    first, again, other = (
        synthesise_recording(tone, speaker, "one", np.random.default_rng(seed))
        for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first[:100], other[:100])
    assert np.abs(first).max() <= 0.999
    assert 8000 < len(first) < 16000
    assert tone.asked[:2] == ("one", speaker.voice)
    assert all(0 <= value <= 99 for value in tone.asked[3:])
