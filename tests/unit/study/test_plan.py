"""The plan is what its modules say, computed once."""

from functools import cached_property

from mishear.study.checks import checks
from mishear.study.evaluations import evaluations
from mishear.study.plan import Plan
from tests.unit.study.configs import NOISY, PLAIN, config


def test_everything_is_computed_once():
    plan = Plan(config(PLAIN | NOISY))
    names = [name for name, value in vars(Plan).items() if isinstance(value, cached_property)]
    assert names
    for name in names:
        assert getattr(plan, name) is getattr(plan, name)


def test_it_says_what_the_modules_say():
    plan = Plan(config(PLAIN | NOISY))
    assert plan.evaluations == evaluations(plan.config)
    assert plan.checks == checks(plan.config)
    assert plan.references == {"net": "standard"}
    assert Plan(config(NOISY)).references == {}
