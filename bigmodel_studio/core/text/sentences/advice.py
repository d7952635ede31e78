"""Memory plans and the model advisor."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "size-unknown": ("“{was}” is not a size.", "Examples: 512MB, 4GB, 1.5GiB."),
    "count-unknown": ("“{was}” is not a number of parameters.", "Examples: 500M, 7B, 1.5B."),
    "task-not-tried": ("The task {task} can't be tried on examples.", "Choose one of: {tasks}."),
    "try-nothing": ("Nothing to try: {detail}.", "Add an example, and choose a model on this computer."),
    "advice-here": ("It is on this computer.", ""),
    "advice-fetch": ("Download: about {size}.", ""),
    "advice-fits": ("Needs {needs} of the {free} available.", ""),
    "advice-fits-8-bit": ("Fits at 8 bits: needs {needs} of the {free} available.", ""),
    "advice-fits-4-bit": ("Fits at 4 bits: needs {needs} of the {free} available.", ""),
    "advice-too-large": ("Needs {needs}; only {free} are available.", ""),
    "advice-largest": ("It is the largest model that fits ({parameters} parameters).", ""),
    "advice-no-chat": ("It is a base model, not made for chat.", ""),
    "advice-tokens": ("About {rate} tokens/s.", ""),
    "advice-pictures": ("About {rate} pictures/s.", ""),
    "advice-inputs": ("About {rate} texts/s.", ""),
    "advice-faster": ("At 4 bits about {rate} tokens/s.", ""),
    "advice-slow": ("Slower than requested: about {rate}/s.", ""),
    "advice-speed-unknown": ("Speed on this machine is unknown.", ""),
    "plan-batch": ("Batch size {to}: {size}.", ""),
    "plan-context": ("Context of {to} tokens: {size}.", ""),
    "plan-dtype": ("Weights in {to}: {size}.", ""),
    "plan-checkpointing": ("Gradient checkpointing (slower): {size}.", ""),
    "plan-lora": ("LoRA of rank {to} instead of full training: {size}.", ""),
    "plan-qlora": ("QLoRA of rank {to}, the base in 4 bits: {size}.", ""),
    "plan-precision": ("Weights in {to}: {size}.", ""),
    "plan-frozen": ("Training only the last layer: {size}.", ""),
    "plan-optimizer": ("SGD (one state value per weight instead of two): {size}.", ""),
    "plan-smaller-model": (
        "It needs {size}; {free} are free. No single change is enough.",
        "Choose a smaller model, a device with more memory, or combine changes.",
    ),
    "plan-none": ("{model} can't be planned: its structure can't be run without its weights.", ""),
    "measure-killed": (
        "The system killed the measurement ({how}), probably because memory ran out.",
        "Choose a smaller batch or a shorter context.",
    ),
    "measure-failed": ("The measurement failed: {detail}.", "Try another batch size, context or method."),
}
