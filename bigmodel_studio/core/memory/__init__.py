"""Memory and time: what devices have, what a model or run needs, the ledger that admits runs, and the plan.

Knows nothing of torch: devices are asked through the operating system and the driver.
"""
