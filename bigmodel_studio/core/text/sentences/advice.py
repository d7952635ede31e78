"""Memory plans and the model advisor."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "size-unknown": ("“{was}” is not a size.", "It may be: 512MB, 4GB, 1.5GiB."),
    "count-unknown": ("“{was}” is not a number of parameters.", "It may be: 500M, 7B, 1.5B."),
    "task-not-tried": ("What is asked here cannot be tried on examples: {task}.", "These can: {tasks}."),
    "try-nothing": ("There is nothing to try: {detail}.", "Add an example, and choose a model that is here."),
    "advice-here": ("It is on this computer.", ""),
    "advice-fetch": ("It can be fetched from the Hub: about {size}.", ""),
    "advice-fits": ("It takes {needs} of the {free} that it may take.", ""),
    "advice-too-large": ("It takes {needs}, and it may take only {free}.", ""),
    "advice-largest": ("With {parameters} parameters it is the largest that fits.", ""),
    "advice-no-chat": ("It continues text, and was not made for conversation.", ""),
    "advice-tokens": ("It gives about {rate} tokens a second.", ""),
    "advice-pictures": ("It looks at about {rate} pictures a second.", ""),
    "advice-inputs": ("It takes in about {rate} texts a second.", ""),
    "advice-slow": ("It is slower than was asked for: about {rate} a second.", ""),
    "advice-speed-unknown": ("How fast it is here is not known.", ""),
    "plan-batch": ("With a batch of {to} it takes {size}.", ""),
    "plan-context": ("With a context of {to} tokens it takes {size}.", ""),
    "plan-dtype": ("With its weights in {to} it takes {size}.", ""),
    "plan-checkpointing": ("With gradient checkpointing, which computes activations twice, it takes {size}.", ""),
    "plan-lora": ("With LoRA of rank {to} in place of all weights it takes {size}.", ""),
    "plan-frozen": ("Training only its last layer takes {size}.", ""),
    "plan-optimizer": ("With SGD, which keeps one number a weight and not two, it takes {size}.", ""),
    "plan-smaller-model": (
        "It takes {size} and {free} are free: no single change is enough.",
        "Choose a smaller model, a device with more memory, or several of these changes.",
    ),
    "plan-none": ("{model} cannot be planned with: its structure cannot be run without its weights.", ""),
    "measure-killed": (
        "What was to be measured was ended by the system ({how}), most likely for want of memory.",
        "Take a smaller batch or a shorter context.",
    ),
    "measure-failed": ("It could not be measured: {detail}.", "Try another batch, context or method."),
}
