"""Chat templates, which are programs that strangers wrote: rendered in a process of their own that can be killed.

Knows nothing of models, tokenizers or torch.
"""
