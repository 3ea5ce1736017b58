"""Versions of what the page of a report is written with."""

import platform
from importlib.metadata import PackageNotFoundError, version

from mishear import __version__

PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "jinja2", "snakemake")
"""Of results, see :mod:`mishear.runtime.environment`."""


def versions() -> dict[str, str]:
    """Return the versions of Mishear, Python and the packages that write the page."""
    found = {"mishear": __version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
