"""The files that state the units of front ends."""

from mishear.config.config import Config
from mishear.study import paths
from mishear.study.evaluations import victims


def unit_files(config: Config) -> dict[str, str]:
    """Return for each front end of the study a file that states its unit.

    It is read by :func:`mishear.features.cache.read_unit`.
    """
    return {victim.front_end: unit_file(victim.names) for victim in victims(config)}


def unit_file(names: dict[str, str]) -> str:
    """Return that file for one corpus and front end.

    Parameters
    ----------
    names
        Mapping with ``corpus`` and ``front_end``.
    """
    return paths.bounds(paths.CLEAN).format(**names)
