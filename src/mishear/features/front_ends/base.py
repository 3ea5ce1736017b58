"""What a front end is."""

import math

from torch import nn


class FrontEnd(nn.Module):
    """Map waveforms of shape (recordings, 1, samples) to inputs of shape (recordings, 1, ...).

    Attacks on the waveform differentiate through it. Every recording is mapped by itself. A front
    end that can be inverted has a method ``inverse(features, samples, iterations)``, which returns
    waveforms of shape (recordings, samples).

    Attributes
    ----------
    unit : str
        Of its values, as in a text: ``dB``. Empty for none.
    range : tuple of float
        Lowest and highest value that waveforms within full scale may have. An attack stays within
        it and the values of the corpus's recordings; where one is infinite, the recordings alone
        decide.
    """

    unit: str = ""
    range: tuple[float, float] = (-math.inf, math.inf)
