"""A probe without the libraries says what to install; arguments are written in words."""

import pytest

from mishear.core.errors import UserError
from mishear.libraries import probe


def test_a_library_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(probe, "PACKAGES", {"ART": "no-such-package"})
    with pytest.raises(UserError, match="no-such-package is not installed.*library_packages"):
        probe.probe_libraries(None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ""),
        ({"clip_values": (0, 1.0), "steps": 5}, "clip_values=(0, 1), steps=5"),
        ({"eps": 0.25, "random_start": True}, "eps=0.25, random_start=True"),
    ],
)
def test_arguments_are_written_in_words(arguments, words):
    assert probe._in_words(arguments) == words
