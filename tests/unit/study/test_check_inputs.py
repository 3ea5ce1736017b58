"""Jobs of checks read the victim, what was evaluated already, and what attacks left."""

from mishear.study import check_inputs
from mishear.study.plan import Plan
from tests.unit.study.configs import PLAIN, VICTIM, config

PLACE = VICTIM | {"defence": "none"}


def test_the_baselines_wait_for_the_attacks_that_are_compared_with_them():
    """Not for those without an eps, nor for those that continue others."""
    square = {"class": "mishear.attacks.autoattack.LinfSquare", "eps": [0.5], "after": ["pgd"]}
    study = config(PLAIN, attacks={"search": square})
    chosen = study.study.model_copy(update={"attacks": ["fgsm", "pgd", "cw", "search"]})
    plan = Plan(study.model_copy(update={"study": chosen}))
    files = check_inputs.baselines(plan, PLACE)
    assert files["attacked"] == [
        f"results/checks/a/mel/net/standard/seed0/none/{attack}.csv" for attack in ("fgsm", "pgd")
    ]
    assert files["one_step"] == "results/evaluations/a/mel/net/standard/seed0/none/fgsm/eps0.5.csv"
    assert {"victim", "spectrograms", "split", "bounds"} <= files.keys()


def test_a_check_reads_the_evaluation_at_its_eps():
    plan = Plan(config(PLAIN))
    found = check_inputs.attack_check(plan, PLACE | {"attack": "pgd"})
    assert found["evaluated"] == "results/evaluations/a/mel/net/standard/seed0/none/pgd/eps0.5.csv"


def test_where_it_was_not_evaluated_at_that_eps_it_is_run():
    elsewhere = {"pgd": {"class": "LinfPGD", "eps": [2]}}
    plan = Plan(config(PLAIN, attacks=elsewhere))
    assert "evaluated" not in check_inputs.attack_check(plan, PLACE | {"attack": "pgd"})
