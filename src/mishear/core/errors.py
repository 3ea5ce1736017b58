"""The exceptions for everything a user can mend."""

from collections.abc import Iterable

from mishear.core.sentences import counted


class UserError(Exception):
    """Something in the config, the data or the machine that the user can mend.

    The message says what is wrong, where (file, key, value) and what to do. Jobs print it without
    a traceback; any other exception is a bug of Mishear.
    """


def config_error(mistakes: Iterable[str]) -> UserError:
    """Return the error that lists all mistakes in the config.

    Parameters
    ----------
    mistakes
        A sentence for each, with its key and value.
    """
    found = list(dict.fromkeys(mistakes))
    listing = "\n".join(f"  - {mistake}" for mistake in found)
    return UserError(f"The config has {counted(len(found), 'mistake')}:\n{listing}")


_WANT_OF_MEMORY = (
    "cannot allocate memory",
    "can't allocate memory",
    "failed to map segment",
    "not enough memory",
    "out of memory",
    "unable to allocate",
)
"""What libraries and the dynamic linker say, in lower case."""


def edited_during_run(what: str) -> UserError:
    """Return the error of a job whose code or data is no longer what its run has planned with.

    Parameters
    ----------
    what
        Such as a path, with which the sentence begins.
    """
    return UserError(
        f"{what} was changed after this run had planned its jobs. What this job computes would be "
        f"kept as the result of the earlier content. Run the same command again: what is finished "
        f"stays, unless it depends on the change."
    )


def lacks_memory(error: BaseException) -> bool:
    """Tell whether an exception, of whatever type, was raised for want of memory."""
    if isinstance(error, MemoryError):
        return True
    text = str(error).lower()
    return any(said in text for said in _WANT_OF_MEMORY)


class MissingPackage(UserError):
    """A package that Mishear needs is not installed.

    Parameters
    ----------
    package
        Its name for ``pip install``.
    where
        Key in the config, or the file, that needs it.
    """

    def __init__(self, package: str, where: str):
        super().__init__(
            f"{where}: needs the package '{package}', which is not installed. "
            f"Install it: pip install {package}."
        )
        self.package = package
