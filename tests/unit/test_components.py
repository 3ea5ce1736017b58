"""Classes and parameters named in the config are checked against what is really there."""

import pytest

from mishear.attacks import check_attack
from mishear.errors import UserError
from mishear.networks import check_network

INFINITE = [float("inf")]


@pytest.mark.parametrize(
    ("definition", "eps", "said"),
    [
        ({"class": "LinfPGDD"}, [1.0], ["no class 'LinfPGDD'", "LinfPGD"]),
        ({"class": "nowhere.Attack"}, [1.0], ["cannot import 'nowhere'"]),
        ({"class": "collections.OrderedDict"}, [1.0], ["is no attack"]),
        ({"class": "LinfPGD", "params": {"step": 3}}, [1.0], ["params.step", "steps"]),
        ({"class": "LinfPGD", "params": {"steps": "many"}}, [1.0], ["'many'", "int"]),
        ({"class": "LinfPGD"}, INFINITE, ["attacks.x.eps", "list of numbers"]),
        ({"class": "L2CarliniWagnerAttack", "params": {"lr": 1}}, INFINITE, ["params.lr"]),
        ({"class": "DatasetAttack"}, INFINITE, ["no norm"]),
    ],
)
def test_a_wrong_attack_is_named(definition, eps, said):
    with pytest.raises(UserError) as error:
        check_attack({"params": {}, **definition}, eps, "attacks.x")
    for words in [*said, "attacks.x"]:
        assert words in str(error.value)


def test_attacks_of_the_paper_are_accepted():
    check_attack({"class": "LinfFastGradientAttack", "params": {}}, [0.05], "attacks.fgsm")
    check_attack({"class": "LinfPGD", "params": {"steps": "5"}}, [0.05], "attacks.pgd")
    check_attack({"class": "L2CarliniWagnerAttack", "params": {}}, INFINITE, "attacks.cw")


def test_a_users_own_attack_is_accepted(tmp_path, monkeypatch):
    (tmp_path / "my_attacks.py").write_text(
        "from foolbox.attacks import LinfPGD\nclass Mine(LinfPGD):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    check_attack({"class": "my_attacks.Mine", "params": {"steps": 2}}, [1.0], "attacks.mine")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"class": "PaperCNNN", "params": {}}, "Did you mean PaperCNN"),
        ({"class": "PaperCNN", "params": {"depth": 3}}, "no such parameter"),
        ({"class": "torch.nn.Linear", "params": {}}, "needs 'in_features'"),
    ],
)
def test_a_wrong_network_is_named(definition, said):
    with pytest.raises(UserError, match=said):
        check_network(definition, "networks.x")
