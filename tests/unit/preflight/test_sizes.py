"""A size that means nothing for a front end is refused by name."""

import pytest

from mishear.config.loading import load
from mishear.core.errors import UserError
from mishear.preflight.sizes import check_sizes
from tests.unit.study.configs import PLAIN, raw

RAW = {"class": "Waveform", "sample_rate": 16000}


def study(**changes):
    found = raw(PLAIN, front_ends=["mel", "raw"], **changes)
    found["front_ends"] = {"mel": {}, "raw": RAW}
    return load(found)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"checks": {"eps": 0.5}},
            r"checks\.eps: 0\.5 cannot stand .* 'mel' \(dB\), 'raw' \(full scale\)\.",
        ),
        (
            {"report": {"gallery": {"eps": {"raw": 3}}}},
            r"report\.gallery\.eps: 3 of full scale is as large as the whole range .* 'raw', -1 to",
        ),
    ],
)
def test_a_size_without_a_meaning_is_refused(changes, message):
    with pytest.raises(UserError, match=message):
        check_sizes(study(**changes))


@pytest.mark.parametrize(
    "changes", [{}, {"checks": {"eps": {"mel": 0.5, "raw": 0.01}}}, {"attacks": ["wave"]}]
)
def test_other_sizes_are_not(changes):
    check_sizes(study(**changes))


def test_a_number_will_do_where_no_input_is_attacked():
    check_sizes(study(attacks=["wave"], checks={"eps": 0.5}))


def test_an_unknown_front_end_is_named():
    with pytest.raises(UserError, match=r"checks\.eps: 'mle' is not defined under 'front_ends'"):
        study(checks={"eps": {"mle": 1}})
