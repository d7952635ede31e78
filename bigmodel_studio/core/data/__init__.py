"""A user's files as examples: tables, tagged sentences, texts and pictures, read with the standard library alone.

Knows nothing of tokenizers, tensors or of how examples are learnt.
"""
