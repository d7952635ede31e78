"""Specs of trainings: the spec, its rules, changes by field name, sweeps, experiments, objectives.

Knows nothing of run folders.
"""
