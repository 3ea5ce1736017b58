"""A split of the user's own is looked at before the first job."""

import pytest

from mishear.core.errors import UserError
from mishear.preflight.split import check_split_file
from tests.unit.study.configs import PLAIN, config, mixed


def of_file(path):
    return config(PLAIN, split={"by": "file", "file": str(path)})


def test_without_a_file_there_is_nothing_to_look_at():
    check_split_file(config(PLAIN))


def test_a_mistake_in_the_file_is_said(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("recording,split\na.wav,dev\n")
    with pytest.raises(UserError, match="'dev' is not a split"):
        check_split_file(of_file(path))
    path.write_text("recording,split\na,train\nb,validation\nc,test\n")
    check_split_file(of_file(path))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        check_split_file(of_file(tmp_path / "mine.csv"))


def test_a_file_of_test_recordings_alone_is_for_trained_models(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("recording,split\na.wav,test\n")
    with pytest.raises(UserError, match="no recording in train and validation, but network 'net'"):
        check_split_file(of_file(path))
    changes = {"split": {"by": "file", "file": str(path)}}
    study = mixed(**changes)
    with pytest.raises(UserError, match="network 'net' has no weights"):
        check_split_file(study)
    alone = study.study.model_copy(update={"networks": ["mine"]})
    check_split_file(study.model_copy(update={"study": alone}))
