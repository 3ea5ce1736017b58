"""Severities that a class defines are known before the first job."""

import pytest

from mishear.core.errors import UserError
from mishear.preflight.requirements import check_required
from tests.unit.study.configs import PLAIN, config


def asking(severity, **definition):
    found = config(
        PLAIN,
        require=[{"corruption": "noise", "severity": severity, "accuracy": 0.5}],
        corruptions={"noise": {"class": "WhiteNoise", **definition}},
    )
    study = found.study.model_copy(update={"corruptions": ["noise"]})
    return found.model_copy(update={"study": study})


def test_the_severities_of_the_class_can_be_required():
    check_required(asking(5))
    with pytest.raises(UserError, match="no severity 6"):
        check_required(asking(6))


def test_those_of_the_config_count_first():
    check_required(asking(2, severities=[40, 20]))
    with pytest.raises(UserError, match=r"no severity 3.*There: 1, 2\."):
        check_required(asking(3, severities=[40, 20]))


def test_without_requirements_nothing_is_looked_at():
    check_required(config(PLAIN))
