"""What runs the project from outside: set-up, servers of its own for the tests, lint, the team topology."""
