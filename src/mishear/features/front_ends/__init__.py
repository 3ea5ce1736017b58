"""Front ends, from waveforms to inputs of a network: those that a config names without a dot."""

from mishear.features.front_ends.base import FrontEnd
from mishear.features.front_ends.mel_spectrogram import MelSpectrogram
from mishear.features.front_ends.mfcc import MFCC
from mishear.features.front_ends.spectrogram import Spectrogram
from mishear.features.front_ends.waveform import Waveform

__all__ = ["MFCC", "FrontEnd", "MelSpectrogram", "Spectrogram", "Waveform"]
