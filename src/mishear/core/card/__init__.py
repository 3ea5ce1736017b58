"""The card of a study, ``card.json``, for programs."""
