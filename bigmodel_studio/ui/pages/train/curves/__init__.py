"""The curves of runs: axes, overlays, comparison, scaling and export."""
