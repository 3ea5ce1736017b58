"""Audio quality, speech recognition, and spectrograms inverted to audio."""
