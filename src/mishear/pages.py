"""What the HTML pages share: their templates, and how shares are written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mishear.figures.style import DARK_SERIES, DARK_SHARES, SERIES, SHARES
from mishear.files import atomic_path
from mishear.reading import Measured


def write_page(template: str, path: Path, content: Mapping[str, Any]) -> None:
    """Write a page from one of the templates.

    Parameters
    ----------
    template
        Its file in ``mishear/templates``.
    path
        The HTML file.
    content
        What the template names, besides the colours of ``_style.html.j2``.
    """
    page = _environment().get_template(template)
    colours = {
        "palette": list(zip(SERIES, DARK_SERIES, strict=True)),
        "shares": list(zip(SHARES, DARK_SHARES, strict=True)),
    }
    with atomic_path(path) as temporary:
        temporary.write_text(page.render(**colours, **content), encoding="utf-8")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = share
    environment.filters["maybe"] = lambda value: "" if value == "" else share(value)
    environment.filters["interval"] = interval
    return environment


def share(value: float) -> str:
    """A share as it is printed."""
    return f"{value:.3f}"


def interval(value: Measured) -> str:
    """The limits of a share."""
    return f"{value.low:.3f} to {value.high:.3f}"
