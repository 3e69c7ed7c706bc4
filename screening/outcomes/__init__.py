"""Where a record stands: the rule, and ``settle``, the only writer of what follows from votes, merges and removals."""
