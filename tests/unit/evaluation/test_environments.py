"""What victims and evaluations were computed with is counted, and mixtures are named."""

import pytest

from mishear.core.tables.base import Described
from mishear.core.tables.checks import CHECK_RUNS
from mishear.core.tables.corruptions import CORRUPTED
from mishear.core.tables.environments import ENVIRONMENTS
from mishear.core.tables.evaluation import RESULTS
from mishear.core.tables.shared import computed
from mishear.core.tables.training import HISTORY
from mishear.evaluation.environments import environments, mixture, recorded_values
from tests.unit.conftest import MACHINE, SETTING, result_row

OTHER = {"cpu": "Other CPU", "cpu_capability": "AVX512"}
EPOCH = dict.fromkeys(HISTORY.names, 0.5) | {"epoch": 1} | MACHINE
CHECKS = computed(CHECK_RUNS)
TABLES = {"victims": HISTORY, "evaluations": RESULTS}
RUN = dict.fromkeys(CHECKS.names, 1) | MACHINE
ROWS = {"victims": EPOCH, "evaluations": result_row(), "checks": RUN}


@pytest.fixture
def table_of(tmp_path):
    """The table of some evaluations and victims, each given by the changes of its rows."""

    def written(evaluations, victims, **others):
        kinds = {"victims": victims, "evaluations": evaluations, **others}
        files = []
        for kind, results in kinds.items():
            for number, each in enumerate(results):
                file = tmp_path / f"{kind}{number}.csv"
                TABLES.get(kind, CHECKS).write([ROWS[kind] | changes for changes in each], file)
                files.append(Described(SETTING | {"kind": kind}, file))
        ENVIRONMENTS.write(environments(files), tmp_path / "environments.csv")
        return ENVIRONMENTS.frame(tmp_path / "environments.csv")

    return written


def test_equal_environments_are_one_row_each_and_no_mixture(table_of):
    table = table_of([[{}], [{}, {}]], [[{}], [{}], [{}]])
    assert dict(zip(table["kind"], table["count"], strict=True)) == {
        "victims": 3,
        "evaluations": 2,
    }
    assert mixture(table) == ""
    assert recorded_values(table) == {
        "CPU": ["Some CPU"],
        "device": ["cpu"],
        "CPU instruction set": ["AVX2"],
        "number of threads": ["1"],
        "versions of libraries": ["torch 2.11.0, numpy 2.4.1"],
    }


def test_results_without_rows_are_not_counted(table_of):
    table = table_of([[{}]], [[{}]], checks=[[], [{}]])
    assert dict(zip(table["kind"], table["count"], strict=True))["checks"] == 1


def test_victims_of_two_instruction_sets_are_a_mixture(table_of):
    table = table_of([[{}]], [[{}], [{}], [OTHER]])
    assert mixture(table) == "victims by CPU instruction set: AVX2 (2), AVX512 (1)"


def test_another_model_of_the_same_instruction_set_is_none(table_of):
    table = table_of([[{}], [{"cpu": "Other CPU"}]], [[{}]])
    assert mixture(table) == ""
    assert recorded_values(table)["CPU"] == ["Other CPU", "Some CPU"]


def test_a_training_resumed_elsewhere_is_a_mixture_by_itself(table_of):
    table = table_of([[{}]], [[{}, OTHER]])
    assert mixture(table) == "victims by CPU instruction set: AVX2 / AVX512 (1)"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"device": "cuda", "gpu": "H200"}, "device: cpu (1), cuda (1); evaluations by GPU"),
        ({"threads": 4}, "number of threads: 1 (1), 4 (1)"),
        ({"libraries": "torch 2.12.0"}, "versions of libraries: torch 2.11.0, numpy 2.4.1 (1)"),
    ],
)
def test_evaluations_of_another_device_threads_or_versions_are_a_mixture(table_of, changes, said):
    assert f"evaluations by {said}" in mixture(table_of([[{}], [changes]], [[{}]]))


def test_checks_with_another_library_are_named_with_both_versions(table_of):
    table = table_of([[{}]], [[{}]], checks=[[{}], [{"libraries": "torch 2.12.0"}]])
    said = "checks by versions of libraries: torch 2.11.0, numpy 2.4.1 (1), torch 2.12.0 (1)"
    assert mixture(table) == said
    assert recorded_values(table)["versions of libraries"] == [
        "torch 2.11.0, numpy 2.4.1",
        "torch 2.12.0",
    ]


def test_each_severity_of_a_corruption_is_an_evaluation(tmp_path):
    file = tmp_path / "corrupted.csv"
    row = dict.fromkeys(CORRUPTED.names, 1) | MACHINE
    CORRUPTED.write([row | {"severity": severity} for severity in (1, 1, 2)], file)
    keys = SETTING | {"kind": "evaluations"}
    (row,) = environments([], [Described(keys, file)])
    assert row["count"] == 2


LIBRARIES = MACHINE["libraries"]


def test_libraries_of_some_results_alone_are_no_mixture(table_of):
    mine = {"libraries": f"{LIBRARIES}, mine 1.0"}
    table = table_of([[{}], [mine], [mine]], [[{}]])
    assert set(table["libraries"]) == {f"{LIBRARIES}, mine 1.0"}
    assert (mixture(table), len(table)) == ("", 2)


def test_two_versions_of_such_a_library_are_a_mixture(table_of):
    one, other = (f"{LIBRARIES}, mine {number}" for number in (1, 2))
    table = table_of([[{"libraries": one}], [{"libraries": other}]], [[{}]])
    assert mixture(table) == f"evaluations by versions of libraries: {one} (1), {other} (1)"


def test_a_result_of_two_versions_stays_one(table_of):
    table = table_of([[{}, {"libraries": "torch 2.10.0, numpy 2.4.1"}]], [[{}]])
    assert "torch 2.10.0, numpy 2.4.1 / torch 2.11.0, numpy 2.4.1 (1)" in mixture(table)
