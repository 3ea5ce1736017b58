"""A config becomes a checked one, or every mistake is listed."""

import copy

import pytest
import yaml
from snakemake.utils import update_config

from mishear.config.loading import load
from mishear.core.errors import UserError
from tests.unit.config.changes import CONFIG


@pytest.mark.parametrize("name", sorted(path.name for path in CONFIG.glob("*.yaml")))
def test_shipped_configs_are_valid(raw, name):
    on_top = yaml.safe_load((CONFIG / name).read_text())
    update_config(raw, on_top)
    if name == "own.yaml":  # the network is the user's
        labels = {"labels": ["no", "yes"], "weights": "my_model.safetensors"}
        raw["networks"]["mine"] = {"class": "my_model.Network", **labels}
    assert load(raw).study.name == {"config.yaml": "demo"}.get(name, name.removesuffix(".yaml"))


def test_the_example_of_a_study_is_valid(raw):
    readme = (CONFIG.parent / "docs" / "studies.md").read_text()
    example = yaml.safe_load(readme.split("```yaml")[1].split("```")[0])
    update_config(raw, example)
    assert load(raw).split.by == "speaker"


def test_the_default_grid_is_the_papers(raw):
    attacks = load(raw).attacks
    grid = [round(0.05 * step, 2) for step in range(1, 21)]
    assert attacks["fgsm"].eps == attacks["pgd-paper"].eps == grid
    assert attacks["pgd-paper"].params == {"abs_stepsize": 0.1, "steps": 5}
    assert attacks["cw"].params == {"stepsize": 0.01, "steps": 200, "binary_search_steps": 9}


def test_text_from_the_command_line_becomes_numbers(raw):
    raw["study"]["seeds"] = ["0", "1"]
    raw["corpora"]["espeak"]["speakers"] = "6"
    raw["recipes"]["standard"]["learning_rate"] = "1e-3"
    config = load(raw)
    assert config.study.seeds == [0, 1]
    assert config.corpora["espeak"].speakers == 6
    assert config.recipes["standard"].learning_rate == 0.001


def test_all_mistakes_are_listed_at_once(raw):
    broken = copy.deepcopy(raw)
    broken["attacks"]["fgsm"]["epz"] = 1
    broken["device"] = "gpu"
    with pytest.raises(UserError, match=r"2 mistakes:"):
        load(broken)


def test_aliases_within_themselves_and_too_many_brackets_are_refused_at_once(raw):
    itself: dict = {}
    itself["x"] = [itself]
    raw["study"]["name"] = itself
    with pytest.raises(UserError, match="nested more than 50 levels deep at study.name.x"):
        load(raw)
    brackets: list = []
    for _ in range(3000):
        brackets = [brackets]
    raw["study"]["name"] = brackets
    with pytest.raises(UserError, match="nested"):
        load(raw)


def test_aliases_of_aliases_are_refused_before_they_are_unfolded(raw):
    lots: list = ["x"] * 10
    for _ in range(10):
        lots = [lots] * 10
    raw["study"]["corpora"] = lots
    with pytest.raises(UserError, match="more than 1000000 values"):
        load(raw)


def test_long_values_are_shortened_in_messages(raw):
    raw["study"]["name"] = "a" * 100_000
    raw["study"]["seeds"] = list(range(5000))
    with pytest.raises(UserError, match=r"study\.name: 'aaaa.*at most 100 characters") as raised:
        load(raw)
    assert "study.seeds: [0, 1, 2" in str(raised.value)
    assert "at most 1000 items" in str(raised.value)
    assert len(str(raised.value)) < 1000


def test_a_list_of_very_many_repeated_names_is_refused_quickly(raw):
    raw["study"]["attacks"] = [f"a{number % 50_000}" for number in range(100_000)]
    with pytest.raises(UserError, match="given more than once"):
        load(raw)
