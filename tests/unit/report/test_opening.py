"""The first screen, in words."""

from dataclasses import replace

from mishear.core.statistics import Measured
from mishear.report.opening import ranges
from mishear.report.overview import Found, OverviewRow


def row(study, network, accuracy, limit, **changes):
    setting = replace(study.settings[0], network=network, **changes)
    value = Measured(accuracy, accuracy - 0.01, accuracy + 0.01, 200)
    attacked = Found(value, limit)
    return OverviewRow("", setting, "standard", "none", 1, 200, value, attacked=attacked)


def test_accuracies_under_attack_are_compared_at_one_limit_and_without_scorers(study):
    rows = [
        row(study, "a", 0.1, "eps 0.5 dB, L∞"),
        row(study, "b", 0.3, "eps 0.5 dB, L∞"),
        row(study, "c", 0.8, "eps 0.01, L∞"),
        row(study, "d", 0.99, "eps 0.5 dB, L∞", scores_only=True),
    ]
    study = replace(study, settings=tuple(each.setting for each in rows))
    first, second = ranges(study, rows, "attacked", "Under attack")
    assert first.startswith("Under attack at eps 0.5 dB, L∞, the accuracy is between 10.0 % (a")
    assert "and 30.0 % (b" in first
    assert second.startswith("Under attack at eps 0.01, L∞, the accuracy is 80.0 % (c")
    (clean,) = ranges(study, rows, "clean", "On clean recordings")
    assert clean.startswith("On clean recordings, the accuracy is between 10.0 %")
    assert "99.0 % (d" in clean
