"""Big Model Studio: a desktop application for working with neural networks on one's own machine."""

__version__ = "0.1.0"
