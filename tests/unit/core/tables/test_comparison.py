"""What a comparison of two studies holds."""

from mishear.core.tables.comparison import COMPARISON


def test_a_row_is_told_by_the_victim_and_what_it_met():
    assert COMPARISON.keys[:4] == ("corpus", "front_end", "network", "recipe")
    assert {"attack", "eps", "corruption", "severity", "quantity"} <= set(COMPARISON.keys)


def test_every_accuracy_has_its_interval():
    for name in ("accuracy_a", "accuracy_b", "difference"):
        assert {name, f"{name}_low", f"{name}_high"} <= set(COMPARISON.names)
