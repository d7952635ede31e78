"""Conversations on disk. Knows nothing of models, of engines or of how a conversation is shown."""
