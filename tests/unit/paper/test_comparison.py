"""This run's numbers beside the paper's."""

import dataclasses

import pytest

from mishear.paper import comparison as paper
from mishear.paper import printed
from mishear.poisoning.building import build_poison


def comparisons(results, number):
    return [row for row in paper.compare(results) if row.printed == number]


def changed(rows, attack, accuracy, **fields):
    """Rows in which some attack's accuracies are others."""
    return [
        row | {"accuracy": accuracy, "ci_low": accuracy - 0.01, "ci_high": accuracy + 0.01} | fields
        if row["attack"] == attack
        else row
        for row in rows
    ]


def test_every_figure_of_the_paper_has_its_row(results_of, rows):
    found = {row.printed for row in paper.compare(results_of(rows))}
    assert found == {
        printed.TRAIN,
        printed.VALIDATION,
        printed.TEST,
        printed.FGSM,
        printed.PGD,
        printed.CW,
        printed.POISONING,
    }


def test_numbers_are_those_of_the_summary(results_of, rows):
    (before,) = comparisons(results_of(rows), printed.FGSM)
    (after,) = comparisons(results_of(changed(rows, "fgsm", 0.4)), printed.FGSM)
    assert before.ours.accuracy == pytest.approx(0.02)
    assert before.conditions == "eps 0.95 dB"
    assert after.ours.accuracy == pytest.approx(0.4)
    assert before.remark != after.remark


def test_attack_that_is_not_in_the_study_was_not_run(results_of, rows, attacks):
    without = [row for row in rows if row["attack"] != "cw"]
    others = {name: attack for name, attack in attacks.items() if name != "cw"}
    (row,) = comparisons(results_of(without, attacks=others), printed.CW)
    assert row.ours is None
    assert "Not part of this study" in row.remark


def test_other_poison_than_noise_is_not_the_papers(results_of, rows, aimed_rows):
    with_others = comparisons(results_of(rows + aimed_rows), printed.POISONING)
    assert with_others == comparisons(results_of(rows), printed.POISONING)


def test_study_without_noise_has_no_poisoning(results_of, rows, aimed_rows, poisons):
    others = {name: poison for name, poison in poisons.items() if name != "noise"}
    without = [row for row in rows if row["attack"] != "noise"]
    (row,) = comparisons(
        results_of(
            without + aimed_rows,
            poisons={name: build_poison(found) for name, found in others.items()},
        ),
        printed.POISONING,
    )
    assert row.ours is None


def test_study_without_poison_has_no_poisoning(results_of, rows):
    without = [row for row in rows if row["attack"] != "noise"]
    (row,) = comparisons(results_of(without, poisons={}), printed.POISONING)
    assert row.ours is None


def test_pgd_of_the_paper_weaker_than_fgsm_is_said_with_its_reach(results_of, rows):
    row = comparisons(results_of(rows), printed.PGD)[0]
    assert "at most 0.5 dB" in row.remark
    assert "weaker than FGSM at eps 0.95 (0.190 against 0.020)" in row.remark
    assert "swapped" in row.remark


def test_pgd_stronger_than_fgsm_is_not_called_weaker(results_of, rows):
    row = comparisons(results_of(changed(rows, "pgd-paper", 0.015)), printed.PGD)[0]
    assert "no weaker than FGSM" in row.remark
    assert "swapped" not in row.remark


def test_pair_is_not_called_swapped_where_it_fits_as_printed(results_of, rows):
    as_printed = changed(changed(rows, "fgsm", 0.17), "pgd-paper", 0.01)
    results = results_of(as_printed)
    assert not any("swapped" in row.remark for row in paper.compare(results))
    (fgsm,) = comparisons(results, printed.FGSM)
    assert fgsm.remark == "Agrees within the 95 % interval."


def test_pgd_whose_step_grows_reaches_the_papers_figure(results_of, rows):
    row = comparisons(results_of(rows), printed.PGD)[1]
    assert "Agrees" in row.remark
    assert "grows with eps" in row.remark


def test_carlini_wagner_is_given_with_its_l2_and_search(results_of, rows):
    (row,) = comparisons(results_of(changed(rows, "cw", 0.0, rejected=3)), printed.CW)
    assert "17.5 dB" in row.conditions
    assert "9 search steps" in row.remark
    assert "3 recordings that it returned count as failures" in row.remark


def test_poisoning_appears_as_mismatch(results_of, rows):
    mismatched, matched, on_clean = comparisons(results_of(rows), printed.POISONING)
    assert mismatched.ours.accuracy == pytest.approx(0.17)
    assert "amplitude 0.01" in mismatched.conditions
    assert matched.ours.accuracy == pytest.approx(0.9)
    assert "copes" in matched.remark
    assert on_clean.ours.accuracy == pytest.approx(0.2)
    assert "noise in training alone" in on_clean.remark


def test_poison_that_buries_speech_is_not_said_to_be_coped_with(results_of, rows):
    buried = changed(rows, "noise", 0.1)
    matched = comparisons(results_of(buried), printed.POISONING)[1]
    assert "masks the speech" in matched.remark


def test_other_corpus_is_said_plainly(results_of, rows):
    note = paper.corpus_note(results_of(rows))
    assert "Its corpus is AudioMNIST; the results here are for 200 test recordings of " in note
    assert "synthesised" in paper.corpus_note(results_of(rows, source="espeak"))
    assert "results here" not in paper.corpus_note(results_of(rows, source="audiomnist"))


def test_other_corpus_is_no_cause_on_the_papers_own(results_of, rows):
    results = results_of(rows, source="audiomnist")
    assert not any("Another corpus" in row.remark for row in paper.compare(results))


def test_seeds_are_brought_together(results_of, rows):
    second = [row | {"seed": 1} for row in changed(rows, "fgsm", 0.1)]
    (row,) = comparisons(results_of(rows + second), printed.FGSM)
    assert row.ours.seeds == 2
    assert row.ours.accuracy == pytest.approx((0.02 + 0.1) / 2)
    assert row.ours.high == pytest.approx(0.11)


def test_remarks_are_one_line(results_of, rows):
    for row in paper.compare(results_of(rows)):
        assert "\n" not in row.remark
        assert dataclasses.asdict(row)["remark"].endswith(".")


@pytest.mark.parametrize(
    ("low", "words"),
    [(0.01, "The same mismatch in the other direction"), (-0.01, "Not shown to be worse on clean")],
)
def test_retrained_victims_are_compared_with_themselves(results_of, rows, low, words):
    results = results_of(rows)
    table = results.table.assign(change=0.1, change_low=low, change_high=0.3)
    found = paper.compare(dataclasses.replace(results, table=table))
    (clean,) = [each for each in found if each.reading == "retrained, clean test"]
    assert words in clean.remark
    assert f"(-0.100 [-0.300, {-low:+.3f}], paired)" in clean.remark
