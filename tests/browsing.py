"""What only a browser can tell of a page."""

CUT_OFF = """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
    const frame = svg.getBoundingClientRect();
    const leaves = box => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    return [...svg.querySelectorAll("text")]
        .filter(text => leaves(text.getBoundingClientRect()))
        .map(text => text.textContent);
})"""


def text_cut_off(browser, path) -> list[str]:
    """The texts in figures of a page that lie beyond their figure's edge, by more than a pixel."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(path.as_uri())
    assert page.locator("figure svg text").count()
    return page.evaluate(CUT_OFF)
