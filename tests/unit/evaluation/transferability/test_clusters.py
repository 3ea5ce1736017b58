"""The matrix of transfer, and which victims group together."""

import numpy as np
import pandas as pd
import pytest

from mishear.evaluation.transferability.clusters import clustered, matrices, transfer_matrix

NAMES = ["mel/a/s", "mel/b/s", "wave/c/s", "wave/d/s"]


def row(source, target, rate, relation="", eps=20.0):
    """A row of ``transfer.csv``, as far as the matrix needs it."""
    found = {"corpus": "digits", "attack": "pgd", "budget": "snr", "eps": eps}
    for which, name in (("source", source), ("target", target)):
        parts = name.split("/")
        found |= {f"{which}_{key}": part for key, part in zip(KEYS, parts, strict=True)}
    found["relation"] = relation or ("itself" if source == target else "victims")
    low, high = max(rate - 0.1, 0), min(rate + 0.1, 1)
    return found | {"success_rate": rate, "success_low": low, "success_high": high}


KEYS = ("front_end", "network", "recipe")


def table(rates, names=NAMES, targets=None):
    return pd.DataFrame(
        [
            row(source, target, rates(source, target))
            for source in names
            for target in targets or names
        ]
    )


def by_front_end(source, target):
    return 0.9 if source[:3] == target[:3] else 0.1


def test_victims_that_mislead_each_other_are_a_group():
    matrix = transfer_matrix(table(by_front_end, [NAMES[place] for place in (0, 2, 1, 3)]))
    assert sorted(sorted(group) for group in matrix.groups) == [NAMES[:2], NAMES[2:]]
    assert abs(matrix.targets.index(NAMES[0]) - matrix.targets.index(NAMES[1])) == 1
    assert list(matrix.sources) == list(matrix.targets)


def test_victims_that_do_not_are_in_none():
    matrix = transfer_matrix(table(lambda source, target: 1.0 if source == target else 0.5))
    assert matrix.groups == []


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize(("back", "grouped"), [(0.1, True), (0.0, False)])
def test_one_direction_alone_counts_half(first, back, grouped):
    names = NAMES[:3]
    rates = {(names[first], names[1 - first]): 1.0, (names[1 - first], names[first]): back}
    matrix = transfer_matrix(table(lambda *pair: rates.get(pair, 0.0), names))
    assert [sorted(group) for group in matrix.groups] == ([names[:2]] if grouped else [])


@pytest.mark.parametrize("names", [NAMES[:1], NAMES[:2]])
def test_of_fewer_than_three_nothing_is_said(names):
    matrix = transfer_matrix(table(lambda *_: 1.0, names))
    assert matrix.groups == []
    assert list(matrix.targets) == names


def test_targets_that_are_no_sources_follow():
    matrix = transfer_matrix(table(by_front_end, NAMES[:1], NAMES))
    assert list(matrix.sources) == NAMES[:1]
    assert list(matrix.targets) == NAMES
    assert matrix.groups == []


def test_a_cell_is_the_row_of_its_pair():
    rows = table(by_front_end)
    rows = pd.concat([rows, pd.DataFrame([row(NAMES[0], NAMES[0], 0.4, "seeds")])])
    matrix = transfer_matrix(rows)
    assert matrix.between_seeds
    assert matrix.cell(NAMES[0], NAMES[0]).success_rate == 0.9
    assert matrix.other_seed(NAMES[0]).success_rate == 0.4
    assert matrix.other_seed(NAMES[1]) is None
    assert matrix.cell(NAMES[0], NAMES[2]).success_rate == 0.1


def test_a_rate_that_was_not_measured_is_no_cell():
    rows = table(lambda source, target: np.nan if target == NAMES[1] else 0.9)
    matrix = transfer_matrix(rows)
    assert matrix.cell(NAMES[0], NAMES[1]) is None
    assert not matrix.between_seeds


def test_each_attack_and_eps_has_a_matrix():
    rows = pd.DataFrame([row(NAMES[0], NAMES[1], 0.5, eps=eps) for eps in (20.0, 10.0)])
    assert [first.eps for first, _ in matrices(rows)] == [20.0, 10.0]


def test_the_distance_is_that_between_averages():
    similarity = np.array([[1, 0.9, 0.4], [0.9, 1, 0.5], [0.4, 0.5, 1]])
    order, groups = clustered(similarity, ["a", "b", "c"])
    assert sorted(groups[0]) == ["a", "b"] and len(groups) == 1
    assert order.index("b") == 1
