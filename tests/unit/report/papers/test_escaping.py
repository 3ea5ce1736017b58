"""Hostile text means nothing but itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.report.papers.escaping import code, latex, markdown
from mishear.report.papers.sources import cited

COMMANDS = re.compile(
    r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar)\{\}"
)


@given(st.text())
def test_latex_is_printable_ascii_with_balanced_braces(text):
    found = latex(text)
    assert found.isascii()
    assert found.isprintable()
    depth = 0
    for part in re.findall(r"\\.|[{}]", found):
        depth += {"{": 1, "}": -1}.get(part, 0)
        assert depth >= 0
    assert depth == 0


@given(st.text())
def test_every_special_character_of_latex_is_escaped(text):
    found = re.sub(r"\\ensuremath\{[^{}]*\}", "", latex(text))
    without_escapes = re.sub(r"\\[&%$#_{}]", "", COMMANDS.sub("", found))
    assert not re.search(r"[&%$#_]|\\\\", without_escapes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A & B_1", r"A \& B\_1"),
        ("50 % \\x", r"50 \% \textbackslash{}x"),
        ("Söze naïve façade", 'S\\"{o}ze na\\"{i}ve fa\\c{c}ade'),
        ("日", "{[}U+65E5{]}"),
        ("[0, 1]", "{[}0, 1{]}"),
        ("µPa ≤ 3", r"\ensuremath{\mu}Pa \ensuremath{\leq} 3"),
        ("two\nlines", "two lines"),
    ],
)
def test_what_latex_reads(text, expected):
    assert latex(text) == expected


@given(st.text())
def test_no_text_becomes_a_citation(text):
    assert cited(markdown(text)) == []


@given(st.text(min_size=1))
def test_code_ends_where_it_should(text):
    found = code(text)
    fence = re.match("`+", found)[0]
    assert found.endswith(fence)
    inside = found[len(fence) : -len(fence)]
    assert max(map(len, re.findall("`+", inside)), default=0) < len(fence)
    assert " ".join(text.split()) == inside.strip()
