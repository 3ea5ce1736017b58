"""The whole config has the sections that are there, and the keys outside of them."""

import pytest

from mishear.config.config import Config
from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (put("studdy", {}), ["studdy", "did you mean 'study'", "Allowed here: study, corpora"]),
        (put("device", "gpu"), ["device", "'gpu'", "cuda"]),
        (put("jobs_per_gpu", 0), ["jobs_per_gpu", "0"]),
    ],
)
def test_a_mistake_is_named_with_its_key_and_value(raw, change, said):
    assert_refused(raw, change, said)


def test_every_name_that_a_study_chooses_has_a_section():
    chosen = {"corpora", "front_ends", "networks", "recipes", "attacks", "defences"}
    assert chosen <= Config.model_fields.keys()
