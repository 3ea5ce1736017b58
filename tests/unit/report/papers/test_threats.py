"""Attacks with all their parameters, poisons and corruptions."""

from mishear.report.papers.threats import attacks, corruptions


def test_an_attack_has_its_parameters_sizes_and_knowledge(card):
    text = next(each for each in attacks(card) if each.startswith("Attack `pgd`"))
    assert "steps=40, random_start=True" in text
    assert "eps in L∞ 0.5, 1 dB" in text
    assert "Knowledge: transfer, white box; it aims at any wrong class; 1 attempt." in text


def test_queries_are_told(card):
    threats = [each.model_copy(update={"queries": 5000}) for each in card.threats]
    text = " ".join(attacks(card.model_copy(update={"threats": threats})))
    assert "up to 5,000 queries" in text


def test_an_attack_that_continues_others_says_so(card):
    pgd = card.config["attacks"]["pgd"] | {"after": ["cw", "fgsm"]}
    changed = {"config": card.config | {"attacks": card.config["attacks"] | {"pgd": pgd}}}
    text = next(each for each in attacks(card.model_copy(update=changed)) if "`pgd`" in each)
    assert "run on the recordings that `cw` and `fgsm` left correct" in text


def test_a_poison_does_not_depend_on_the_victim(card):
    poison = card.threats[0].model_copy(
        update={"attack": "noise", "domain": "waveform", "unit": "full scale", "eps": 0.01}
    )
    text = " ".join(attacks(card.model_copy(update={"threats": [poison]})))
    assert "amplitude 0.01 of full scale. It does not depend on the victim." in text
    assert "Foolbox" not in text


def test_nothing_is_said_of_nothing(card):
    assert not list(attacks(card.model_copy(update={"threats": []})))
    assert not list(corruptions(card.model_copy(update={"config": {"corruptions": {}}})))


def test_levels_are_those_evaluated(card):
    assert "20, 5 % lost (seed 0)" in " ".join(corruptions(card))
