"""Speech recognisers, which are independent of the victim and transcribe the same sound."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np

from mishear.core.errors import UserError
from mishear.features.waveforms import active_speech, resampler

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@runtime_checkable
class Recogniser(Protocol):
    """A speech recogniser: any class with these methods.

    Its constructor is called with ``classes``, the labels of the corpus, and the ``params`` of the
    config.
    """

    def transcribe(self, recordings: np.ndarray, sample_rate: int) -> list[str]:
        """Transcribe recordings.

        Parameters
        ----------
        recordings
            Shape (recordings, samples), full scale is -1 to 1.
        sample_rate
            Hz.

        Returns
        -------
        list of str
            A transcript of each recording; empty where nothing is recognised.
        """

    def classify(self, transcript: str) -> str:
        """Return the class that a transcript stands for, one of ``classes``; empty if none."""


class Pocketsphinx:
    """CMU Pocketsphinx with a grammar of the classes' words (package ``pocketsphinx``).

    Its US English model comes with the package, so it works offline. Recordings are resampled to
    16 kHz, and the padding around the speech is replaced by a quarter of a second of silence, which
    it needs to find the beginning of the word. Its features are set up anew for each recording, so
    that none depends on those before it.

    Parameters
    ----------
    classes
        Labels of the corpus.
    words
        For each class the words that stand for it; unset: the label itself, for digits their
        names. Classes that are not in the corpus are ignored.

    Raises
    ------
    UserError
        If the package is not installed, its dictionary lacks a word, or a word stands for two
        classes.
    """

    RATE = 16000
    SILENCE = 0.25
    """Seconds."""

    def __init__(self, classes: Sequence[str], words: dict[str | int, list[str]] | None = None):
        self.classes = list(classes)
        digits = {str(number): [word] for number, word in enumerate(DIGITS)}
        given = {str(label): spoken for label, spoken in (words or {}).items()}
        self.words = {
            label: given.get(label) or digits.get(label, [label.lower()]) for label in self.classes
        }
        self.labels = self._labels()
        self.decoder = self._decoder()

    def _labels(self) -> dict[str, str]:
        labels: dict[str, str] = {}
        for label, words in self.words.items():
            for word in words:
                if labels.setdefault(word, label) != label:
                    raise UserError(
                        f"recognisers: Pocketsphinx's words: {word!r} stands for both "
                        f"{labels[word]!r} and {label!r}. Give each class words of its own."
                    )
        return labels

    def _decoder(self) -> Any:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise UserError(
                "recognisers: Pocketsphinx needs the package 'pocketsphinx', which is not "
                "installed. Install it: pip install 'mishear[listening]'."
            ) from error
        decoder = Decoder(lm=None, samprate=self.RATE, cmn="batch", loglevel="FATAL")
        unknown = [word for word in self.labels if decoder.lookup_word(word) is None]
        if unknown:
            raise UserError(
                f"recognisers: Pocketsphinx's dictionary has no word "
                f"{', '.join(map(repr, unknown))}. Give other words for these classes in its "
                f"params: words: {{label: [word, ...]}}."
            )
        grammar = f"#JSGF V1.0; grammar words; public <word> = {' | '.join(self.labels)};"
        decoder.add_jsgf_string("words", grammar)
        decoder.activate_search("words")
        return decoder

    def transcribe(self, recordings: np.ndarray, sample_rate: int) -> list[str]:
        return [self._transcribed(recording, sample_rate) for recording in recordings]

    def _transcribed(self, recording: np.ndarray, sample_rate: int) -> str:
        import torch

        silence = np.zeros(round(self.SILENCE * sample_rate), np.float32)
        speech = np.concatenate([silence, recording[active_speech(recording)], silence])
        resampled = resampler(sample_rate, self.RATE)(torch.from_numpy(speech)).numpy()
        self.decoder.reinit_feat()
        self.decoder.start_utt()
        self.decoder.process_raw(_pcm(resampled), no_search=False, full_utt=True)
        self.decoder.end_utt()
        hypothesis = self.decoder.hyp()
        return hypothesis.hypstr if hypothesis else ""

    def classify(self, transcript: str) -> str:
        return self.labels.get(transcript, "")


def _pcm(waveform: np.ndarray) -> bytes:
    from mishear.core.flac import sixteen_bit

    return sixteen_bit(waveform).tobytes()


def recognise(
    recogniser: Recogniser,
    clean: np.ndarray,
    recordings: np.ndarray,
    sample_rate: int,
    names: Sequence[str],
    labels: Sequence[str],
) -> Iterable[dict[str, str]]:
    """Transcribe recordings.

    The recogniser is given the active speech of the clean recordings, and silence elsewhere. The
    padding is not part of a recording, but noise and Griffin-Lim fill it: otherwise a recogniser
    that must find the word in noise would be compared with one that need not.

    Parameters
    ----------
    recogniser
        A speech recogniser.
    clean, recordings
        The clean recordings and the version to transcribe; shape (recordings, samples).
    sample_rate
        Hz.
    names, labels
        Name and label of each recording.

    Yields
    ------
    dict
        Rows of :data:`mishear.core.tables.listening.TRANSCRIPTS`.
    """
    spoken = np.zeros_like(recordings)
    for row, waveform in enumerate(clean):
        speech = active_speech(waveform)
        spoken[row, speech] = recordings[row, speech]
    transcripts = recogniser.transcribe(spoken, sample_rate)
    for name, label, transcript in zip(names, labels, transcripts, strict=True):
        yield {
            "recording": name,
            "label": label,
            "recognised_as": recogniser.classify(transcript),
            "transcript": transcript,
        }
