"""SVG figures put into a page, in the colours of the reader's scheme."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

from mishear.report.drawing.style import GRID, INK, MUTED, PAPER, RATES, SERIES

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
VARIABLES = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    GRID: "var(--grid)",
    PAPER: "var(--surface)",
    **{colour: f"var(--series-{number})" for number, colour in enumerate(SERIES)},
    **{colour: f"var(--rate-{number})" for number, colour in enumerate(RATES)},
}
LARGEST = 1.4
"""By this, a figure may be enlarged to fill the page."""
REFERENCE = re.compile(r"url\(#([^)]+)\)")


def inline_svg(path: Path, alternative: str) -> str:
    """Turn a figure's SVG into an element of an HTML page.

    Parameters
    ----------
    path
        The SVG file.
    alternative
        A description for readers who cannot see it.

    Returns
    -------
    str
        The ``svg`` element: no XML header, names that are unique in the page, its title in it.
    """
    root = ElementTree.fromstring(path.read_bytes())
    prefix = "f" + hashlib.sha256(str(path).encode()).hexdigest()[:8]
    used = _referenced(root)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("metadata"):
                parent.remove(child)
        _rename(parent, prefix, used)
        _recolour(parent)
    width = float(root.attrib.pop("width").removesuffix("pt"))
    del root.attrib["height"]
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("style", f"max-width: {LARGEST * width / 72:.2f}in")
    title = ElementTree.Element(f"{{{SVG}}}title", id=f"{prefix}-title")
    title.text = alternative
    root.insert(0, title)
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _referenced(root: ElementTree.Element) -> set[str]:
    """Return the names that are referred to; Matplotlib gives others too, and equal images one."""
    found = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            found.update(REFERENCE.findall(value))
            if key.endswith("href") and value.startswith("#"):
                found.add(value[1:])
    return found


def _rename(element: ElementTree.Element, prefix: str, used: set[str]) -> None:
    name = element.attrib.pop("id", None)
    if name in used:
        element.set("id", f"{prefix}-{name}")
    for key, value in list(element.attrib.items()):
        if key.endswith("href") and value.startswith("#"):
            element.set(key, f"#{prefix}-{value[1:]}")
        elif "url(#" in value:
            element.set(key, REFERENCE.sub(rf"url(#{prefix}-\1)", value))


def _recolour(element: ElementTree.Element) -> None:
    style = element.get("style")
    if style:
        for colour, variable in VARIABLES.items():
            style = style.replace(colour, variable)
        element.set("style", style)
    if element.text and element.tag.endswith("style"):
        element.text = element.text.replace("*{", "svg *{")
