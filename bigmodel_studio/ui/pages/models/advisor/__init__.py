"""The parts of the Models page's adviser: its form, the ranked models, and trying them on examples."""
