"""What happened, in order, so that it can be proved."""
