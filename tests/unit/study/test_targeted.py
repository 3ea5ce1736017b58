"""Which victims are attacked with every class as the aim."""

from mishear.study.plan import Plan
from mishear.study.report_plan import reported_study, study_tables
from mishear.study.targeted import definition, targeted, targeted_inputs, targeted_keys
from tests.unit.study.configs import NOISY, PLAIN, config

BOTH = {"targeted": {"attacks": ["pgd", "wave"]}}


def test_without_the_section_there_are_none():
    found = config(PLAIN)
    assert targeted(found) == [] == targeted_keys(found)
    assert "targeted.csv" not in study_tables(found)


def test_all_victims_without_poison_are_attacked_at_every_eps():
    found = config(PLAIN | NOISY, seeds=[0, 1], **BOTH)
    assert [each.path.removeprefix("results/targeted/a/mel/net/") for each in targeted(found)] == [
        f"standard/seed{seed}/{attack}.csv"
        for seed in (0, 1)
        for attack in ("pgd/eps0.5", "pgd/eps1", "wave/eps40", "wave/eps20")
    ]
    keys = targeted_keys(found)
    assert [each["domain"] for each in keys[:4]] == ["spectrogram"] * 2 + ["waveform"] * 2
    assert {each["recipe"] for each in keys} == {"standard"}
    assert "targeted.csv" in study_tables(found)


def test_a_job_reads_the_corpus_as_its_attack_changes_it():
    plan = Plan(config(PLAIN, **BOTH))
    names = targeted(plan.config)[0].victim.names
    on_inputs = targeted_inputs(plan, names | {"attack": "pgd"})
    on_waveforms = targeted_inputs(plan, names | {"attack": "wave"})
    assert "spectrograms" in on_inputs and "waveforms" not in on_inputs
    assert "waveforms" in on_waveforms and "spectrograms" not in on_waveforms
    assert definition(plan, names | {"attack": "wave"})["domain"] == "waveform"
    assert definition(plan, names | {"attack": "wave"})["budget"] == "snr"


def test_each_attack_has_a_figure():
    found = reported_study(config(PLAIN, **BOTH))
    drawn = [shown.figure for shown in found.figures if shown.figure.kind == "targeted"]
    assert [(figure.recipe, figure.attack) for figure in drawn] == [
        ("standard", "pgd"),
        ("standard", "wave"),
    ]
