"""Defences keep the form of spectrograms, and an attacker's gradient is what each states it is."""

import inspect

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch import nn

from mishear.attacks.judging import ROUNDING
from mishear.config.schema import Certificate
from mishear.core.errors import UserError
from mishear.defences import base as defences
from mishear.defences.base import (
    AverageSmoothing,
    Defence,
    DefendedVictim,
    FeatureSqueezing,
    JpegCompression,
    MedianSmoothing,
    RandomisedSmoothing,
    TotalVariation,
    build_defences,
    check_defence,
    statement,
    votes,
)
from mishear.training.networks import PaperCNN

LOW, HIGH = BOUNDS = (-70.0, 30.0)
SLACK = 4 * ROUNDING * (HIGH - LOW)
SHAPE = (2, 1, 8, 8)
DECIBELS = st.floats(LOW, HIGH, width=32)
BATCHES = arrays(np.float32, SHAPE, elements=DECIBELS).map(torch.from_numpy)
SIZES = st.sampled_from([3, 5, 7])

DEFENCES = {
    MedianSmoothing: st.builds(MedianSmoothing, st.just(BOUNDS), SIZES),
    AverageSmoothing: st.builds(AverageSmoothing, st.just(BOUNDS), SIZES),
    FeatureSqueezing: st.builds(FeatureSqueezing, st.just(BOUNDS), st.integers(1, 8)),
    JpegCompression: st.builds(JpegCompression, st.just(BOUNDS), st.integers(1, 95)),
    TotalVariation: st.builds(
        TotalVariation, st.just(BOUNDS), st.floats(0.1, 20), st.integers(1, 20)
    ),
    RandomisedSmoothing: st.builds(RandomisedSmoothing, st.just(BOUNDS), st.floats(0.1, 20)),
}
ANY = st.one_of(*DEFENCES.values())
UNRANDOM = st.one_of(*(DEFENCES[each] for each in DEFENCES if each is not RandomisedSmoothing))
SMOOTHERS = st.one_of(DEFENCES[MedianSmoothing], DEFENCES[AverageSmoothing])


class Folded(Defence):
    """A defence without a gradient whose substitute is not the identity."""

    gradient = "bpda"
    stand_in = "a sine"

    def transform(self, spectrograms):
        return 10 * torch.sin(spectrograms / 10).sign()

    def substitute(self, spectrograms):
        return 10 * torch.sin(spectrograms / 10)


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def victim():
    torch.manual_seed(0)
    return PaperCNN(classes=4).eval().requires_grad_(False)


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(0)
    return LOW + (HIGH - LOW) * torch.rand(6, 1, 16, 16, generator=generator)


def variation(spectrograms):
    down, right = (spectrograms.double().diff(dim=axis) for axis in (-2, -1))
    down, right = nn.functional.pad(down, [0, 0, 0, 1]), nn.functional.pad(right, [0, 1])
    return (down.square() + right.square()).sqrt().sum((1, 2, 3))


def test_every_defence_is_tested():
    found = {
        each
        for _, each in inspect.getmembers(defences, inspect.isclass)
        if issubclass(each, Defence) and each is not Defence
    }
    assert found == set(DEFENCES)


@given(ANY, BATCHES)
@settings(max_examples=100)
def test_what_comes_out_is_a_spectrogram(defence, spectrograms):
    before = spectrograms.clone()
    heard = defence(spectrograms)
    assert torch.equal(spectrograms, before)
    assert heard.shape == spectrograms.shape
    assert heard.dtype == torch.float32
    assert heard.isfinite().all()
    assert not heard.requires_grad


@given(st.one_of(SMOOTHERS, DEFENCES[FeatureSqueezing], DEFENCES[JpegCompression]), BATCHES)
@settings(max_examples=100)
def test_nothing_leaves_the_bounds(defence, spectrograms):
    heard = defence(spectrograms)
    assert heard.min() >= LOW - SLACK
    assert heard.max() <= HIGH + SLACK


@given(st.one_of(SMOOTHERS, DEFENCES[TotalVariation]), DECIBELS)
@settings(max_examples=50)
def test_silence_of_one_level_is_left_as_it_is(defence, level):
    spectrograms = torch.full(SHAPE, level)
    assert (defence(spectrograms) - spectrograms).abs().max() <= SLACK


@given(SMOOTHERS, BATCHES)
@settings(max_examples=50)
def test_smoothing_stays_within_its_square(defence, spectrograms):
    reach = defence.size // 2
    padded = nn.functional.pad(spectrograms, [reach] * 4, mode="reflect")
    highest = nn.functional.max_pool2d(padded, defence.size, stride=1)
    lowest = -nn.functional.max_pool2d(-padded, defence.size, stride=1)
    heard = defence(spectrograms)
    assert (heard <= highest + SLACK).all()
    assert (heard >= lowest - SLACK).all()


@given(BATCHES, SIZES)
@settings(max_examples=25)
def test_median_and_average_are_those_of_scipy(spectrograms, size):
    from scipy import ndimage

    images = spectrograms[:, 0].numpy()
    for defence, their in (
        (MedianSmoothing, ndimage.median_filter),
        (AverageSmoothing, ndimage.uniform_filter),
    ):
        expected = np.stack([their(image, size, mode="mirror") for image in images])
        assert np.allclose(defence(BOUNDS, size)(spectrograms)[:, 0], expected, atol=1e-4)


@given(
    st.integers(1, 16),
    arrays(np.float32, SHAPE, elements=st.floats(LOW - 40, HIGH + 40, width=32)),
)
@settings(max_examples=50)
def test_squeezing_leaves_few_levels_and_moves_a_point_by_half_a_step(bits, values):
    defence = FeatureSqueezing(BOUNDS, bits)
    spectrograms = torch.from_numpy(values)
    heard = defence(spectrograms)
    assert len(heard.unique()) <= 2**bits
    half = (HIGH - LOW) / (2**bits - 1) / 2
    assert (heard - spectrograms.clamp(LOW, HIGH)).abs().max() <= half + SLACK
    assert (defence(heard) - heard).abs().max() <= SLACK


@given(BATCHES, st.integers(1, 95))
@settings(max_examples=50)
def test_jpeg_moves_points_by_no_more_than_its_table_rounds(spectrograms, quality):
    """The transform is orthogonal, so errors of coefficients are those of points."""
    import io

    from PIL import Image

    with io.BytesIO() as file:
        Image.new("L", (8, 8)).save(file, format="JPEG", quality=quality)
        table = np.array(Image.open(file).quantization[0])
    heard = JpegCompression(BOUNDS, quality)(spectrograms)
    moved = (heard - spectrograms).square().mean((1, 2, 3)).sqrt() / ((HIGH - LOW) / 255)
    # Half a step in each coefficient, and half a grey level on the way there and back.
    assert moved.max() <= np.sqrt((np.square(table / 2)).mean()) + 1.5


def test_jpeg_of_high_quality_moves_little(batch):
    smooth = AverageSmoothing(BOUNDS, 7)(batch)
    moved = {
        quality: (JpegCompression(BOUNDS, quality)(smooth) - smooth).abs().mean().item()
        for quality in (10, 95)
    }
    assert moved[95] < 0.5 < moved[10]


@given(DEFENCES[TotalVariation], BATCHES)
@settings(max_examples=50)
def test_total_variation_is_lowered(defence, spectrograms):
    heard = defence(spectrograms)
    assert (variation(heard) <= variation(spectrograms) + SLACK * heard[0].numel()).all()


def test_total_variation_reaches_the_minimum(batch):
    """Against gradient descent on what it minimises."""
    weight, spectrograms = 3.0, batch[:1, :, :8, :8].double()
    heard = TotalVariation(BOUNDS, weight, iterations=400)(spectrograms)
    found = spectrograms.clone().requires_grad_()

    def cost(values):
        down, right = (values.diff(dim=axis) for axis in (-2, -1))
        down, right = nn.functional.pad(down, [0, 0, 0, 1]), nn.functional.pad(right, [0, 1])
        length = (down.square() + right.square() + 1e-6).sqrt().sum()
        return (values - spectrograms).square().sum() / 2 + weight * length

    optimiser = torch.optim.LBFGS([found], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = cost(found)
        loss.backward()
        return loss

    optimiser.step(closure)
    assert cost(heard) <= cost(found) * 1.001


def test_more_weight_is_smoother(batch):
    smoothed = [variation(TotalVariation(BOUNDS, weight)(batch)).mean() for weight in (1, 5, 20)]
    assert smoothed == sorted(smoothed, reverse=True)
    assert smoothed[-1] < smoothed[0] < variation(batch).mean()


@pytest.mark.parametrize(
    "defence",
    [
        MedianSmoothing(BOUNDS),
        AverageSmoothing(BOUNDS, 5),
        TotalVariation(BOUNDS, 3.0, iterations=10),
    ],
    ids=lambda defence: type(defence).__name__,
)
def test_an_exact_gradient_is_that_of_finite_differences(defence):
    assert defence.gradient == "exact"
    generator = torch.Generator().manual_seed(1)
    inputs = (30 * torch.randn(1, 1, 6, 5, generator=generator)).double().requires_grad_()
    assert torch.autograd.gradcheck(defence, inputs, eps=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "defence",
    [FeatureSqueezing(BOUNDS, 4), JpegCompression(BOUNDS, 50), Folded(BOUNDS)],
    ids=lambda defence: type(defence).__name__,
)
def test_a_substitutes_gradient_goes_with_the_true_value(defence, batch):
    assert defence.gradient == "bpda"
    assert defence.stand_in
    weights = torch.randn(batch.shape, generator=torch.Generator().manual_seed(2))
    one, other = batch.clone().requires_grad_(), batch.clone().requires_grad_()
    (defence(one) * weights).sum().backward()
    (defence.substitute(other) * weights).sum().backward()
    assert torch.equal(one.grad, other.grad)
    assert other.grad.abs().max() > 0
    true = torch.autograd.functional.jvp(defence.transform, batch, weights)[1]
    assert true.abs().max() == 0, "it has a gradient of its own: nothing need stand in"


@given(UNRANDOM, BATCHES)
@settings(max_examples=50)
def test_asking_for_a_gradient_does_not_change_what_is_heard(defence, spectrograms):
    with torch.no_grad():
        expected = defence(spectrograms)
    heard = defence(spectrograms.clone().requires_grad_())
    assert (heard - expected).abs().max() <= SLACK


def test_noise_has_the_standard_deviation_asked_for():
    torch.manual_seed(0)
    silence = torch.zeros(50, 1, 32, 32)
    noise = RandomisedSmoothing(BOUNDS, sigma=3)(silence)
    assert noise.std().item() == pytest.approx(3, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.05)


def random_victim(victim, **params):
    return DefendedVictim(victim, [RandomisedSmoothing(BOUNDS, **{"sigma": 20, **params})])


def test_a_random_prediction_is_the_seeds(victim, batch):
    defended = random_victim(victim, votes=3)
    many = batch.repeat(20, 1, 1, 1)
    one, again, other = (defended.predict(many, seed) for seed in (5, 5, 6))
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_a_prediction_leaves_torchs_random_state_alone(victim, seed):
    spectrograms = torch.zeros(2, 1, 16, 16)
    torch.manual_seed(11)
    before = torch.get_rng_state()
    random_victim(victim, votes=2).predict(spectrograms, seed)
    assert torch.equal(torch.get_rng_state(), before)


def test_votes_are_counted(victim, batch):
    torch.manual_seed(3)
    model = nn.Sequential(RandomisedSmoothing(BOUNDS, 20), victim)
    with torch.no_grad():
        counted = votes(model, batch, 25)
        torch.manual_seed(3)
        heard = torch.stack([model(batch).argmax(1) for _ in range(25)])
    assert counted.dtype == torch.int64
    assert (counted.sum(1) == 25).all()
    for recording in range(len(batch)):
        assert torch.equal(counted[recording], heard[:, recording].bincount(minlength=4))


def test_a_prediction_is_the_majority(victim, batch):
    defended = random_victim(victim, votes=25)
    torch.manual_seed(9)
    with torch.no_grad():
        counted = votes(defended.behind, batch, 25)
    assert torch.equal(defended.predict(batch, seed=9), counted.argmax(1))


def test_an_attacker_of_a_random_defence_sees_the_mean_of_its_draws(victim, batch):
    """Up to a constant, which changes neither a prediction nor a gradient."""
    defended = random_victim(victim, gradient_samples=5)
    torch.manual_seed(4)
    inputs = batch.clone().requires_grad_()
    logits = defended(inputs)
    logits.log_softmax(1)[:, 1].sum().backward()
    torch.manual_seed(4)
    again = batch.clone().requires_grad_()
    mean = torch.stack([defended.behind(again).softmax(1) for _ in range(5)]).mean(0)
    mean.log()[:, 1].sum().backward()
    difference = logits - mean.log()
    assert torch.allclose(difference, difference[:, :1].expand_as(difference), atol=1e-4)
    assert torch.allclose(inputs.grad, again.grad, rtol=1e-3, atol=1e-7)


def test_without_defences_the_victim_is_itself(victim, batch):
    defended = DefendedVictim(victim)
    assert torch.equal(defended(batch), victim(batch))
    assert torch.equal(defended.predict(batch, seed=0), victim(batch).argmax(1))


def test_a_chain_is_applied_in_its_order(victim, batch):
    average, squeezing = AverageSmoothing(BOUNDS), FeatureSqueezing(BOUNDS, 2)
    for chain in ([average, squeezing], [squeezing, average]):
        heard = chain[1](chain[0](batch))
        assert torch.equal(DefendedVictim(victim, chain)(batch), victim(heard))
        assert torch.equal(DefendedVictim(victim, chain).predict(batch, 0), victim(heard).argmax(1))
    assert not torch.equal(squeezing(average(batch)), average(squeezing(batch)))


def test_a_chain_passes_its_gradient_through_every_member(victim, batch):
    chain = [Folded(BOUNDS), AverageSmoothing(BOUNDS)]
    inputs = batch.clone().requires_grad_()
    DefendedVictim(victim, chain)(inputs)[:, 0].sum().backward()
    heard = chain[0](batch).requires_grad_()
    victim(chain[1](heard))[:, 0].sum().backward()
    expected = heard.grad * torch.cos(batch / 10)
    assert torch.allclose(inputs.grad, expected, rtol=1e-3, atol=1e-7)


def defined(name, **params):
    return {"class": name, "params": params}


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], "exact"),
        (["MedianSmoothing", "AverageSmoothing"], "exact"),
        (["MedianSmoothing", "JpegCompression"], "bpda, the identity stands in"),
        (["RandomisedSmoothing"], "eot, mean of 8 draws"),
        (
            ["RandomisedSmoothing", "FeatureSqueezing"],
            "RandomisedSmoothing: eot, mean of 8 draws; "
            "FeatureSqueezing: bpda, the identity stands in",
        ),
    ],
)
def test_a_chain_states_how_its_gradient_is_had(names, said):
    assert statement([defined(name) for name in names]) == said


def test_a_single_draw_is_said_to_be_one():
    found = statement([defined("RandomisedSmoothing", votes=1, gradient_samples=1)])
    assert found == "eot, one draw"


def test_a_library_s_random_component_draws_and_has_a_stand_in():
    found = statement(
        [defined("mishear.libraries.defences.ArtPreprocessor", preprocessor="TotalVarMin")]
    )
    assert found == "eot, one draw, the identity stands in"


MISTAKES = {
    "no such class": (defined("MedianSmothing"), ["class", "MedianSmothing", "MedianSmoothing"]),
    "no such module": (defined("nowhere.Defence"), ["class", "nowhere", "working directory"]),
    "no defence": (defined("torch.nn.Identity"), ["class", "torch.nn.Identity", "derive from"]),
    "the base class": (defined("Defence"), ["class", "derive from"]),
    "unknown parameter": (defined("MedianSmoothing", siz=3), ["params.siz", "'size'"]),
    "bounds": (defined("MedianSmoothing", bounds=[0, 1]), ["params.bounds", "no such parameter"]),
    "no number": (defined("MedianSmoothing", size="three"), ["params.size", "'three'", "int"]),
    "even size": (defined("MedianSmoothing", size=4), ["MedianSmoothing", "4", "odd"]),
    "size 1": (defined("AverageSmoothing", size=1), ["AverageSmoothing", "at least 3"]),
    "no bits": (defined("FeatureSqueezing", bits=0), ["FeatureSqueezing", "bits is 0"]),
    "too many bits": (defined("FeatureSqueezing", bits=17), ["bits is 17"]),
    "quality 0": (defined("JpegCompression", quality=0), ["quality is 0"]),
    "quality 96": (defined("JpegCompression", quality=96), ["quality is 96", "1 to 95"]),
    "weight 0": (defined("TotalVariation", weight=0), ["weight must be above 0"]),
    "no iterations": (defined("TotalVariation", iterations=0), ["iterations at least 1"]),
    "sigma 0": (defined("RandomisedSmoothing", sigma=0), ["sigma must be above 0"]),
    "no votes": (defined("RandomisedSmoothing", votes=0), ["votes"]),
    "no draws": (defined("RandomisedSmoothing", gradient_samples=0), ["gradient_samples"]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_key(mistake):
    definition, said = MISTAKES[mistake]
    with pytest.raises(UserError, match=r"^defences\.mine") as error:
        check_defence([definition], None, "defences.mine")
    for words in said:
        assert words in str(error.value)


SMOOTHING = defined("RandomisedSmoothing")
MEDIAN = defined("MedianSmoothing")


@pytest.mark.parametrize(
    "chain", [[MEDIAN], [MEDIAN, SMOOTHING], [SMOOTHING, SMOOTHING], [SMOOTHING, MEDIAN, SMOOTHING]]
)
def test_what_cannot_be_certified_is_refused(chain):
    check_defence(chain, None, "defences.mine")
    with pytest.raises(UserError, match=r"^defences\.mine\.certificate: only for Randomised"):
        check_defence(chain, Certificate(), "defences.mine")


@pytest.mark.parametrize("chain", [[SMOOTHING], [SMOOTHING, MEDIAN, defined("JpegCompression")]])
def test_what_can_be_certified_is_accepted(chain):
    check_defence(chain, Certificate(), "defences.mine")


def test_a_square_larger_than_the_spectrogram_is_said(batch):
    for defence in (MedianSmoothing(BOUNDS, 33), AverageSmoothing(BOUNDS, 33)):
        with pytest.raises(UserError, match="size is 33.*16 x 16"):
            defence(batch)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of the user's with defences."""
    (tmp_path / "own_defences.py").write_text(
        "import torch\n"
        "from mishear.defences.base import Defence\n\n\n"
        "class Louder(Defence):\n"
        "    def __init__(self, bounds, by: float = 1.0):\n"
        "        super().__init__(bounds)\n"
        "        self.by = by\n\n"
        "    def transform(self, spectrograms):\n"
        "        return spectrograms + self.by\n\n\n"
        "class Bounded(Defence):\n"
        "    def transform(self, spectrograms):\n"
        "        return spectrograms.clamp(self.low, self.high)\n\n\n"
        "class Unbounded(Defence):\n"
        "    def __init__(self):\n"
        "        super().__init__((0, 1))\n\n\n"
        "class Misspelt(Defence):\n"
        "    gradient = 'BPDA'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("own")
def test_a_users_own_defence_is_built_from_its_dotted_path(victim, batch):
    chain = [defined("own_defences.Louder", by="2.5"), defined("own_defences.Bounded")]
    check_defence(chain, None, "defences.mine")
    louder, bounded = build_defences(chain, BOUNDS)
    assert torch.equal(louder(batch), batch + 2.5)
    assert bounded(batch + 500).max() == HIGH
    assert statement(chain) == "exact"
    assert torch.equal(
        DefendedVictim(victim, [louder, bounded])(batch), victim((batch + 2.5).clamp(LOW, HIGH))
    )


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("name", "said"), [("Unbounded", "bounds"), ("Misspelt", "'BPDA'.*exact, bpda, eot")]
)
def test_a_users_own_defence_is_refused_before_anything_runs(name, said):
    with pytest.raises(UserError, match=f"^defences\\.mine.*{said}"):
        check_defence([defined(f"own_defences.{name}")], None, "defences.mine")
