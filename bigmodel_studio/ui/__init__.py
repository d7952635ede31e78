"""The graphical interface: a window, its pages and widgets. Knows the client and core; never torch."""
