"""The templates of all pages, their colours, and how numbers are written."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mishear.core.statistics import Difference, Measured
from mishear.core.units import labelled, sized
from mishear.report.drawing.style import DARK_RATES, DARK_SERIES, RATES, SERIES

TEMPLATES = Path(__file__).parent / "templates"


def environment() -> Environment:
    """Return the templates with the filters of this module."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["share"] = share
    made.filters["maybe"] = lambda value: "" if value == "" else share(value)
    made.filters["interval"] = interval
    made.filters["spread"] = spread
    made.filters["signed"] = signed
    made.filters["signed_interval"] = signed_interval
    made.filters["decibels"] = decibels
    made.filters["ratio"] = ratio
    made.filters["sized"] = sized
    made.globals["labelled"] = labelled
    made.globals["palette"] = list(zip(SERIES, DARK_SERIES, strict=True))
    made.globals["rates"] = list(zip(RATES, DARK_RATES, strict=True))
    return made


def share(value: float) -> str:
    """Write an accuracy or a rate."""
    return f"{value:.3f}"


def interval(value: Measured) -> str:
    """Write the limits of an accuracy."""
    return f"{value.low:.3f} to {value.high:.3f}"


def precision(value: Measured) -> str:
    """Write the interval of an accuracy, what it is over, and the spread over the seeds."""
    text = f"95 % interval {interval(value)} {of_victims(value.seeds, value.n)}"
    return f"{text}; {spread(value)}" if value.seeds > 1 else text


def of_victims(seeds: int, n: int) -> str:
    """Say what an interval is over."""
    if seeds > 1:
        return f"over {seeds} victims and {n:,} recordings"
    return f"of this one victim, n = {n:,}; another training may lie outside it"


def spread(value: Measured) -> str:
    """Write the accuracies of the worst and the best seed."""
    return f"seeds {value.lowest:.3f} to {value.highest:.3f}"


def signed(value: Difference) -> str:
    """Write a difference of accuracies."""
    return f"{value.value:+.3f}"


def signed_interval(value: Difference) -> str:
    """Write the limits of a difference of accuracies."""
    return f"{value.low:+.3f} to {value.high:+.3f}"


def ratio(value: float, row: Any) -> str:
    """Write an SNR of ``snr_at_half_over_seeds.csv``, which may lie beyond all that were run."""
    if value == float("inf"):
        return f"above {row.highest_snr_db:g}"
    return f"below {row.lowest_snr_db:g}" if value == float("-inf") else f"{value:.1f}"


def decibels(value: Any, places: int = 1) -> str:
    """Write a ratio: infinite where nothing was changed, None where it was not measured."""
    if value is None or value != value:
        return "\N{EN DASH}"
    # Adding 0 makes -0.0, as of a ratio just below 0 dB, 0.0.
    return "no change" if value == float("inf") else f"{round(value, places) + 0.0:.{places}f}"
