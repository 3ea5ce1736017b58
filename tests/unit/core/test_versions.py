"""Texts with versions of libraries are united unless they contradict each other."""

from mishear.core.versions import united, versions_in

FEW, MORE, OTHER = "torch 2.11.0, numpy 2.4.1", "torch 2.11.0, mine 1.0 (abc)", "torch 2.10.0"


def test_versions_are_told_by_name():
    assert versions_in(MORE) == {"torch": "2.11.0", "mine": "1.0 (abc)"}
    assert versions_in("") == {}


def test_what_agrees_is_united_in_any_order():
    whole = "torch 2.11.0, numpy 2.4.1, mine 1.0 (abc)"
    assert united([FEW, MORE, FEW]) == {FEW: whole, MORE: whole}
    assert set(map(len, united([MORE, FEW]).values())) == {len(whole)}


def test_another_version_stays_apart():
    assert united([FEW, OTHER]) == {FEW: FEW, OTHER: OTHER}
