"""Parts of scripts: modules as any other, that are read, checked and typed here, and never run here.

``loop`` is the trunk; ``objective`` stands for the module of what is learnt. ``composing`` puts them together, with the
settings of a run in the place of those that stand here, and without what these leave unused. They may import what is
plain, which is then part of the script, and torch, transformers, numpy, safetensors, peft and Pillow.
"""
