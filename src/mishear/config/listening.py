"""Section `listening`: how poisoned and adversarial recordings sound."""

from pydantic import Field

from mishear.config.base import Count, Section, Shown, UniqueNames


class Inversion(Section):
    """Adversarial inputs inverted to audio, by the inverse of the front end."""

    attacks: UniqueNames = Field(
        default=[],
        description="Attacks on the input whose results are inverted, at every eps.",
    )
    iterations: Count = Field(
        default=32,
        description="Iterations of Griffin-Lim, where the inverse uses it.",
    )


class ListeningPage(Section):
    """The recordings that can be played in the report."""

    recordings: Shown = Field(
        default=3,
        description="Number of test recordings, or their names as in `index.csv`; a recording of "
        'the word "one" is always included.',
    )
    eps: Count = Field(
        default=4, description="Number of eps of each attack, evenly spread over its list."
    )


class Listening(Section):
    """Audio quality and recognition of poisoned and adversarial recordings."""

    recognisers: UniqueNames = Field(
        default=["pocketsphinx"], description="Recognisers that transcribe every sound."
    )
    inversion: Inversion = Inversion()
    page: ListeningPage = ListeningPage()
