"""The config: a module for each section, rules across sections, error messages, generated docs."""
