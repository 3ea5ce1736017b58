"""Networks, trainings and defences."""

from mishear.report.papers.models import defences, networks, training
from mishear.study.card import used_config
from tests.unit.study.configs import RECIPES, config


def of(card, **changes):
    return card.model_copy(update={"config": card.config | changes})


def test_networks_have_their_size_and_the_paper_its_title(card):
    (_, text) = networks(card)
    assert " parameters" in text
    assert '"Attacks on the neural network and defense methods" (2024)' in text


def test_a_network_trained_elsewhere_is_said_to_be(card):
    network = {"class": "my.Net", "weights": "net.pt", "labels": ["a", "b"]}
    (_, text) = networks(of(card, networks={"mine": network}))
    assert "an unknown number of parameters" in text
    assert "It was trained elsewhere" in text


def test_every_kind_of_training_is_described(card):
    recipes = used_config(config(RECIPES))["recipes"]
    text = " ".join(training(of(card, recipes=recipes)))
    for words in ("eps 0.5, 2, linf", "standard deviation 3", "amplitudes 0.01, 0.1 of full"):
        assert words in text
    assert "[@madry2018towards]" in text
    assert not list(training(of(card, recipes={})))


def test_defences_chains_and_certificates(card):
    found = used_config(config(defences=["none", "both-of-them"]))["defences"]
    text = " ".join(defences(of(card, defences=found)))
    assert "Defence `both-of-them`: `smoothed`, then `median`." in text
    assert "confidence of 0.99" in text
    assert not list(defences(of(card, defences={})))
