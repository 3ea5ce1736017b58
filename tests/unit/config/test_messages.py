"""What is said of a mistake names the key as the user wrote it."""

import pytest

from mishear.config.messages import suggestion
from tests.unit.config.changes import assert_refused, put


@pytest.mark.parametrize(
    ("word", "said"), [("fgms", " (did you mean 'fgsm'?)"), ("xyz", ""), (1, "")]
)
def test_the_nearest_word_is_suggested(word, said):
    assert suggestion(word, ["fgsm", "pgd"]) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # A key of one source is none of another: the tag decides what is allowed.
        (put("corpora/fsdd/speakers", 3), ["corpora.fsdd.speakers", "Allowed here: shards"]),
        (
            put("defences", {"a": {"class": "A", "certificate": {"sample": 1}}}),
            ["defences.a.certificate.sample", "did you mean 'samples'"],
        ),
        (put("recipes/noise/poison/rates", [1]), ["recipes.noise.poison.rates", "'rate'"]),
        (put("listening", {"page": {"ebs": 1}}), ["listening.page.ebs", "did you mean 'eps'"]),
        (
            put("study/victims", [{"network": ["paper-cnn"]}]),
            ["study.victims.0.network: unknown key (did you mean 'networks'?)"],
        ),
        (
            put("study/require", [{"acuracy": 0.5}]),
            ["study.require.0.acuracy: unknown key (did you mean 'accuracy'?)"],
        ),
        (put("attacks/x", {"eps": [1]}), ["attacks.x.class: this key is required but missing."]),
        (put("attacks/a b", {"class": "A"}), ["'a b' is not a name"]),
        (put("study", None), ["study", "None"]),
        # A name in capitals at the start of a message stays so.
        (
            put("networks/x", {"class": "A", "weights": "a.pt", "labels": ["stop", False]}),
            ["networks.x.labels.1: False is not allowed: YAML reads this word as true or false"],
        ),
    ],
)
def test_keys_stand_as_they_were_written(raw, change, said):
    assert_refused(raw, change, said)
