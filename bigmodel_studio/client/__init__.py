"""The window's side of the engine: lanes, jobs, and what watches run folders and the machine. QtCore, never torch."""
