"""The Images page: pictures are dropped, and each says what it is."""
