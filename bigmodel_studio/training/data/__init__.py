"""From files to batches: readers, tokenized data in the cache, masking, crops, and the order of examples.

Knows nothing of optimizers, checkpoints or run folders.
"""
