"""What the tables of transfer hold."""

from mishear.core.tables.transfer import RELATIONS, TRANSFER, TRANSFERRED


def test_a_row_is_told_by_source_and_target():
    sides = {f"{which}_{part}" for which in ("source", "target") for part in PARTS}
    assert sides < set(TRANSFER.keys)
    assert {"source_seed", "eps", "recording"} < set(TRANSFERRED.keys)


PARTS = ("front_end", "network", "recipe")


def test_every_relation_is_explained():
    text = next(column.text for column in TRANSFER.columns if column.name == "relation")
    assert all(f"`{name}`" in text for name in RELATIONS)
