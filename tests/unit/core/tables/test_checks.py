"""What the tables of `mishear.core.tables.checks` hold."""

from mishear.core.tables import checks


def test_the_eps_of_a_run_keeps_all_digits(tmp_path):
    """Runs are matched by eps, which may be the norm of a whole spectrogram."""
    row = {"run": "unbounded", "eps": 1843.2345678901, "norm": "l2", "recording": "a.wav"}
    row |= {"correct_clean": True, "correct_adversarial": False, "size": None, "note": ""}
    checks.CHECK_RUNS.write([row], tmp_path / "runs.csv")
    assert checks.CHECK_RUNS.read(tmp_path / "runs.csv") == [row]
