"""What the tables of `mishear.core.tables.listening` hold."""

from mishear.core.tables import listening


def test_the_keys_of_sounds_are_those_of_the_plan():
    from mishear.study.sounds import Sound

    told = next(each.text for each in listening.SOUND if each.name == "kind")
    for kind in ("clean", "round-trip", "poisoned", "waveform", "inverted"):
        assert f"`{kind}`" in told
    assert Sound("digits", "mel", "clean").kind in told
