"""The command line: one module a subject. A composition root: it may know the engine and the application."""
