"""What the tables of `mishear.core.tables.poisoning` hold."""

from mishear.core.tables import poisoning


def test_silence_has_no_ratio_but_a_number(tmp_path):
    row = {"recording": "a.wav", "linf": 0.1, "l2": 1.0, "snr_db": float("inf"), "si_sdr_db": None}
    poisoning.DISTORTIONS.write([row], tmp_path / "distortions.csv")
    assert poisoning.DISTORTIONS.read(tmp_path / "distortions.csv") == [row]
