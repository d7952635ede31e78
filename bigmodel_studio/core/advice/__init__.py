"""Choosing a model: the reference catalogue, candidates for a task, their ranking and quick cost estimates.

Knows nothing of loading a model; costs here are arithmetic on configs.
"""
