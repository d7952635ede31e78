"""Several processes that train one run: ranks, the process group and sharded tensors.

Knows nothing of objectives or data.
"""
