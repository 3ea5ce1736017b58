"""Versions of what a report was made with."""

import platform
from importlib.metadata import PackageNotFoundError, version

from mishear import __version__

PACKAGES = (
    "torch",
    "torchaudio",
    "foolbox",
    "numpy",
    "scipy",
    "pandas",
    "matplotlib",
    "soundfile",
    "snakemake",
)


def versions() -> dict[str, str]:
    """Return the versions of Mishear, Python and the packages that results depend on."""
    found = {"mishear": __version__, "Python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
