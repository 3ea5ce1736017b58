"""Check a split of the user's own before the first job."""

from mishear.config.config import Config
from mishear.core.errors import UserError
from mishear.features.split_file import read_split_file


def check_split_file(config: Config) -> None:
    """Check the file that divides the recordings, where the config names one.

    Whether the corpus has its recordings is checked once they are indexed, in the job that divides
    them.

    Raises
    ------
    UserError
        See :func:`mishear.features.split_file.read_split_file`; or if the file names test
        recordings alone, but the study trains a network.
    """
    file = config.split.file
    if file is None or set(read_split_file(file).values()) != {"test"}:
        return
    untrained = [name for name in config.study.networks if not config.networks[name].is_trained]
    if untrained:
        raise UserError(
            f"split.file: {file} has no recording in train and validation, but network "
            f"'{untrained[0]}' has no weights. Assign some to each, or give "
            f"networks.{untrained[0]}.weights."
        )
