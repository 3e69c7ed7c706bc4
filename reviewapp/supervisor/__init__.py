"""One command that runs web, worker and sweeper as children, and ends all of them when it ends."""
