"""Types that the keys of several sections have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from mishear.config.base import (
    Amplitudes,
    ClassName,
    ClassSection,
    Name,
    Section,
    canonical_number,
    location,
    section_classes,
)


@given(st.floats(1e-12, 1e12))
def test_a_canonical_number_is_its_name(value):
    rounded = canonical_number(value)
    assert float(f"{rounded:g}") == rounded == canonical_number(rounded)
    assert rounded == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize("name", ["a", "0", "a.b-c_d", "PGD"])
def test_what_is_safe_in_a_path_is_a_name(name):
    assert TypeAdapter(Name).validate_python(name) == name


@pytest.mark.parametrize("name", ["", ".", "../up", "a b", "a/b", "-a", "a@b", "é"])
def test_what_is_not_safe_in_a_path_is_no_name(name):
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


def test_numbers_that_have_the_same_name_are_repeats():
    assert TypeAdapter(Amplitudes).validate_python([0.1, "0.2"]) == [0.1, 0.2]
    with pytest.raises(ValidationError, match="more than once: 0.1"):
        TypeAdapter(Amplitudes).validate_python([0.1, 0.10000001])


def test_a_class_is_text():
    assert TypeAdapter(ClassName).validate_python(7) == "7"
    with pytest.raises(ValidationError, match="in quotes"):
        TypeAdapter(ClassName).validate_python(False)


class Left(Section):
    """Left."""


class Right(Section):
    """Right."""


@pytest.mark.parametrize(
    ("annotation", "found"),
    [
        (Left, [Left]),
        (Left | None, [Left]),
        (Left | Right, [Left, Right]),
        (dict[str, Left], []),
        (list[Left], []),
        (int | None, []),
    ],
)
def test_sections_of_a_type(annotation, found):
    assert section_classes(annotation) == found


def test_a_section_that_names_a_class_has_its_parameters():
    section = ClassSection.model_validate({"class": "A", "params": {"x": 1}})
    assert section.model_dump(by_alias=True) == {"class": "A", "params": {"x": 1}}


@pytest.mark.parametrize("spelled", ["rec", "./rec/", "../{here}/rec", "{full}/rec", "rec/../rec"])
def test_a_location_has_one_spelling(tmp_path, monkeypatch, spelled):
    monkeypatch.chdir(tmp_path)
    assert location(spelled.format(here=tmp_path.name, full=tmp_path)) == "rec"


def test_a_home_is_spelled_out_and_an_address_stays(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert location("~/rec") == str(tmp_path / "rec")
    assert location("https://x.org/a/../b.zip") == "https://x.org/a/../b.zip"
