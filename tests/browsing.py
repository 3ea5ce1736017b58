"""What only a browser can tell of a page."""

from importlib.resources import files

CUT_OFF = """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    const leaves = box => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    return [...svg.querySelectorAll("text")]
        .filter(text => leaves(text.getBoundingClientRect()))
        .map(text => text.textContent);
})"""

# Of the texts in a figure it cannot tell the colour behind them, and takes long to say so.
AUDIT = """async () => {
    const found = await axe.run({exclude: [["figure svg"]]});
    return found.violations
        .filter(rule => ["moderate", "serious", "critical"].includes(rule.impact))
        .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 200)}`));
}"""


def accessibility_findings(page) -> list[str]:
    """What axe-core finds wrong with an open page, minor findings left out."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    return page.evaluate(AUDIT)


def text_cut_off(browser, path) -> list[str]:
    """The texts in figures of a page that lie beyond their figure's edge, by more than a pixel."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    assert page.locator("figure svg text").count()
    return page.evaluate(CUT_OFF)
