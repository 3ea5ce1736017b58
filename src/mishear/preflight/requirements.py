"""The requirements of a study, against the severities of the corruptions that they name."""

from contextlib import suppress

from mishear.config.config import Config
from mishear.core.errors import MissingPackage
from mishear.core.modules import dependencies
from mishear.core.plugins import FAMILIES
from mishear.study.requirements import check_requirements


def check_required(config: Config) -> None:
    """Check that the study evaluates what its requirements are about.

    Raises
    ------
    UserError
        See :func:`mishear.study.requirements.check_requirements`.
    """
    check_requirements(config, _severities(config))


def _severities(config: Config) -> dict[str, int]:
    """Return the number of severities of each corruption that a requirement names.

    Those of a class are known once it is imported; without its packages they are left out.
    """
    found = {}
    named = {each.corruption for each in config.study.require if each.corruption}
    for name in named & set(config.study.corruptions):
        corruption, where = config.corruptions[name], f"corruptions.{name}"
        severities = corruption.severities
        if severities is None:
            with suppress(MissingPackage), dependencies(where):
                severities = FAMILIES["corruptions"].find(corruption.class_, where).severities
        if severities is not None:
            found[name] = len(severities)
    return found
