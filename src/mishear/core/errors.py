"""The exceptions for everything a user can mend."""


class UserError(Exception):
    """Something in the config, the data or the machine that the user can mend.

    The message says what is wrong, where (file, key, value) and what to do. Jobs print it without
    a traceback; any other exception is a bug of Mishear.
    """


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
