"""Call the eSpeak NG library to synthesise a word.

Constants are those of its header ``speak_lib.h``.
"""

import ctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE = 1
_PITCH = 3
_RANGE = 4

_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """Load eSpeak NG. It keeps state between words: use one process for each speaker.

    Attributes
    ----------
    sample_rate
        Sample rate of its output in Hz.
    """

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        data = espeakng_loader.get_data_path().encode()
        self.sample_rate = self._library.espeak_Initialize(
            _AUDIO_OUTPUT_SYNCHRONOUS, 0, data, _INITIALIZE_DONT_EXIT
        )
        if self.sample_rate <= 0:
            raise RuntimeError(f"eSpeak NG does not start with the data in {data.decode()}")
        self._blocks: list[bytes] = []
        # The library calls it later, so it must live as long as this object.
        self._callback = _SynthCallback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def say(
        self, text: str, voice: str, words_per_minute: int, pitch: int, pitch_range: int
    ) -> "np.ndarray":
        """Synthesise a text.

        Parameters
        ----------
        text
            What to say.
        voice
            Language and variant, such as ``en-us+Alex``.
        words_per_minute
            Rate of speech.
        pitch, pitch_range
            0 to 99.

        Returns
        -------
        numpy.ndarray
            16-bit samples at `sample_rate`.
        """
        import numpy as np

        self._blocks.clear()
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"eSpeak NG has no voice {voice}")
        parameters = ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, pitch_range))
        for parameter, value in parameters:
            self._library.espeak_SetParameter(parameter, value, 0)
        content = text.encode()
        self._library.espeak_Synth(
            content, len(content) + 1, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None
        )
        self._library.espeak_Synchronize()
        return np.frombuffer(b"".join(self._blocks), np.int16)

    def _receive(
        self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: int | None
    ) -> int:
        if samples and count > 0:
            self._blocks.append(ctypes.string_at(samples, 2 * count))
        return 0
