"""What a training would learn from, looked at before it starts."""
