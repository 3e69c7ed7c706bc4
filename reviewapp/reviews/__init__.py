"""Reviews and their members: who may do what, where."""
