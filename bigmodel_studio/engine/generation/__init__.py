"""Generating text: prompts, decoding, sampling, beams, and token ids back to text.

Knows nothing of who asked or of how the text is shown.
"""
