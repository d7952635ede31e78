"""The list of runs, and the facts, samples, notes and log of the run that is shown."""
