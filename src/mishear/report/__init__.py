"""The report: its pages, tables and figures."""
