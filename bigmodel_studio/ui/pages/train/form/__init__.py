"""The form of a new run, and the dialogs that make runs of others: forks, sweeps, experiments."""
