"""What figures have in common: style, panels, wording, and how they are put into a page."""
