"""The headline: every number that speaks against a sentence changes it."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mishear.core.tables.checks import CHECKS
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.evaluation.checks.verdicts import FAILURE
from mishear.report.headline import Standing, compared, headline

PLACE = {"recipe": "standard", "defence": "none", "domain": "spectrogram", "norm": "linf"}
PLACE |= {"evaluation": "adaptive", "budget": "eps", "n": 200}


def proportion(name, stem, value, width=0.05):
    values = (value, value - width, value + width, value, value)
    columns = (name, f"{stem}_low", f"{stem}_high", f"{name}_lowest", f"{name}_highest")
    return dict(zip(columns, values, strict=True))


def measurement(eps, accuracy, clean=0.95, seeds=5, **changes):
    row = dict.fromkeys(SUMMARY_OVER_SEEDS.names, np.nan) | PLACE | {"attack": "pgd", "eps": eps}
    row |= proportion("accuracy", "ci", accuracy) | proportion("clean_accuracy", "clean", clean)
    return row | {"seeds": seeds} | changes


def worst(eps, accuracy, clean=0.95, seeds=5, gain=None, **changes):
    row = dict.fromkeys(ROBUSTNESS_OVER_SEEDS.names, np.nan) | PLACE | {"eps": eps}
    row |= {"strongest": "pgd", "attacks": "fgsm pgd", "seeds": seeds}
    row |= proportion("worst_accuracy", "worst", accuracy)
    row |= proportion("clean_accuracy", "clean", clean)
    row |= dict(
        zip(("difference", "difference_low", "difference_high"), gain or [None] * 3, strict=True)
    )
    return row | changes


def check(attack="pgd", verdict="no failure found"):
    row = dict.fromkeys(CHECKS.names) | PLACE
    return row | {"attack": attack, "check": "no weaker than one step", "verdict": verdict}


def standing(
    curve=((0.25, 0.7), (0.5, 0.3)), clean=0.95, seeds=5, checks=None, best=None, **changes
):
    given = {"clean": clean, "seeds": seeds}
    rows = [measurement(eps, accuracy, **given) for eps, accuracy in curve]
    cases = [worst(eps, accuracy, **given) for eps, accuracy in curve]
    made = {
        "name": "net on digits",
        "reference": "standard",
        "classes": 10,
        "front_end": "mel",
        "unit": "dB",
        "measurements": frame([*rows, *changes.pop("more", [])], SUMMARY_OVER_SEEDS),
        "corruptions": frame(changes.pop("corruptions", []), SUMMARY_OVER_SEEDS),
        "robustness": frame([*cases, *changes.pop("worse", [])], ROBUSTNESS_OVER_SEEDS),
        "checks": frame([check()] if checks is None else checks, CHECKS),
        "best": None if best is None else frame([best], ROBUSTNESS_OVER_SEEDS).iloc[0],
    }
    return Standing(**made | changes)


def frame(rows, table):
    return pd.DataFrame(rows, columns=list(table.names))


def test_it_names_the_smallest_eps_that_breaks_most():
    text = headline(standing())
    assert text.startswith("From an eps of 0.5 dB on, attacks cause more than half")
    assert (
        "0.300 (95 % interval 0.250 to 0.350) stays correct, against 0.950 without an attack."
        in text
    )
    assert "The strongest attack is pgd." in text
    assert "one victim" not in text and "one half" not in text and "check" not in text


def test_an_interval_around_half_is_a_doubt():
    assert "The interval includes one half" in headline(standing(curve=((0.5, 0.48),)))


def test_attacks_that_break_less_than_half_do_not():
    text = headline(standing(curve=((0.5, 0.9), (1.0, 0.8))))
    assert text.startswith("Up to an eps of 1 dB, the attacks of the study do not cause")


@pytest.mark.parametrize("clean", [0.1, 0.14, 0.05])
def test_at_chance_nothing_is_said_of_robustness(clean):
    text = headline(standing(clean=clean, best=worst(0.5, 0.9, gain=(0.5, 0.4, 0.6))))
    assert f"accuracy is {clean:.3f}" in text and "better than guessing (0.100)" in text
    assert "eps" not in text and "best defence" not in text


def test_a_clean_accuracy_that_is_no_number_is_said():
    text = headline(standing(clean=np.nan))
    assert (
        text
        == "The accuracy on clean recordings is not a number: nothing can be said about "
        + ("robustness.")
    )


def test_accuracies_that_are_no_numbers_are_counted_and_break_nothing():
    text = headline(standing(curve=((0.25, 0.9), (0.5, np.nan))))
    assert text.startswith("Up to an eps of 0.25 dB")
    assert "2 accuracies under attack are not numbers" in text


def test_a_clean_accuracy_below_half_is_no_success_of_an_attack():
    text = headline(standing(clean=0.4))
    assert text.startswith("Without an attack, more than half")
    assert "From an eps" not in text


def test_attacks_that_fail_their_checks_are_named():
    some = headline(standing(checks=[check(), check("fgsm", FAILURE)]))
    assert "fgsm fails 1 check and may understate" in some
    every = headline(standing(checks=[check(verdict=FAILURE), check("fgsm", FAILURE)]))
    assert "Every attack that was checked fails a check (fgsm, pgd)" in every
    other = check("pgd", FAILURE) | {"recipe": "other"}
    assert "fails" not in headline(standing(checks=[check(), other]))
    assert "No check was run on these attacks" in headline(standing(checks=[]))
    assert "fail" not in headline(standing(checks=[check(verdict="cannot tell")]))


def test_a_single_seed_is_said():
    assert headline(standing(seeds=1)).endswith("with a single seed; another may differ.")


def test_a_second_network_that_does_worse_is_said():
    own, worse = standing(), standing(name="other on digits", curve=((0.25, 0.2),))
    chance = standing(name="third on digits", clean=0.1)
    found = compared({"own": own, "worse": worse, "chance": chance})
    words = "other on digits does worse: more than half of the recordings are misclassified from"
    assert f"{words} an eps of 0.25 dB on." in found["own"]
    assert "third on digits is not shown to be better than guessing" in found["own"]
    assert "does worse" not in found["worse"]
    harder = replace(worse, robustness=worse.robustness.assign(attacks="fgsm pgd square"))
    assert (
        "on, under attacks that include square, not run on net on digits."
        in (compared({"own": own, "worse": harder})["own"])
    )


@pytest.mark.parametrize("curve", [(), ((0.1, 0.9),)])
def test_a_victim_that_was_not_attacked_so_far_is_not_better_than_another(curve):
    """One that gives only scores meets no attack on its inputs."""
    broken = standing(name="other on digits", curve=((0.25, 0.2),))
    heard = measurement(40, 0.9, domain="waveform", budget="snr")
    loud = worst(40, 0.9, domain="waveform", budget="snr")
    own = standing(curve=curve, more=[heard], worse=[loud])
    found = compared({"own": own, "other": broken})
    assert "On the waveform" in found["own"]
    assert "does worse" not in found["own"]
    farther = standing(curve=((0.1, 0.9), (0.25, 0.8)))
    assert "does worse" in compared({"own": farther, "other": broken})["own"]


def test_an_eps_is_not_compared_with_that_of_another_front_end():
    samples = {"name": "other on digits", "front_end": "samples", "unit": "full scale"}
    found = compared({"own": standing(), "other": standing(curve=((0.25, 0.2),), **samples)})
    assert "does worse" not in found["own"]


def test_a_recipe_that_does_worse_is_said():
    worse = worst(0.25, 0.5, gain=(-0.2, -0.3, -0.1), recipe="weak")
    assert "Recipe weak does worse: at 0.25 dB by -0.200 (95 % interval -0.300 to -0.100)" in (
        headline(standing(worse=[worse]))
    )
    unclear = worst(0.25, 0.65, gain=(-0.05, -0.12, 0.02), recipe="weak")
    assert "does worse" not in headline(standing(worse=[unclear]))


@pytest.mark.parametrize(
    ("gain", "masks", "words"),
    [
        (
            (0.2, 0.1, 0.3),
            False,
            "The best defence, standard behind median, leaves an accuracy of 0.500 (0.450",
        ),
        ((0.05, -0.01, 0.1), False, "No defence is shown to be better than none"),
        ((-0.2, -0.3, -0.1), False, "No defence is shown to be better than none"),
        (
            (0.2, 0.1, 0.3),
            True,
            "masks its gradients, so its accuracy of 0.500 at 0.5 dB cannot be trusted",
        ),
        (None, False, "the undefended network was not attacked in the same way"),
    ],
)
def test_the_best_defence_is_praised_only_where_it_is_better_than_none(gain, masks, words):
    row = worst(0.5, 0.5, gain=gain, defence="median")
    text = headline(standing(best=row, best_masks=masks))
    assert words in text
    assert ("compared with no defence" in text) == (gain == (0.2, 0.1, 0.3) and not masks)


def test_the_waveform_is_said_in_snr():
    def sound(ratio, accuracy, **changes):
        changes = {"domain": "waveform", "budget": "snr", "attack": "loud"} | changes
        return measurement(ratio, accuracy, **changes)

    text = headline(standing(more=[sound(60, 0.8), sound(40, 0.3), sound(20, 0.0)]))
    assert re.search(r"On the waveform, loud lowers the accuracy from 0\.\d+ to 0\.300 with", text)
    assert "a change 40 dB quieter than the speech (SNR)" in text
    quiet = sound(0.001, 0.2, budget="eps", median_snr_db=52.4, attack="quiet")
    assert "quiet lowers the accuracy" in headline(standing(more=[sound(40, 0.3), quiet]))
    both = [sound(40, 0.3), sound(40, 0.1, attack="stronger")]
    assert "stronger lowers the accuracy" in headline(standing(more=both))
    safe = headline(standing(more=[sound(60, 0.9), sound(20, 0.8)]))
    assert "no attack of the study halves the accuracy down to an SNR of 20 dB" in safe
    assert "waveform" not in headline(standing())


def test_a_study_without_attacks_says_so_with_its_clean_accuracy():
    assert headline(standing(curve=())) == ""
    noise = measurement(20, 0.6, evaluation=None, attack=None)
    other = worst(0.5, 0.3) | {"recipe": "other"}
    text = headline(standing(curve=(), corruptions=[noise], worse=[other]))
    assert text.startswith("On clean recordings the accuracy is 0.9")
    assert "No attack was run" in text


ACCURACIES = st.one_of(st.just(np.nan), st.floats(0, 1))


@given(
    st.lists(ACCURACIES, min_size=1, max_size=4),
    ACCURACIES,
    st.integers(1, 5),
    st.dictionaries(st.sampled_from(["fgsm", "pgd"]), st.sampled_from(["failure", "no failure"])),
)
def test_any_table_gives_sentences_that_its_numbers_bear(accuracies, clean, seeds, verdicts):
    curve = [(0.25 * (number + 1), value) for number, value in enumerate(accuracies)]
    checks = [check(attack, verdict) for attack, verdict in verdicts.items()]
    text = headline(standing(curve=curve, clean=clean, seeds=seeds, checks=checks))
    above_chance = clean - 0.05 > 0.1
    broken = [eps for eps, value in curve if value < 0.5]
    if found := re.match(r"From an eps of (\S+) dB", text):
        assert float(found[1]) == min(broken) and clean >= 0.5
    if found := re.match(r"Up to an eps of (\S+) dB", text):
        assert not broken and float(found[1]) == max(e for e, v in curve if v == v)
    assert ("nothing can be said about robustness" in text) == (not above_chance)
    if above_chance and text:
        failed = [name for name, verdict in verdicts.items() if verdict == "failure"]
        assert all(name in text for name in failed)
        assert bool(re.search(r"fails? (a|\d+) check", text)) == bool(failed)
        assert ("not numbers" in text) == any(np.isnan(accuracies))
    if text:
        assert ("single seed" in text) == (seeds == 1)


def test_a_model_that_came_trained_has_no_seed():
    found = standing(seeds=1)
    tables = {
        key: getattr(found, key).assign(recipe="trained") for key in ("measurements", "robustness")
    }
    (text,) = compared({"a": replace(found, reference="trained", **tables)}).values()
    assert text.endswith("for this one model; another training of it may differ.")
    assert "seed" not in text
