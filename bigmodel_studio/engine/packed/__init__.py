"""Fast decoding on processors: packed weights, kernels compiled by numba, and the models that run on them.

``decoder`` is the door. Nothing here imports numba until ``compiling`` is asked for the kernels; ``transformers`` stays
the reference for every number (`weights.dequantised` gives the very weights the kernels compute with).
"""
