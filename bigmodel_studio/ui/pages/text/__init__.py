"""The Text page: what models make of texts that they read."""
