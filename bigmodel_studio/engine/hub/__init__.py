"""The tasks that ask the Hugging Face Hub: only lanes that may use the network run them. Torch is not imported here."""
