"""The Models page: what is on this computer, what each model is, and what can be done with it."""
