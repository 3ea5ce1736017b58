"""What the report says of how far attacks can be trusted."""

import pytest

from mishear.core.tables.checks import CHECKS
from mishear.report.checks import check_matrix, checked_defences, masking, paper_attack_remark

BOX = "no weaker than a black box"


@pytest.fixture
def checks(check_row, checks_of):
    """Checks of two attacks on the undefended victim and of one behind two defences."""
    return checks_of(
        [
            check_row("pgd-paper", "no weaker than one step", "failure"),
            check_row("pgd-paper", BOX, "failure"),
            check_row("pgd", "accuracy falls with eps", "no failure found"),
            check_row("pgd", BOX, "no failure found"),
            check_row("pgd", BOX, "failure", defence="rounding"),
            check_row("pgd", BOX, "no failure found", defence="median"),
            check_row("pgd-paper", BOX, "failure", defence="median"),
            check_row("pgd", "no weaker than one step", "not applicable", defence="median"),
        ]
    )


def test_a_defence_that_no_attack_sees_through_masks_its_gradients(checks):
    assert masking(checks, "standard") == {("standard", "rounding")}


def test_the_matrix_has_a_cell_for_each_attack_and_check(checks):
    matrix = check_matrix(checks, "standard", "none")
    assert matrix.checks == ["no weaker than one step", BOX, "accuracy falls with eps"]
    papers, pgd = matrix.rows
    assert [cell.verdict for cell in papers.cells] == ["failure", "failure", ""]
    assert [cell.verdict for cell in pgd.cells] == ["", "no failure found", "no failure found"]
    assert (pgd.cells[1].evidence, pgd.cells[1].power) == ("pgd was seen", "n = 60, finds 4.0 %")


def test_a_check_that_is_not_applicable_rests_on_no_recordings(checks, tmp_path):
    at = (checks.attack == "pgd") & (checks.check == "accuracy falls with eps")
    rows = checks.assign(n=checks.n.astype(int).astype(str).mask(at, ""))
    rows.to_csv(tmp_path / "checks.csv", index=False)
    # As the report reads it: where a whole number may be missing, it is not a number.
    matrix = check_matrix(CHECKS.frame(tmp_path / "checks.csv"), "standard", "none")
    assert [cell.power for cell in matrix.rows[1].cells] == ["", "n = 60, finds 4.0 %", ""]


def test_checks_of_defended_victims_are_counted(checks):
    rounding, median = checked_defences(checks, "standard", {("standard", "rounding")})
    assert (rounding.defence, rounding.masks, rounding.sound) == ("rounding", True, 0)
    assert rounding.failed == [f"pgd: {BOX} (pgd was seen)"]
    assert (median.masks, median.sound, median.undecided, median.applicable) == (False, 1, 0, 2)


def test_the_papers_pgd_is_remarked_by_its_verdicts(checks, attacks):
    text = paper_attack_remark(checks, "standard", attacks, "dB")
    assert text.startswith("pgd-paper, the paper's PGD, shows a failure in 2 of 2 checks")
    passing = checks.assign(verdict="no failure found")
    assert "shows no failure in 2 checks" in paper_attack_remark(passing, "standard", attacks, "dB")
    assert paper_attack_remark(checks, "standard", {}, "dB") == ""
