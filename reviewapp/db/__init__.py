"""What PostgreSQL and SQLite do differently, each thing behind one interface."""
