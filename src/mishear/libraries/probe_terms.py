"""What stands in the table of a probe of other libraries: its columns and the words in them."""

COLUMNS = (
    "library",
    "version",
    "kind",
    "component",
    "usage",
    "arguments",
    "outcome",
    "gradient",
    "clean_accuracy",
    "undefended_accuracy",
    "n",
    "dtype",
    "lowest",
    "highest",
    "mean_change",
    "flagged_share",
    "seconds",
)
"""Of the probe. ``outcome`` and ``gradient`` say ``works`` or give the text of an error;
``clean_accuracy`` is that of ``n`` test recordings behind a defence or after a training;
``lowest`` and ``highest`` are the extremes of what a defence returns for a few of them and
``mean_change`` is the mean absolute difference to what it got, all in dB; ``flagged_share`` is the
share of ``n`` training recordings, none of them poisoned here, that a detector holds to be."""

WORKS = "works"

AS_DOCUMENTED = "as documented"
"""As the library's documentation shows it, with the arguments given there, on spectrograms as they
are."""

OWN_ARGUMENTS = "own arguments"
"""As documented, with all those of its arguments that describe the data or say what it is applied
to; advertorch is imported with Mishear's repair."""

ADAPTER = "adapter"
"""As a defence, training or detector of Mishear."""
