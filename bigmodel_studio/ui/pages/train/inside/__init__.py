"""A run seen from the inside: layers, evaluated examples, the examples of a step, one step taken slowly."""
