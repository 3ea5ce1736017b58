"""Ranges of numbers that a config gives: generous, but without those that nothing can come of."""

SMALLEST, LARGEST = 1e-12, 1e12
"""Range of sizes: their squares, and sums of these, are numbers of 32 bits."""

LOUDEST = 1000.0
"""Largest size of what is added to a waveform, in fractions of full scale."""

LOWEST_RATIO, HIGHEST_RATIO = -100.0, 200.0
"""Range of levels and of ratios of two, dB."""


def require_within(value: float, unit: str, lowest: float, highest: float) -> None:
    """Refuse a number outside a range, which includes both ends.

    Parameters
    ----------
    value
        The number.
    unit
        Its unit, for the message.
    lowest, highest
        The range.

    Raises
    ------
    ValueError
        Naming all of them.
    """
    if not lowest <= value <= highest:
        raise ValueError(f"{value:g} {unit} is not allowed: must be from {lowest:g} to {highest:g}")
