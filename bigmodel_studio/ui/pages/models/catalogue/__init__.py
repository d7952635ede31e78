"""The catalogue in the window: the list, what was published beside what is computed, and an article checked."""
