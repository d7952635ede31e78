"""A training seen from the inside: what its layers, its batches and its evaluations do, recorded while it runs."""
