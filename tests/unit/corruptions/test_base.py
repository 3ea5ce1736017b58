"""What holds for every corruption, and the draw of other recordings."""

import numpy as np
import pytest

import mishear.corruptions
from mishear.corruptions import Babble, Corruption, PinkNoise, Voices, WhiteNoise
from tests.unit.corruptions.sounds import burst, context

CLASSES = [
    found
    for name in mishear.corruptions.__all__
    if issubclass(found := getattr(mishear.corruptions, name), Corruption)
    and found is not Corruption
]


@pytest.fixture(params=CLASSES, ids=lambda found: found.__name__)
def of_class(request):
    return request.param


def test_each_class_has_five_severities_that_it_accepts(of_class):
    assert len(set(of_class.severities)) == 5
    assert of_class.unit
    for level in of_class.severities:
        of_class(level=level)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_length_and_type_stay_and_the_clean_recording_is_left_alone(of_class, rate):
    clean = burst(rate)
    before = clean.copy()
    for level in (of_class.severities[0], of_class.severities[-1]):
        changed = of_class(level=level).corrupted(clean, context(rate=rate))
        assert changed.shape == clean.shape
        assert changed.dtype == np.float32
        assert np.isfinite(changed).all()
        assert not np.array_equal(changed, clean)
        assert np.array_equal(clean, before)


def test_the_same_recording_is_corrupted_alike_every_time(of_class):
    corruption = of_class(level=of_class.severities[2])
    first, again = (corruption.corrupted(burst(), context()) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("of_class", [WhiteNoise, PinkNoise, Babble])
def test_noise_depends_on_the_recording_and_the_seed(of_class):
    level = of_class.severities[2]
    noises = [
        of_class(level=level, seed=seed).corrupted(burst(), context(content)) - burst()
        for content, seed in (("a", 0), ("b", 0), ("a", 1))
    ]
    for one, other in ((0, 1), (0, 2)):
        assert abs(np.corrcoef(noises[one], noises[other])[0, 1]) < 0.5


class TestVoices:
    said = np.arange(5, dtype=np.float32)[:, None]

    def voices(self, contents):
        return Voices(np.array(contents), lambda rows: self.said[rows])

    def test_neither_the_recording_nor_its_copies_are_drawn(self):
        voices = self.voices(["a", "b", "a", "c", "d"])
        drawn = voices.others("a", 3, np.random.default_rng(0))
        assert sorted(drawn[:, 0].tolist()) == [1, 3, 4]

    def test_the_order_of_the_recordings_makes_no_difference(self):
        contents = ["e", "b", "d", "a", "c"]
        order = np.argsort(contents)
        backwards = Voices(np.array(contents)[order], lambda rows: self.said[order][rows])
        for seed in range(5):
            one, other = (
                voices.others("a", 2, np.random.default_rng(seed))
                for voices in (self.voices(contents), backwards)
            )
            assert np.array_equal(one, other)

    def test_few_recordings_are_drawn_repeatedly_and_none_is_an_error(self):
        drawn = self.voices(["a", "b"]).others("a", 3, np.random.default_rng(0))
        assert drawn[:, 0].tolist() == [1, 1, 1]
        with pytest.raises(ValueError, match="no other recording"):
            self.voices(["a", "a"]).others("a", 1, np.random.default_rng(0))
