"""The Hugging Face Hub as far as it lies on this disk: its cache, datasets, leftovers and unfinished downloads.

Sends nothing over the network; engines do.
"""
