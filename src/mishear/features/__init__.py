"""From recordings to inputs of a network: waveforms, spectrograms, splits."""
