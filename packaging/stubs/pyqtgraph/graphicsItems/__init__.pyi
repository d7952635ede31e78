"""The items of pyqtgraph."""
