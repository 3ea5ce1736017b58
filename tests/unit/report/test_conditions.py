"""What attacks know and aim at, in words."""

import pandas as pd
import pytest

from mishear.report.conditions import conditions, defended, undefended
from mishear.study.reported import AttackDefinition

SQUARE = AttackDefinition("mishear.attacks.autoattack.LinfSquare", {}, 1, "untargeted")
AUTO = AttackDefinition("mishear.attacks.autoattack.LinfAutoAttack", {}, 1, "untargeted")
PGD = AttackDefinition("LinfPGD", {}, 1, "untargeted")
AIMED = AttackDefinition("LinfPGD", {}, 1, "least-likely")
OWN = AttackDefinition("my.Attack", {}, 1, "random")


@pytest.mark.parametrize(
    ("attacks", "words"),
    [
        ([PGD], "white box, untargeted"),
        ([AUTO], "white box, untargeted"),
        ([SQUARE], "black box, untargeted"),
        ([PGD, SQUARE], "white box and black box, untargeted"),
        ([AIMED], "white box, aimed at the least likely class"),
        ([OWN], "aimed at a random class"),
    ],
)
def test_each_attack_counts_by_its_class_and_its_aim(attacks, words):
    named = {str(number): attack for number, attack in enumerate(attacks)}
    assert conditions(named, named) == words


def test_only_the_ways_that_were_tried_are_named():
    row = {"adaptive_accuracy": 0.5, "transfer_accuracy": None}
    given = {"pgd": PGD, "square": SQUARE}
    alone = pd.Series(row | {"attacks": "pgd"})
    assert defended(given, alone) == "through the defence; white box, untargeted"
    both = pd.Series(row | {"attacks": "square", "transfer_accuracy": 0.7})
    assert defended(given, both) == "through the defence, and transfer; black box, untargeted"
    assert undefended(given, ["pgd"]).endswith("untargeted; there is no defence to adapt to")
    assert undefended(given, ["unknown"]) == "there is no defence to adapt to"
