"""Find records by words and fields, the same on PostgreSQL and SQLite: tokens are made in Python, the databases only compare them."""
