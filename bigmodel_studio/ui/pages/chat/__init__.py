"""The Chat page: the list of conversations, the transcript, the composer, and the form of how tokens are chosen."""
