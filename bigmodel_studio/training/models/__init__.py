"""The networks that a run trains: fresh ones, those of a folder, new heads and LoRA adapters.

Knows nothing of data files or of the loop.
"""
