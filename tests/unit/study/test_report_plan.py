"""The report of a study: its description and its files."""

from mishear.study.report_plan import report_inputs, reported_study
from tests.unit.study.test_figures import minimal


def test_it_describes_settings_attacks_poisons_and_figures():
    found = reported_study(minimal(corpora=["a", "b"]))
    assert [setting.path for setting in found.settings] == ["a/mel/net", "b/mel/net"]
    assert found.corpora == ["a", "b"]
    assert found.settings[0].source == "espeak"
    assert found.reference == "standard"
    assert list(found.attacks) == ["fgsm", "cw"]
    assert found.attacks["fgsm"].class_ == "LinfFastGradientAttack"
    assert found.poisons["noise"]["class"] == "UniformNoise"
    kinds = {figure.figure.kind: figure.category for figure in found.figures}
    assert kinds["confusion"] == "Attacks" and kinds["recording"] == "Poisoning"
    assert found.libraries == {}


def test_every_file_of_the_report_has_a_key():
    config = minimal(corpora=["a", "b"], seeds=[0, 1])
    inputs = report_inputs(config)
    study = reported_study(config)
    assert {figure.figure.path for figure in study.figures} <= set(inputs)
    for setting in study.settings:
        for seed in study.seeds:
            assert f"accuracy/{setting.path}/standard/seed{seed}" in inputs
        assert f"rejected/{setting.corpus}" in inputs
    assert {"summary", "summary_over_seeds", "robustness_over_seeds", "checks"} <= set(inputs)
    assert not {"detections", "audio_quality"} & set(inputs)
    assert len(set(inputs.values())) == len(inputs)
