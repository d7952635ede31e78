"""Data check of a training before it starts."""
