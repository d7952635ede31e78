"""The words and numbers that a user reads: sentences for problems, numbers with their units, matching of typed letters.

Knows nothing of the window or of what the words are about.
"""
