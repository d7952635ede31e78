"""Generating text and running a loaded model."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "task-unknown": ("There is no task called {task}.", "There are: {tasks}."),
    "template-broken": (
        "The chat template in {file} failed: {detail}.",
        "Use this model without chat (plain continuation).",
    ),
    "template-slow": (
        "The chat template in {file} did not finish within {seconds:g} s.",
        "Use this model without chat (plain continuation).",
    ),
    "template-memory": (
        "The chat template in {file} needs more than {most} MB of memory.",
        "Use this model without chat (plain continuation).",
    ),
    "template-process": (
        "The process that renders chat templates did not start.",
        "Close some programs, then try again.",
    ),
    "logits-not-finite": (
        "The model computed something that is not a number, so no token could be chosen.",
        "Its weights may be damaged, or too large for this dtype: try float32.",
    ),
    "prompt-empty": ("There is no prompt, and this model has no token to begin with.", "Give it some text."),
    "prompt-unknown-tokens": (
        "This model's tokenizer does not know anything in that prompt.",
        "Use characters that it knows, for example: {examples}",
    ),
    "context-full": (
        "The text has {tokens:,} tokens, and this model sees only {context:,}.",
        "Shorten it to {context:,} tokens or fewer.",
    ),
    "context-trimmed": (
        "The conversation is longer than the model can see: its oldest {turns} messages were left out.",
        "Start a new conversation to make room.",
    ),
    "sampling-invalid": ("{field} is {was}.", "It may be: {may_be}."),
    "mask-none": ("There is nothing hidden in the text.", "Write [MASK] in place of a word."),
    "text-empty": ("There is no text.", "Write something to be read."),
    "language-unknown": ("The model does not translate into “{to}”.", "It knows: {known}."),
    "text-pairs": (
        "{count} texts are no pairs: each first sentence needs a second.",
        "Give two texts for each pair.",
    ),
    "text-task": ("There is no such task for texts: {task}.", "There are: {known}."),
    "out-of-memory": ("There was not enough memory on {device}.", "Close other models, or take a smaller one."),
    "precision-unknown": ("There is no precision “{precision}”.", "Choose one of: {known}."),
    "precision-unsupported": ("{model} can't be loaded in {precision}. {reason}", "Load it as stored."),
    "precision-beams": (
        "Beam search needs the weights as stored, but {model} is loaded in {precision}.",
        "Load it as stored, or use one beam.",
    ),
    "precision-dtype": (
        "A number type ({dtype}) applies to weights as stored, not to {precision} weights.",
        "Leave out the number type, or load the model as stored.",
    ),
}
