"""Tasks in one child process: each request a generator of events. Knows torch and transformers; never Qt."""
