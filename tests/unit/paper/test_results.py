"""What a study measured, selected for comparison with the paper."""

import dataclasses

from mishear.paper.results import attacks_in_role


def test_attacks_are_found_by_what_they_do_not_by_name(attacks):
    renamed = {"a": attacks["pgd-paper"], "b": attacks["fgsm"], "c": attacks["pgd"]}
    roles = {role: attacks_in_role(renamed, role) for role in ("fgsm", "pgd-paper", "pgd")}
    assert roles == {"fgsm": ["b"], "pgd-paper": ["a"], "pgd": ["c"]}


def test_targeted_attacks_and_restarts_are_not_the_papers(attacks):
    targeted = dataclasses.replace(attacks["fgsm"], targets="random")
    again = dataclasses.replace(attacks["pgd-paper"], restarts=3)
    assert attacks_in_role({"a": targeted}, "fgsm") == []
    assert attacks_in_role({"a": again}, "pgd-paper") == []
    assert attacks_in_role({"a": again}, "pgd") == ["a"]


def test_rows_are_those_of_the_undefended_reference_by_eps(results_of, rows):
    behind = [row | {"defence": "median"} for row in rows]
    found = results_of([*reversed(rows), *behind]).of_reference("fgsm")
    assert list(found.eps) == [0.25, 0.5, 0.95]
    assert set(found.defence) == {"none"}


def test_rows_of_a_poison_are_without_detectors(results_of, rows, aimed_rows):
    found = results_of(rows + aimed_rows).of_poisoned("backdoor")
    assert len(found) == 4
    assert found.detector.isna().all()
