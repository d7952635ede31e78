"""The computer and this application's own files on it: the home folder, settings, locks, logs, processes, the trash.

Knows nothing of models, data or runs.
"""
