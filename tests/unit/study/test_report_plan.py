"""The report of a study: its description and its files."""

from mishear.config.loading import load
from mishear.study.report_plan import report_inputs, reported_study, study_tables
from tests.unit.study.configs import PLAIN, config, mixed, raw
from tests.unit.study.test_figures import minimal


def test_it_describes_settings_attacks_poisons_and_figures():
    found = reported_study(minimal(corpora=["a", "b"]))
    assert [setting.path for setting in found.settings] == ["a/mel/net", "b/mel/net"]
    assert found.corpora == ["a", "b"]
    assert found.settings[0].source == "espeak"
    assert {each.reference for each in found.settings} == {"standard"}
    assert list(found.attacks) == ["fgsm", "cw"]
    assert found.attacks["fgsm"].class_ == "LinfFastGradientAttack"
    assert found.poisons["noise"]["class"] == "UniformNoise"
    kinds = {figure.figure.kind: figure.category for figure in found.figures}
    assert kinds["confusion"] == "Attacks" and kinds["recording"] == "Poisoning"
    assert found.libraries == {}
    for shown in found.figures:
        assert tuple(shown.files.values()) == (shown.figure.path, *shown.figure.column)


def test_attacks_on_the_waveform_are_described_beside_those_on_the_input():
    asked = config(PLAIN)
    attacked = asked.study.model_copy(update={"attacks": ["fgsm", "wave"]})
    found = reported_study(asked.model_copy(update={"study": attacked}))
    assert (list(found.attacks), list(found.waveform_attacks)) == (["fgsm"], ["wave"])


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


def test_tables_of_transfer_are_made_where_the_study_asks_for_it():
    assert "transfer.csv" not in study_tables(config(PLAIN))
    asked = config(PLAIN, transfer={"attacks": ["wave"]})
    assert "transfer.csv" in study_tables(asked)
    assert report_inputs(asked)["transfer"] == "results/reports/s/transfer.csv"
    drawn = [shown for shown in reported_study(asked).figures if shown.category == "Transfer"]
    assert [shown.figure.attack for shown in drawn] == ["wave"]


def test_a_corpus_has_one_figure_of_transfer_for_all_its_networks():
    raw_config = raw(PLAIN, transfer={"attacks": ["wave"]}, networks=["net", "other"])
    raw_config["networks"]["other"] = {"class": "PaperCNN"}
    drawn = reported_study(load(raw_config)).figures
    kinds = [shown.figure.kind for shown in drawn]
    assert kinds.count("training") == 2
    assert kinds.count("transfer") == 1


def test_a_corpus_without_source_models_has_no_figure_of_transfer():
    asked = raw(PLAIN, transfer={"attacks": ["wave"], "sources": ["mel/net/standard"]})
    asked["corpora"]["b"] = {"source": "espeak"}
    asked["networks"]["other"] = {"class": "PaperCNN"}
    asked["study"] |= {
        "corpora": ["a", "b"],
        "networks": ["net", "other"],
        "victims": [
            {"corpora": ["a"], "networks": ["net"]},
            {"corpora": ["b"], "networks": ["other"]},
        ],
    }
    drawn = [each for each in reported_study(load(asked)).figures if each.category == "Transfer"]
    assert [each.figure.corpus for each in drawn] == ["a"]


def test_a_study_of_models_that_came_trained_has_one_victim_of_each():
    both = mixed(seeds=[3, 4])
    assert reported_study(both).seeds == (3, 4)
    study = both.study.model_copy(update={"networks": ["mine"]})
    assert reported_study(both.model_copy(update={"study": study})).seeds == (0,)


def test_other_libraries_are_tried_on_networks_that_the_study_trains():
    inputs = report_inputs(mixed(report={"other_libraries": True}))
    assert [key for key in inputs if key.startswith("probe/")] == ["probe/a/mel/net"]
