"""What the user sees: a window, its pages and widgets. Knows the client and core; never torch."""
