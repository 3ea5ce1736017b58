"""The report of the tiny study, in a real browser and by what it holds."""

import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser

import pytest

from tests.browsing import accessibility_findings, text_cut_off

PAGE = "results/reports/tiny/report.html"
FIGURES = "results/reports/tiny/figures/tiny/mel16/paper-cnn"


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def elements(finished):
    return Elements(finished.text(PAGE)).found


@pytest.fixture
def open_page(browser, finished):
    """A function that opens the report in a window of some width, in pixels."""

    def opened(width, **options):
        page = browser.new_page(viewport={"width": width, "height": 800}, **options)
        page.problems, page.requests = [], []
        page.on("console", lambda message: page.problems.append(message.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto((finished.folder / PAGE).as_uri())
        return page

    return opened


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_window_and_loads_nothing_else(open_page, width, scheme):
    page = open_page(width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.problems == []
    assert [address for address in page.requests if not address.startswith("data:")] == [page.url]


@pytest.mark.parametrize("width", [400, 1000, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(open_page, width, scheme):
    assert accessibility_findings(open_page(width, color_scheme=scheme)) == []


@pytest.mark.parametrize("width", [1000, 1600])
def test_figures_fill_the_page(open_page, width):
    page = open_page(width)
    for box in page.locator(".figures").all():
        figures = [each.bounding_box() for each in box.locator("figure").all()]
        right = max(each["x"] + each["width"] for each in figures)
        assert right > box.bounding_box()["x"] + box.bounding_box()["width"] - 2


def test_a_table_that_is_wider_than_the_window_says_so(open_page):
    page = open_page(400)
    for box in page.locator(".box").all():
        hint = box.locator("xpath=preceding-sibling::*[1]")
        assert hint.get_attribute("class") == "more"
        wider = box.evaluate("box => box.scrollWidth > box.clientWidth + 1")
        assert hint.is_visible() == (wider and box.is_visible())


def test_filter_shows_the_rows_that_hold_all_words(open_page):
    page = open_page(1280)
    rows = page.locator("table.sortable tbody tr")
    field = page.locator("section:has(table.sortable) .filter input")
    if rows.count() <= 8:
        assert field.count() == 0
        return
    field.fill("noise")
    shown = [row.inner_text() for row in rows.all() if row.is_visible()]
    assert 0 < len(shown) < rows.count() and all("noise" in text for text in shown)


def test_every_file_that_the_page_links_is_there(elements, finished):
    folder = (finished.folder / PAGE).parent
    links = [attributes.get("href", "#") for tag, attributes in elements if tag == "a"]
    files = {link for link in links if not link.startswith("#")}
    assert "summary.csv" in files and {name.rpartition(".")[2] for name in files} >= {"svg", "pdf"}
    assert [name for name in files if not (folder / name).is_file()] == []


def test_no_figure_cuts_its_text_off(browser, finished):
    assert text_cut_off(browser, finished.folder / PAGE) == []


def test_first_screen_answers_how_robust_the_victim_is(open_page):
    page = open_page(1280)
    box = page.locator(".brief .outcome").bounding_box()
    assert box["y"] + 100 < 800


def test_table_sorts_by_number(open_page):
    page = open_page(1280)
    heads = page.locator("table.sortable th")
    titles = [re.sub(r"\W+$", "", title) for title in heads.all_inner_texts()]
    column = titles.index("eps")
    cells = page.locator(f"table.sortable tbody tr td:nth-child({column + 1})")

    def shown():
        return [float(text) for text in cells.all_inner_texts() if text != "none"]

    heads.nth(column).locator("button").click()
    assert shown() == sorted(shown())
    heads.nth(column).locator("button").click()
    assert shown() == sorted(shown(), reverse=True)


def test_every_evaluation_is_in_the_table_without_scripts(open_page, finished):
    page = open_page(1280, java_script_enabled=False)
    rows = page.locator("table.sortable tbody tr").count()
    assert rows == len(finished.text("results/reports/tiny/summary.csv").splitlines()) - 1


def test_page_is_one_file(elements):
    for tag, attributes in elements:
        assert tag not in ("iframe", "object", "link", "embed"), tag
        if tag in ("img", "image", "script", "source"):
            source = attributes.get("src") or attributes.get("xlink:href") or "data:"
            assert source.startswith("data:"), source


def test_every_figure_says_what_it_shows(elements, finished):
    page = finished.text(PAGE)
    pictures = [attributes for tag, attributes in elements if tag == "svg"]
    assert len(pictures) >= 9
    for attributes in pictures:
        assert attributes.get("role") == "img"
        title = re.search(f'<title id="{attributes["aria-labelledby"]}">([^<]+)<', page)
        assert len(title[1]) > 20


def test_names_of_places_are_unique(elements):
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_figures_lie_beside_the_page(finished):
    found = {
        str(path.relative_to(finished.folder / FIGURES))
        for path in (finished.folder / FIGURES).rglob("*.svg")
    }
    assert found == {
        "accuracy.svg",
        "distance.svg",
        "training.svg",
        "noise/poisoning.svg",
        "noise/recording.svg",
        "standard/confusion.svg",
        "standard/gallery-cw.svg",
        "standard/gallery-fgsm.svg",
        "standard/gallery-pgd.svg",
    }
    for name in found:
        ElementTree.parse(finished.folder / FIGURES / name)


def test_figures_are_the_same_every_time(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    column = FIGURES.replace("figures", "column")
    files = [
        project.file(path)
        for path in (
            f"{FIGURES}/accuracy.svg",
            f"{column}/accuracy.svg",
            f"{column}/accuracy.pdf",
        )
    ]
    before = [file.read_bytes() for file in files]
    project.run(f"{FIGURES}/accuracy.svg", "--forcerun", "draw_figure")
    assert [file.read_bytes() for file in files] == before


def test_snakemakes_own_report_has_the_figures_with_captions(finished, tmp_path):
    project = finished.copy(tmp_path / "copy")
    project.run("--report", "report.html")
    page = project.text("report.html")
    for figure in ("accuracy", "confusion", "gallery-fgsm", "training", "poisoning"):
        assert figure in page
    assert "Wilson" in page
