"""Errors say what is missing and what to do."""

import pytest

from mishear.core.errors import MissingPackage, UserError


def test_a_missing_package_is_named_with_the_key_that_needs_it():
    error = MissingPackage("pesq", "listening.quality")
    assert isinstance(error, UserError)
    assert error.package == "pesq"
    assert str(error).startswith("listening.quality: needs the package 'pesq'")
    assert "pip install pesq" in str(error)


def test_it_is_caught_as_an_error_of_the_user():
    with pytest.raises(UserError):
        raise MissingPackage("torch", "attacks.pgd.class")
