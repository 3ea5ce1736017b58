"""Reverberation in simulated rooms, by the image source method of pyroomacoustics."""

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from mishear.core.random_streams import stream
from mishear.core.ranges import require_within
from mishear.corruptions.base import Context, Corruption
from mishear.features.waveforms import active_speech

SMALLEST, LARGEST = (4.0, 3.0, 2.5), (8.0, 6.0, 3.5)
"""Sizes of rooms, m: length, width, height."""
WALL = 0.5
"""Smallest distance of speaker and microphone from a wall, m."""
MOST_REFLECTIONS = 60
CORRECTIONS = 2
"""How often the absorption of the walls is corrected after the reverberation time was measured."""


@dataclass(frozen=True, kw_only=True)
class Reverberation(Corruption):
    """The recording as it sounds in a room.

    The level is the reverberation time RT60, in which the sound in the room decays by 60 dB. The
    direct sound stays where the recording has it, the active speech keeps its power, and what
    reverberates beyond the end is cut. The rooms are empty cuboids with equal walls; their sizes
    and the places of speaker and microphone are drawn from the seed.

    Attributes
    ----------
    rooms : int
        Number of rooms; a recording's content says which it is in.
    """

    unit: ClassVar[str] = "s RT60"
    severities: ClassVar[tuple[float, ...]] = (0.2, 0.4, 0.6, 0.9, 1.2)
    levels: ClassVar[tuple[float, float]] = (0.05, 10)

    rooms: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        require_within(self.rooms, "rooms", 1, 1000)

    def corrupted(self, waveform: np.ndarray, context: Context) -> np.ndarray:
        """Convolve the recording with the response of its room."""
        from scipy.signal import fftconvolve

        room = int(self.random(context).integers(self.rooms))
        response = impulse_response(self.level, context.sample_rate, self.seed, room)
        heard = fftconvolve(np.float64(waveform), response)[: len(waveform)]
        speech = active_speech(waveform)
        power = np.mean(np.square(waveform[speech], dtype=np.float64))
        heard *= np.sqrt(power / np.mean(np.square(heard[speech])))
        return heard.astype(np.float32)


@lru_cache(maxsize=64)
def impulse_response(rt60: float, sample_rate: int, seed: int, room: int) -> np.ndarray:
    """Simulate what a microphone hears of a click in one of the rooms.

    The walls' absorption follows from Sabine's formula, and is corrected until the reverberation
    time that is measured on the response (ISO 3382-1, from a decay by 30 dB) fits.

    Parameters
    ----------
    rt60
        Reverberation time, s.
    sample_rate
        Hz.
    seed
        Seed of the rooms.
    room
        Number of the room.

    Returns
    -------
    numpy.ndarray of shape (samples,), float64
        It begins with the direct sound.
    """
    import pyroomacoustics
    from pyroomacoustics.experimental import measure_rt60

    # The order of sums, and with it the last bits, must not depend on the machine.
    pyroomacoustics.constants.set("num_threads", 1)
    random = stream(seed, "room", str(room))
    size = random.uniform(SMALLEST, LARGEST)
    speaker, microphone = (WALL + random.random(3) * (size - 2 * WALL) for _ in range(2))
    volume, walls = size.prod(), 2 * (size * np.roll(size, 1)).sum()
    # Absorption as the exponent of the decay at each reflection (Eyring), which is additive.
    exponent = 24 * np.log(10) / pyroomacoustics.constants.get("c") * volume / (walls * rt60)
    for _ in range(1 + CORRECTIONS):
        simulated = pyroomacoustics.ShoeBox(
            size,
            fs=sample_rate,
            materials=pyroomacoustics.Material(1 - np.exp(-exponent)),
            max_order=MOST_REFLECTIONS,
        )
        simulated.add_source(speaker)
        simulated.add_microphone(microphone)
        simulated.compute_rir()
        response = np.float64(simulated.rir[0][0])
        exponent *= measure_rt60(response, sample_rate, decay_db=30) / rt60
    distance = np.linalg.norm(speaker - microphone)
    travelled = distance / pyroomacoustics.constants.get("c") * sample_rate
    delay = pyroomacoustics.constants.get("frac_delay_length") // 2
    return response[round(travelled) + delay :]
