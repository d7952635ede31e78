"""Models as files: folders, safetensors and GGUF headers, the library of what is on this machine, removal.

Reads headers and never weights; nothing here loads a model.
"""
