"""From recordings to what a network is given: waveforms, spectrograms, splits."""
