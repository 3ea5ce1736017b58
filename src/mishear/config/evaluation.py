"""Section `evaluation`: how victims are evaluated."""

from pydantic import Field, PositiveInt

from mishear.config.base import Section


class EvaluationSettings(Section):
    """How victims are evaluated."""

    batch_size: PositiveInt = Field(
        default=240, description="Recordings attacked at once; bounds a job's memory."
    )
