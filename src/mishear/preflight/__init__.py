"""What is checked before the first job starts."""
