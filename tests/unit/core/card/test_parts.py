"""The published schema is that of the classes, and a schema of JSON."""

import json
from importlib.resources import files

import jsonschema
import pytest
from pydantic import ValidationError

from mishear.core.card.parts import Card, Interval
from tests.projects import REPOSITORY


def published():
    return json.loads((REPOSITORY / "docs" / "card.schema.json").read_text())


def test_the_schema_is_in_the_docs_and_in_the_package():
    inside = files("mishear.core.card").joinpath("card.schema.json").read_text()
    assert json.loads(inside) == published() == Card.model_json_schema()
    jsonschema.validators.validator_for(published()).check_schema(published())


def test_the_schema_names_its_version():
    assert published()["properties"]["schema_version"]["const"] == 1


def test_unknown_keys_are_refused():
    with pytest.raises(ValidationError):
        Interval.model_validate({"value": 1, "low": 0, "high": 1, "hihg": 1})
