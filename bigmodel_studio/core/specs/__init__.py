"""What a training is asked for: the spec, its rules, changes by field name, sweeps, experiments, objectives.

Knows nothing of run folders.
"""
