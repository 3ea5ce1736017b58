"""Attacks of a config are built, or refused with the key that is wrong."""

import math

import pytest

from mishear.attacks.building import build_attack, check_attack, limit_of, needs_eps
from mishear.core.errors import UserError

AUTO = "mishear.attacks.autoattack."
INFINITE = [float("inf")]
PLAIN = {"params": {}, "targets": "untargeted"}


@pytest.mark.parametrize(
    ("definition", "eps", "said"),
    [
        ({"class": "LinfPGDD"}, [1.0], ["no class 'LinfPGDD'", "LinfPGD"]),
        ({"class": "nowhere.Attack"}, [1.0], ["cannot import 'nowhere'"]),
        ({"class": "collections.OrderedDict"}, [1.0], ["is not an attack"]),
        ({"class": "LinfPGD", "params": {"step": 3}}, [1.0], ["params.step", "steps"]),
        ({"class": "LinfPGD", "params": {"steps": "many"}}, [1.0], ["'many'", "int"]),
        ({"class": "LinfPGD"}, INFINITE, ["attacks.x.eps", "list of numbers"]),
        ({"class": "L2CarliniWagnerAttack", "params": {"lr": 1}}, INFINITE, ["params.lr"]),
        ({"class": "DatasetAttack"}, INFINITE, ["does not state its norm"]),
        (
            {"class": AUTO + "LinfAPGD", "params": {"loss": "mse"}},
            [1.0],
            ["'mse'", "dlr"],
        ),
        (
            {"class": AUTO + "LinfFAB", "params": {"steps": 0}},
            [1.0],
            ["at least 1"],
        ),
        ({"class": "LinfFastGradientAttack", "targets": "random"}, [1.0], ["attacks.x.targets"]),
        (
            {"class": AUTO + "LinfSquare", "targets": "every"},
            [1.0],
            ["attacks.x.targets"],
        ),
        ({"class": "GenAttack"}, [1.0], ["attacks.x.targets"]),
    ],
)
def test_a_wrong_attack_is_named(definition, eps, said):
    with pytest.raises(UserError) as error:
        check_attack({**PLAIN, **definition}, eps, "attacks.x")
    for words in [*said, "attacks.x"]:
        assert words in str(error.value)


def test_attacks_of_the_paper_are_accepted():
    check_attack(PLAIN | {"class": "LinfFastGradientAttack"}, [0.05], "attacks.fgsm")
    check_attack(PLAIN | {"class": "LinfPGD", "params": {"steps": "5"}}, [0.05], "attacks.pgd")
    check_attack(PLAIN | {"class": "L2CarliniWagnerAttack"}, INFINITE, "attacks.cw")


@pytest.mark.parametrize("targets", ["least-likely", "random", "every"])
@pytest.mark.parametrize(("name", "eps"), [("LinfPGD", [1.0]), ("L2CarliniWagnerAttack", INFINITE)])
def test_attacks_that_can_aim_at_a_class_are_accepted(name, eps, targets):
    check_attack({"class": name, "params": {}, "targets": targets}, eps, "attacks.x")


def test_a_users_own_attack_is_accepted(tmp_path, monkeypatch):
    (tmp_path / "my_attacks.py").write_text(
        "from foolbox.attacks import LinfPGD\nclass Mine(LinfPGD):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    definition = PLAIN | {"class": "my_attacks.Mine", "params": {"steps": 2}}
    check_attack(definition, [1.0], "attacks.mine")


@pytest.mark.parametrize(
    ("name", "limited"),
    [("LinfPGD", True), (AUTO + "LinfSquare", True), ("L2DeepFoolAttack", False)],
)
def test_only_attacks_that_need_an_eps_are_limited_by_it(name, limited):
    attack = build_attack({"class": name, "params": {}})
    assert needs_eps(attack) == limited
    assert limit_of(attack, 0.5) == (0.5 if limited else math.inf)


@pytest.mark.parametrize("steps", [-1, 0, 10**9])
def test_an_attack_takes_at_least_one_step(steps):
    definition = {"class": "LinfPGD", "params": {"steps": steps}, "targets": "untargeted"}
    with pytest.raises(UserError, match=r"attacks.pgd.params.steps: .* is not from 1 to"):
        check_attack(definition, [0.5], "attacks.pgd")


@pytest.mark.parametrize(
    ("name", "params", "key"),
    [
        ("LinfPGD", {"steps": "-3"}, "steps"),
        ("LinfPGD", {"steps": True}, "steps"),
        ("LinfPGD", {"rel_stepsize": -1}, "rel_stepsize"),
        ("LinfPGD", {"rel_stepsize": 0}, "rel_stepsize"),
        ("LinfPGD", {"rel_stepsize": "1e300"}, "rel_stepsize"),
        ("LinfPGD", {"rel_stepsize": True}, "rel_stepsize"),
        ("LinfPGD", {"abs_stepsize": -0.5}, "abs_stepsize"),
        ("L2CarliniWagnerAttack", {"stepsize": -3}, "stepsize"),
        ("L2CarliniWagnerAttack", {"initial_const": 0.0}, "initial_const"),
        ("BoundaryAttack", {"spherical_step": -1.0}, "spherical_step"),
        ("DDNAttack", {"init_epsilon": 1e300}, "init_epsilon"),
        ("EADAttack", {"initial_stepsize": 0}, "initial_stepsize"),
    ],
)
def test_sizes_of_steps_are_those_of_an_attack(name, params, key):
    with pytest.raises(UserError, match=rf"attacks.x.params.{key}: .* (is not from|not allowed)"):
        check_attack(PLAIN | {"class": name, "params": params}, [1.0], "attacks.x")


def test_a_step_may_be_unset():
    check_attack(PLAIN | {"class": "LinfPGD", "params": {"abs_stepsize": None}}, [1.0], "attacks.x")
