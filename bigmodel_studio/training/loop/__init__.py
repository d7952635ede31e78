"""The training loop: updates, optimizer, checkpoints, telemetry, and a run from its folder to its end.

Knows nothing of the formats of data; objectives hand it batches and losses.
"""
