"""The networks that a run trains: fresh ones, those of a folder, new heads, LoRA adapters and bases in 4 bits.

Knows nothing of data files or of the loop.
"""
