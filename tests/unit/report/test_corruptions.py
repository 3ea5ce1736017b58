"""The table of natural corruptions, and attacks beside noise."""

import pytest

from mishear.core.tables.over_seeds import BY_SPEAKER
from mishear.report.corruptions import beside_noise, corruption_section, shown_corruptions
from mishear.report.tables import read_tables
from tests.unit.conftest import corruption_rows, summary_row

NOISES = ("white-noise",)


@pytest.fixture
def tables_of(over_seeds_of, robustness_of, checks_of, changes_of, environments_file, tmp_path):
    """A function that gives rows of a summary as the tables of a study."""

    def read(rows):
        over_seeds_of(rows), robustness_of([]), checks_of([]), changes_of([])
        BY_SPEAKER.write([], tmp_path / "by_speaker.csv")
        names = ("summary_over_seeds", "robustness_over_seeds", "smallest_change")
        names += ("by_speaker", "checks", "environments")
        return read_tables({name: tmp_path / f"{name}.csv" for name in names})

    return read


def wave(snr, accuracy, attack="wave", **changes):
    """An attack on the waveform."""
    changes = {"domain": "waveform", "budget": "snr", "evaluation": "adaptive"} | changes
    return summary_row(attack, round(snr), accuracy, median_snr_db=snr, **changes)


def test_corruptions_are_kept_apart_from_attacks(tables_of, rows):
    tables = tables_of([*rows, *corruption_rows()])
    assert len(tables.measurements) == len(rows)
    assert len(tables.corruptions) == 2
    assert tables.measurements.attack.notna().all()
    assert "white-noise" not in set(tables.on_inputs.corruption)


def test_each_corruption_is_a_row_with_its_severities(tables_of, rows):
    clipped = corruption_rows(corruption="clipping", unit="dB below the peak")
    found = corruption_section(tables_of([*rows, *corruption_rows(), *clipped]), "standard", NOISES)
    assert [row.corruption for row in found.rows] == ["white-noise", "clipping"]
    assert found.severities == [1, 2]
    noise, clipping = found.rows
    assert [each.level for each in noise.severities] == ["40 dB SNR", "20 dB SNR"]
    assert [each.snr for each in noise.severities] == ["", ""]
    assert [each.snr for each in clipping.severities] == ["SNR 40.0 dB", "SNR 20.0 dB"]
    assert [each.accuracy.accuracy for each in noise.severities] == pytest.approx([0.94, 0.9])
    assert noise.clean.accuracy == pytest.approx(0.95)


def test_poisoned_victims_are_not_shown_and_without_corruptions_there_is_nothing(tables_of, rows):
    poisoned = corruption_rows(recipe="noise-amplitude0.01-rate1", poison="noise")
    tables = tables_of([*rows, *poisoned])
    assert shown_corruptions(tables.corruptions).empty
    assert corruption_section(tables, "standard", NOISES) is None


class TestBesideNoise:
    def said(self, tables_of, *rows, noise=None, noises=NOISES):
        noise = corruption_rows() if noise is None else noise
        return beside_noise(tables_of([*noise, *rows]), "standard", noises)

    def test_noise_of_the_same_and_of_ten_times_the_amplitude_is_told(self, tables_of):
        (text,) = self.said(tables_of, wave(40.04, 0.2))
        assert text.startswith("At 40.0 dB SNR the strongest attack, wave, leaves 0.200 (95 % ")
        assert "white noise of about the same amplitude (40.0 dB) leaves 0.940" in text
        assert "and noise of about ten times the amplitude (20.0 dB) leaves 0.900" in text
        assert "not shown" not in text

    def test_the_strongest_attack_at_each_ratio_is_told(self, tables_of):
        rows = [wave(40, 0.5, "weak"), wave(40, 0.3), wave(60, 0.6), wave(60, 0.7, "weak")]
        quiet, loud = self.said(tables_of, *rows)
        assert "At 60.0 dB SNR the strongest attack, wave, leaves 0.600" in quiet
        assert "; white noise of about ten times the amplitude (40.0 dB) leaves 0.940" in quiet
        assert "strongest attack, wave, leaves 0.300" in loud

    def test_attacks_of_one_limit_are_ranked_whatever_they_use_of_it(self, tables_of):
        strong = wave(40.9, 0.2, "strong") | {"eps": 40}
        (text,) = self.said(tables_of, wave(40, 0.6, "weak"), strong)
        assert "At 40.9 dB SNR the strongest attack, strong, leaves 0.200" in text

    def test_no_contrast_is_suggested_where_noise_does_as_much(self, tables_of):
        ruinous = [row | {"accuracy": 0.1, "ci_low": 0.05, "ci_high": 0.2} for row in ALL]
        (text,) = self.said(tables_of, wave(60, 0.3), noise=ruinous)
        assert text.endswith("is not shown to do less harm than the attack.")

    def test_an_attack_without_effect_is_not_compared_with_noise(self, tables_of):
        idle = wave(60, 0.94) | {"clean_accuracy": 0.94}
        (text,) = self.said(tables_of, idle)
        assert text.endswith(": the attack does no harm here.")

    def test_nothing_is_said_without_noise_of_such_an_amplitude(self, tables_of):
        assert self.said(tables_of, wave(30, 0.0)) == []

    def test_attacks_without_a_ratio_poisons_transfers_and_defences_are_left_out(self, tables_of):
        others = (
            summary_row("pgd", 0.5, 0.0),
            wave(60, 0.0, "noise", evaluation="", budget=""),
            wave(60, 0.0, source="other", evaluation="transfer"),
            wave(60, 0.0, defence="median"),
            wave(60, 0.0, recipe="hardened"),
            wave(60, 0.0) | {"median_snr_db": "inf"},
        )
        assert self.said(tables_of, *others) == []

    def test_other_noise_is_not_called_white(self, tables_of):
        assert self.said(tables_of, wave(60, 0.0), noises=()) == []
        assert self.said(tables_of, wave(60, 0.0), noise=[]) == []


ALL = corruption_rows()
