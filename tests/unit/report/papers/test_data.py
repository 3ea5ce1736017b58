"""Recordings, their division and the inputs made of them."""

import pytest

from mishear.report.papers.data import data, front_ends


def changed(card, split, **counts):
    splits = [card.splits[0].model_copy(update=counts)]
    config = card.config | {"split": card.config["split"] | split}
    return card.model_copy(update={"splits": splits, "config": config})


def test_a_corpus_is_counted(card):
    text = " ".join(data(card))
    assert "80 recordings of 1 speaker in 4 classes" in text
    assert "40 for training, 0 for validation and 40 for the test" in text
    assert card.corpora[0].sha256[:16] in text


@pytest.mark.parametrize(
    ("tested", "known", "said"),
    [
        (0, 0, "does not say who speaks"),
        (3, 0, "None of the 3 test speakers was in the training"),
        (3, 3, "All test speakers (3)"),
        (3, 2, "Of 3 test speakers, 2"),
    ],
)
def test_speakers_are_told(card, tested, known, said):
    assert said in " ".join(data(changed(card, {}, test_speakers=tested, known_speakers=known)))


def test_of_networks_trained_elsewhere_no_speaker_is_said_to_be_new(card):
    models = [model.model_copy(update={"recipe": "trained"}) for model in card.models]
    came = changed(card, {}, test_speakers=3, known_speakers=0)
    text = " ".join(data(came.model_copy(update={"models": models})))
    assert "trained elsewhere, and whether on these speakers is not recorded" in text
    assert "None of" not in text


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"by": "speaker"}, "by speaker"),
        ({"by": "take", "test_takes": ["0-4"]}, "takes: 0-4"),
        ({"by": "file"}, "in a file"),
        ({"by": "all"}, "recordings are in the test split"),
    ],
)
def test_each_way_of_dividing_is_told(card, split, said):
    assert said in " ".join(data(changed(card, split)))


def test_folds_are_counted_together(card):
    folds = [card.splits[0].model_copy(update={"fold": fold}) for fold in (0, 1)]
    text = " ".join(data(card.model_copy(update={"splits": folds})))
    assert "in 2 folds" in text
    assert "80 recordings in all folds together" in text


def test_a_front_end_is_told_with_its_place_of_recordings(card):
    (_, text) = front_ends(card)
    assert "48,000 Hz, padded with zeros or cut to 1 s, up to 100% of the zeros in front" in text
