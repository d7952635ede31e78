"""The Train page: runs, their curves, and a form for a new one."""
