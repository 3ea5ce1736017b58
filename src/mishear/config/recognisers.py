"""Section `recognisers`: speech recognisers."""

from pydantic import Field

from mishear.config.base import ClassSection


class Recogniser(ClassSection):
    """A named speech recogniser, independent of the victim."""

    class_: str = Field(
        alias="class",
        description="`Pocketsphinx`, or the dotted path of your own with the methods of "
        "`mishear.listening.recognisers.Recogniser`.",
    )
