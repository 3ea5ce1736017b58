"""The words in the table of a probe of other libraries."""

WORKS = "works"

AS_DOCUMENTED = "as documented"
"""As the library's documentation shows it, with the arguments given there, on unscaled
spectrograms."""

OWN_ARGUMENTS = "own arguments"
"""As documented, with all of its arguments that describe the data or what it is applied to;
advertorch is imported with Mishear's repair."""

ADAPTER = "adapter"
"""As a defence, training or detector of Mishear."""
