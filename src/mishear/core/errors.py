"""The one exception for everything a user can mend."""


class UserError(Exception):
    """Something in the config, the data or the machine that the user can mend.

    The message says what is wrong, where (file, key, value) and what to do. Jobs print it without
    a traceback; any other exception is a bug of Mishear.
    """
