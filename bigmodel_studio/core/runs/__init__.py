"""Runs: their folders, the queue, starting and forking them, and reading what they wrote.

Knows nothing of torch; training itself is ``training``.
"""
