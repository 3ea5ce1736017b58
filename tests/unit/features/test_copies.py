"""Groups of recordings that have audio in common are one, whatever they are called."""

from mishear.features.copies import joined


def test_groups_without_copies_stay_apart():
    assert joined(list("xyyx"), list("dbac")).tolist() == ["c", "a", "a", "c"]


def test_groups_that_share_audio_are_joined_also_over_a_third():
    groups, contents = list("xxyyzzw"), list("abbccde")
    assert joined(groups, contents).tolist() == ["a"] * 6 + ["e"]


def test_names_of_groups_change_nothing():
    contents = list("cabbd")
    assert joined(list("xxyzz"), contents).tolist() == joined(list("zzxyy"), contents).tolist()
