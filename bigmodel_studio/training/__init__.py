"""A run: one training as an operating-system process that writes its folder first. Knows torch; never Qt."""
