"""Section `evaluation`: how victims are evaluated."""

from pydantic import Field

from mishear.config.base import Count, Section


class EvaluationSettings(Section):
    """How victims are evaluated."""

    batch_size: Count = Field(
        default=240, description="Recordings attacked at once; bounds a job's memory."
    )
