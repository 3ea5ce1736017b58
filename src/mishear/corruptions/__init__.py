"""Natural corruptions of recordings: those that a config names without a dot."""

from mishear.corruptions.base import Context, Corruption, Voices
from mishear.corruptions.codecs import MP3, Opus, Vorbis
from mishear.corruptions.gain import Attenuation, Clipping
from mishear.corruptions.noise import Babble, PinkNoise, WhiteNoise
from mishear.corruptions.reverberation import Reverberation
from mishear.corruptions.telephone import MuLaw, Telephone
from mishear.corruptions.timing import Pitch, Speed, TimeShift

__all__ = [
    "MP3",
    "Attenuation",
    "Babble",
    "Clipping",
    "Context",
    "Corruption",
    "MuLaw",
    "Opus",
    "PinkNoise",
    "Pitch",
    "Reverberation",
    "Speed",
    "Telephone",
    "TimeShift",
    "Voices",
    "Vorbis",
    "WhiteNoise",
]
