"""Every table that Mishear writes: declared once, written and read by the same code."""
