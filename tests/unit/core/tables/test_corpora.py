"""What the tables of `mishear.core.tables.corpora` hold."""

from mishear.core.tables import corpora


def test_lengths_have_six_decimals(tmp_path):
    row = {"recording": "a.wav", "label": "1", "speaker": "", "take": "7", "sample_rate": 8000}
    row |= {"channels": 1, "samples": 2384, "seconds": 2384 / 8000, "content": "c", "clipped": 2}
    row |= {"peak": 0.5, "cancelled_db": 0.0, "speech_end": 0.25}
    corpora.INDEX.write([row], tmp_path / "index.csv")
    (_, line) = (tmp_path / "index.csv").read_text().splitlines()
    assert line == "a.wav,1,,7,8000,1,2384,0.298000,c,2,0.5,0,0.250000"
