"""Check a split of the user's own before the first job."""

from mishear.config.config import Config
from mishear.features.split_file import read_split_file


def check_split_file(config: Config) -> None:
    """Check the file that divides the recordings, where the config names one.

    Whether the corpus has its recordings is checked once they are indexed, in the job that divides
    them.

    Raises
    ------
    UserError
        See :func:`mishear.features.split_file.read_split_file`.
    """
    if config.split.file is not None:
        read_split_file(config.split.file)
