"""The card of a study, made from its tables and its plan."""
