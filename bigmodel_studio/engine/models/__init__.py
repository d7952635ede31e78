"""Loading models safely, and describing what a model is: structure, cards, checks of a folder.

Knows nothing of the tasks that use a loaded model.
"""
