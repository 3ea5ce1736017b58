"""What the report says of audio quality and recognition."""

import pandas as pd
import pytest

from mishear.report.listening import listening_section
from mishear.report.tables import ListeningTables
from tests.unit.conftest import summary_row


@pytest.fixture
def noise_table(over_seeds_of):
    """A function that gives, for each amplitude, accuracies without and with it in training."""

    def made(accuracies):
        rows = []
        for amplitude, (unpoisoned, trained) in accuracies.items():
            place = {"recipe": f"noise-{amplitude}", "poison": "noise", "poisoning_rate": 1}
            rows.append(summary_row("noise", amplitude, unpoisoned, domain="waveform"))
            rows.append(summary_row("noise", amplitude, trained, domain="waveform", **place))
        return over_seeds_of(rows)

    return made


def section(measurements, tables):
    return listening_section(measurements, ListeningTables(**tables), "standard")


def test_recognition_is_put_beside_the_victim(heard_tables, noise_table):
    found = section(noise_table({0.01: (0.2, 0.9)}), heard_tables)
    assert {name: rate.accuracy for name, rate in found.recognised.items()} == {"listener": 0.8}
    assert found.recognised["listener"].n == 200
    (row,) = found.poisons
    assert (row.unpoisoned.accuracy, row.trained.accuracy) == (0.2, 0.9)
    assert (row.recognition.retained.accuracy, row.recognition.retained.n) == (0.5, 160)
    assert row.quality.pesq == 1.5
    assert (row.quality.snr_db, row.quality.si_sdr_db) == (18, 24)
    (inversion,) = found.inversions
    assert inversion.accuracies["adversarial input"].accuracy == 0.5
    assert inversion.accuracies["adversarial, as sound, of retained"].n == 90
    assert (inversion.n, inversion.retained_n) == (200, 90)
    assert len(found.halves) == 1


def test_recognition_is_put_beside_each_attack_on_the_waveform(heard_tables, over_seeds_of):
    attack = {"domain": "waveform", "budget": "snr", "saved_accuracy": 0.25}
    attack |= {"saved_low": 0.2, "saved_high": 0.31}
    table = over_seeds_of([summary_row("pgd", 40, 0.2, **attack)])
    (row,) = section(table, heard_tables).attacks
    assert row.title == "pgd, limit 40 dB SNR"
    assert (row.victim.accuracy, row.saved.accuracy) == (0.2, 0.25)
    assert (row.recognition.retained.accuracy, row.recognition.retained.n) == (0.9, 160)
    assert row.quality.snr_db == 41
    assert row.n == 200


def test_attacks_on_a_defended_victim_are_not_mixed_in(heard_tables, noise_table):
    quality = heard_tables["audio_quality"]
    behind = quality[quality.kind == "waveform"].assign(defence="median", retained=0.1)
    given = heard_tables | {"audio_quality": pd.concat([quality, behind])}
    (row,) = section(noise_table({}), given).attacks
    assert row.recognition.retained.accuracy == 0.9
