"""What everything else is built on: errors, files, tables, statistics, random streams, plugins."""
