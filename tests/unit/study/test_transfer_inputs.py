"""What the jobs of transfers read and are told."""

from mishear.study.evaluations import Victim
from mishear.study.plan import Plan
from mishear.study.transfer_inputs import formats, is_on_waveform, source_keys, transfer
from mishear.study.transfers import transferred_evaluations, transfers
from tests.unit.study.test_transfers import study, two_front_ends


def job(config):
    first = transfers(config)[0]
    made = transferred_evaluations(config, first)
    return Plan(config), first.victim.names | {"attack": first.attack}, made


def test_examples_on_features_are_read_with_the_spectrograms():
    plan, names, made = job(study({"attacks": ["pgd"]}))
    files = transfer(plan, names)
    assert not is_on_waveform(plan, names)
    assert files["spectrograms"] == "results/spectrograms/a/mel/clean/spectrograms.npy"
    for each in made:
        assert files[f"results/{each.path}"] == each.results
        assert files[f"examples/{each.path}"] == each.examples
    assert {"victim", "split", "bounds"} <= set(files)


def test_examples_on_waveforms_are_read_with_the_recordings_of_every_front_end():
    config = two_front_ends({"attacks": ["wave"]}, {"front_ends": ["mel", "mel2"]})
    plan, names, made = job(config)
    files = transfer(plan, names)
    assert is_on_waveform(plan, names)
    assert {each.victim.front_end for each in made} == {"mel", "mel2"}
    for each in made:
        assert files[f"sound/{each.path}"] == f"results/sounds/{each.path}.flac"
        front_end = each.victim.front_end
        shard = f"results/waveforms/a/{front_end}/shard0-of-2.npy"
        assert files[f"waveforms/{front_end}/0"] == shard
        assert files[f"digest/{front_end}/0"] == shard.replace("npy", "sha256")


def test_the_format_of_every_front_end_is_known():
    config = two_front_ends({"attacks": ["wave"]}, {"front_ends": ["mel", "mel2"]})
    plan, names, _ = job(config)
    found = formats(plan, names)
    assert found["mel2"] == {"sample_rate": 8000, "samples": 8000}
    assert found["mel"]["sample_rate"] == config.front_ends["mel"].sample_rate


def test_source_models_are_told_by_the_paths_of_their_evaluations():
    plan, names, made = job(study({"attacks": ["pgd"]}, seeds=[0, 1]))
    keys = source_keys(plan, names)
    assert list(keys) == [each.path for each in made]
    for each in made:
        told = keys[each.path]
        model = (told["source_front_end"], told["source_network"], told["source_recipe"])
        assert Victim("a", *model, told["source_seed"]) == each.victim
        assert told["eps"] == each.eps
