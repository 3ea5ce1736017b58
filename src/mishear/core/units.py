"""Units of a network's inputs, in texts and at axes."""

FULL_SCALE = "full scale"
"""Unit of waveforms."""


def sized(size: float | str, unit: str) -> str:
    """Put a size with its unit, such as ``0.5 dB`` or ``0.01 of full scale``.

    Parameters
    ----------
    size
        A number, or its text.
    unit
        Of a front end; empty for none.
    """
    number = size if isinstance(size, str) else f"{size:g}"
    return f"{number} {'of ' if unit == FULL_SCALE else ''}{unit}".rstrip()


def labelled(quantity: str, unit: str) -> str:
    """Label an axis with a quantity and its unit, such as ``level, dB``."""
    return f"{quantity}, {unit}" if unit else quantity
