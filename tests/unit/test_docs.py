"""The pages of the documentation: their links resolve, and the README is short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")],
    key=str,
)


def without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", without_code(page.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def links(page: Path) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text()))
    return [link for link in found if not re.match(r"https?:|mailto:", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{page.name}: {link}"


def test_every_page_is_linked_from_another():
    linked = {
        (page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)
    }
    alone = [page.name for page in ROOT.glob("docs/*.md") if page.resolve() not in linked]
    assert alone == []


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().split()) < 900


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_configs_named_in_commands_exist(page):
    for config in re.findall(r"\bconfig/[\w-]+\.yaml", page.read_text()):
        assert config == "config/study.yaml" or (ROOT / config).exists(), f"{page.name}: {config}"


def test_messages_of_the_troubleshooting_page_are_real():
    table = re.findall(
        r"^\| `([^`]+)` \|", (ROOT / "docs/troubleshooting.md").read_text(), re.MULTILINE
    )
    patterns = ("src/**/*.py", "workflow/lib/**/*.py", "workflow/**/*.smk")
    sources = [path for pattern in patterns for path in ROOT.glob(pattern)]
    # Without quotes at line ends and placeholders, as a reader sees a message.
    code = "\n".join(path.read_text() for path in sources)
    said = re.sub(r"\{[^{}]*\}", "...", re.sub(r'"\s*\n\s*f?"', "", code))
    assert len(table) > 10
    for message in table:
        for part in message.split("..."):
            assert part.strip() in said, message
