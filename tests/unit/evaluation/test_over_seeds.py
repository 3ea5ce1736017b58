"""Evaluations over the seeds: means, intervals over victims and recordings, and the spread."""

import numpy as np
import pytest

from mishear.core.errors import UserError
from mishear.core.statistics import (
    over_victims,
    over_victims_of,
    paired_difference,
    wilson_interval,
)
from mishear.core.tables.base import described
from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.over_seeds import ROBUSTNESS_OVER_SEEDS, SUMMARY_OVER_SEEDS
from mishear.core.tables.shared import CORRUPTION_KEYS
from mishear.evaluation.evaluated import read_evaluations
from mishear.evaluation.over_seeds import summarise_over_seeds, worst_cases_over_seeds
from mishear.evaluation.speakers import SpeakersOfTest
from tests.unit.conftest import PLACE, result_row

NOBODY = {PLACE["corpus"]: SpeakersOfTest({}, frozenset())}
REFERENCES = {PLACE["network"]: "standard"}
NAMES = [f"{number}.wav" for number in range(8)]
KEYS = dict.fromkeys(SUMMARY_OVER_SEEDS.names[: SUMMARY_OVER_SEEDS.names.index("n")])
KEYS |= PLACE | {"attack": "pgd", "evaluation": "adaptive", "gradient": "exact", "eps": 0.5}
KEYS |= {"domain": "spectrogram", "norm": "linf", "budget": "eps"}
KEYS |= dict.fromkeys(CORRUPTION_KEYS)


def rows(correct, names=NAMES, **changes):
    """Rows of an evaluation whose recordings are classified correctly after the attack or not."""
    return [
        result_row(name, adversarial="1" if each else "2", **changes)
        for name, each in zip(names, correct, strict=True)
    ]


@pytest.fixture
def written(tmp_path):
    """A function that writes evaluations: rows with the keys that differ."""

    def write(*evaluations):
        files = [tmp_path / f"{number}.csv" for number in range(len(evaluations))]
        for file, (found, _) in zip(files, evaluations, strict=True):
            RESULTS.write(found, file)
        keys = [KEYS | changes for _, changes in evaluations]
        return read_evaluations(described(keys, files))

    return write


def drawn(victims, seed=0):
    return np.random.default_rng(seed).random((victims, len(NAMES))) < 0.5


def test_victims_are_one_row_with_the_interval_over_both(written):
    correct = drawn(3)
    evaluations = [(rows(each), {"seed": seed}) for seed, each in enumerate(correct)]
    (row,) = summarise_over_seeds(written(*evaluations), NOBODY, REFERENCES, {})
    assert "seed" not in row
    assert (row["n"], row["seeds"], row["tried"]) == (8, 3, 8)
    assert (row["accuracy"], row["ci_low"], row["ci_high"]) == over_victims(correct)
    shares = correct.mean(1)
    assert row["accuracy_sd"] == pytest.approx(shares.std(ddof=1))
    assert (row["accuracy_lowest"], row["accuracy_highest"]) == (shares.min(), shares.max())
    assert row["clean_accuracy"] == 1
    assert row["attack_success_rate"] == pytest.approx(1 - correct.mean())
    assert row["saved_accuracy"] is row["saved_low"] is row["saved_accuracy_sd"] is None


def test_a_corruption_is_compared_with_itself_at_its_severity(written):
    correct = np.arange(8) < np.array([[8], [5], [6], [1]])
    places = [
        {"recipe": recipe, "severity": severity}
        for recipe in ("standard", "hardened")
        for severity in (1, 2)
    ]
    met = {"corruption": "hiss", "attack": None, "evaluation": None, "eps": None, "norm": None}
    given = [(rows(each), met | place) for each, place in zip(correct, places, strict=True)]
    *_, mild, harsh = summarise_over_seeds(written(*given), NOBODY, REFERENCES, {})
    assert mild["difference"] == pytest.approx(correct[2].mean() - correct[0].mean())
    assert harsh["difference"] == pytest.approx(correct[3].mean() - correct[1].mean())
    assert harsh["change"] == pytest.approx(correct[3].mean() - 1)


def test_the_loss_is_to_the_clean_reference(written):
    plain, filtered = drawn(2), drawn(2, seed=1)
    found = [(rows(each), {"seed": seed}) for seed, each in enumerate(plain)]
    found += [(rows(each), {"seed": s, "defence": "median"}) for s, each in enumerate(filtered)]
    noise = {"seed": 0, "attack": "noise", "evaluation": None}
    evaluations = written(*found, (rows(plain[0]), noise))
    *attacked, poisoned = summarise_over_seeds(evaluations, NOBODY, REFERENCES, {})
    for row, correct in zip(attacked, (plain, filtered), strict=True):
        expected = paired_difference(correct, np.ones_like(correct))
        assert (row["loss"], row["loss_low"], row["loss_high"]) == expected
    assert poisoned["loss"] is None


def test_the_row_of_one_seed_has_its_own_interval_and_no_deviation(written):
    (correct,) = drawn(1)
    (row,) = summarise_over_seeds(written((rows(correct), {"seed": 0})), NOBODY, REFERENCES, {})
    assert (row["ci_low"], row["ci_high"]) == wilson_interval(int(correct.sum()), 8)
    assert row["accuracy_sd"] is None
    assert row["accuracy_lowest"] == row["accuracy"] == row["accuracy_highest"]


def test_recordings_are_paired_by_their_names(written):
    correct = drawn(2)
    backwards = rows(correct[1][::-1], NAMES[::-1])
    evaluations = written((rows(correct[0]), {"seed": 0}), (backwards, {"seed": 1}))
    (row,) = summarise_over_seeds(evaluations, NOBODY, REFERENCES, {})
    assert (row["accuracy"], row["ci_low"], row["ci_high"]) == over_victims(correct)
    (worst,) = worst_cases_over_seeds(evaluations, NOBODY, REFERENCES, {})
    found = tuple(worst[f"worst_{value}"] for value in ("accuracy", "low", "high"))
    assert found == over_victims(correct)


def test_success_is_among_the_recordings_that_each_victim_classified_correctly(written):
    first = rows([True, False] * 4)
    second = rows([False] * 8)
    for row in second[:4]:
        row |= {"clean_prediction": "2", "success": None}
    (row,) = summarise_over_seeds(
        written((first, {"seed": 0}), (second, {"seed": 1})), NOBODY, REFERENCES, {}
    )
    tried = np.array([[True] * 8, [False] * 4 + [True] * 4])
    hits = np.array([[False, True] * 4, [False] * 4 + [True] * 4])
    found = (row["attack_success_rate"], row["success_low"], row["success_high"])
    assert found == over_victims_of(hits, tried)
    assert (row["attack_success_rate_lowest"], row["attack_success_rate_highest"]) == (0.5, 1)
    assert row["tried"] == 6


def test_what_was_saved_has_an_accuracy_of_its_own(written):
    evaluations = [
        (
            rows([True] * 8, saved_prediction=predicted, rejected="x", **ratios),
            {"seed": seed},
        )
        for seed, (predicted, ratios) in enumerate(
            zip(
                ("1", "2"),
                ({"snr_db": 20.0, "si_sdr_db": 26.0}, {"snr_db": 21.0, "si_sdr_db": 27.0}),
                strict=True,
            )
        )
    ]
    (row,) = summarise_over_seeds(written(*evaluations), NOBODY, REFERENCES, {})
    assert (row["saved_accuracy"], row["saved_accuracy_lowest"]) == (0.5, 0)
    assert (row["median_snr_db"], row["median_si_sdr_db"]) == (20.5, 26.5)
    assert row["rejected"] == 16
    assert row["median_l2"] is None


def test_rows_fit_their_tables(written, tmp_path):
    evaluations = written(
        (rows(drawn(1)[0]), {"seed": 0}), (rows(drawn(1)[0]), {"seed": 0, "attack": "fgsm"})
    )
    for table, made, count in (
        (SUMMARY_OVER_SEEDS, summarise_over_seeds, 2),
        (ROBUSTNESS_OVER_SEEDS, worst_cases_over_seeds, 1),
    ):
        table.write(made(evaluations, NOBODY, REFERENCES, {}), tmp_path / "table.csv")
        assert len(table.read(tmp_path / "table.csv")) == count


def test_the_worst_case_is_of_each_victim_before_it_is_of_all(written):
    pgd, fgsm = drawn(2), drawn(2, seed=1)
    evaluations = [
        (rows(each), {"seed": seed, "attack": attack})
        for attack, found in (("pgd", pgd), ("fgsm", fgsm))
        for seed, each in enumerate(found)
    ]
    noise = (rows(drawn(1)[0]), {"seed": 0, "attack": "noise", "evaluation": None})
    (row,) = worst_cases_over_seeds(written(*evaluations, noise), NOBODY, REFERENCES, {})
    found = tuple(row[f"worst_{value}"] for value in ("accuracy", "low", "high"))
    assert found == over_victims(pgd & fgsm)
    shares = (pgd & fgsm).mean(1)
    assert row["worst_accuracy_sd"] == pytest.approx(shares.std(ddof=1))
    assert row["transfer_accuracy"] is row["transfer_low"] is row["transfer_accuracy_sd"] is None
    assert row["attacks"] == "pgd fgsm"
    assert row["strongest"] == ("pgd" if pgd.sum() <= fgsm.sum() else "fgsm")


def test_recipes_and_defences_are_compared_with_the_undefended_reference(written):
    plain, hardened, filtered, transferred = (drawn(2, seed) for seed in range(4))
    victims = [
        (plain, {}),
        (hardened, {"recipe": "hardened"}),
        (filtered, {"defence": "median"}),
        (transferred, {"defence": "median", "evaluation": "transfer", "source": "standard"}),
        (plain, {"recipe": "hardened", "eps": 1.0}),
    ]
    evaluations = written(
        *(
            (rows(found[seed]), changes | {"seed": seed})
            for found, changes in victims
            for seed in (1, 0)
        )
    )

    def differences(table):
        return [
            tuple(row[f"difference{limit}"] for limit in ("", "_low", "_high")) for row in table
        ]

    nothing = (None, None, None)
    assert differences(summarise_over_seeds(evaluations, NOBODY, REFERENCES, {})) == [
        nothing,
        *(paired_difference(found, plain) for found in (hardened, filtered, transferred)),
        nothing,
    ]
    assert differences(worst_cases_over_seeds(evaluations, NOBODY, REFERENCES, {})) == [
        nothing,
        paired_difference(hardened, plain),
        nothing,
        paired_difference(filtered & transferred, plain),
    ]
    assert set(differences(summarise_over_seeds(evaluations, NOBODY, {}, {}))) == {nothing}


def test_the_reference_of_another_network_is_a_recipe_like_the_others(written):
    plain, hardened, noisy = (drawn(2, seed) for seed in range(3))
    victims = [(plain, "standard"), (hardened, "hardened"), (noisy, "noisy")]
    evaluations = written(
        *(
            (rows(found[seed]), {"recipe": recipe, "seed": seed})
            for found, recipe in victims
            for seed in (0, 1)
        )
    )
    references = REFERENCES | {"another": "hardened"}
    expected = [None, *(paired_difference(found, plain)[0] for found in (hardened, noisy))]
    for table in (summarise_over_seeds, worst_cases_over_seeds):
        found = table(evaluations, NOBODY, references, {})
        assert [row["difference"] for row in found] == expected


def test_a_training_is_compared_with_its_counterpart_under_the_same_attack(written):
    own, other, elsewhere = (drawn(2, seed) for seed in range(3))
    places = [
        (own, {"recipe": "ours"}),
        (other, {"recipe": "theirs"}),
        (elsewhere, {"recipe": "ours", "attack": "fgsm"}),
        (elsewhere, {"recipe": "theirs", "attack": "cw"}),
        (elsewhere, {"recipe": "ours", "defence": "median"}),
    ]
    evaluations = written(
        *((rows(found[seed]), keys | {"seed": seed}) for found, keys in places for seed in (1, 0))
    )
    nothing, compared = (None, None, None), paired_difference(other, own)

    def gains(made):
        table = made(evaluations, NOBODY, {}, {"theirs": "ours"})
        columns = ("counterpart", "gain", "gain_low", "gain_high")
        return [tuple(row[column] for column in columns) for row in table]

    alone = (None, *nothing)
    assert gains(summarise_over_seeds) == [alone, ("ours", *compared), alone, alone, alone]
    worst = paired_difference(other & elsewhere, own & elsewhere)
    assert gains(worst_cases_over_seeds) == [alone, ("ours", *worst), alone]


@pytest.mark.parametrize("made", [summarise_over_seeds, worst_cases_over_seeds])
def test_victims_tested_on_different_recordings_are_an_error(made, written):
    others = [f"other{number}.wav" for number in range(8)]
    evaluations = written((rows([True] * 8), {"seed": 0}), (rows([True] * 8, others), {"seed": 1}))
    with pytest.raises(UserError, match="recipe standard were not all tested on the same"):
        list(made(evaluations, NOBODY, REFERENCES, {}))


def spoken(trained_on=()):
    """The recordings are those of two speakers, a and b."""
    of_recording = {name: "ab"[number % 2] for number, name in enumerate(NAMES)}
    return {PLACE["corpus"]: SpeakersOfTest(of_recording, frozenset(trained_on))}


def test_speakers_that_no_victim_was_trained_on_are_resampled(written):
    correct = drawn(3)
    evaluations = written(*((rows(each), {"seed": seed}) for seed, each in enumerate(correct)))
    wide = over_victims(correct, np.array(list("abababab")))
    assert wide != over_victims(correct)
    for speakers, expected in ((spoken(), wide), (spoken("a"), over_victims(correct))):
        (row,) = summarise_over_seeds(evaluations, speakers, REFERENCES, {})
        assert (row["accuracy"], row["ci_low"], row["ci_high"]) == expected
        (row,) = worst_cases_over_seeds(evaluations, speakers, REFERENCES, {})
        assert (row["worst_accuracy"], row["worst_low"], row["worst_high"]) == expected


def test_differences_resample_speakers_too(written):
    first, second = drawn(2), drawn(2, seed=1)
    places = [(first, {}), (second, {"recipe": "other"})]
    evaluations = written(
        *((rows(found[seed]), {"seed": seed} | keys) for found, keys in places for seed in (0, 1))
    )
    expected = paired_difference(second, first, np.array(list("abababab")))
    *_, row = summarise_over_seeds(evaluations, spoken(), REFERENCES, {})
    found = tuple(row[f"difference{end}"] for end in ("", "_low", "_high"))
    assert found == expected


def test_folds_of_a_seed_are_pooled(written):
    correct = drawn(2)
    evaluations = [
        (rows(correct[seed, part], NAMES[part]), {"seed": seed, "fold": fold, "attack": attack})
        for attack in ("pgd", "fgsm")
        for fold, part in enumerate((slice(0, 3), slice(3, 8)))
        for seed in (1, 0)
    ]
    found = list(summarise_over_seeds(written(*evaluations), NOBODY, REFERENCES, {}))
    assert [row["attack"] for row in found] == ["pgd", "fgsm"]
    for row in found:
        assert "fold" not in row
        assert (row["n"], row["seeds"]) == (8, 2)
        assert (row["accuracy"], row["ci_low"], row["ci_high"]) == over_victims(correct)
    (worst,) = worst_cases_over_seeds(written(*evaluations), NOBODY, REFERENCES, {})
    assert (worst["n"], worst["seeds"]) == (8, 2)
    assert (worst["worst_accuracy"], worst["worst_low"]) == over_victims(correct)[:2]
