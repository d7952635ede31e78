"""Generating text and running a loaded model."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "task-unknown": ("There is no task called {task}.", "Choose one of: {tasks}."),
    "template-broken": (
        "The chat template in {file} failed: {detail}.",
        "Use this model without chat.",
    ),
    "template-drops": (
        "The chat template in {file} leaves out the user's message, so the model would not see it.",
        "Use this model without chat.",
    ),
    "template-no-default": (
        "The model has several chat templates ({names}), and none of them is the default.",
        "Use this model without chat, or name one of them “default” in {file}.",
    ),
    "template-slow": (
        "The chat template in {file} did not finish within {seconds:g} s.",
        "Use this model without chat.",
    ),
    "template-memory": (
        "The chat template in {file} needs more than {most} MB of memory.",
        "Use this model without chat.",
    ),
    "template-process": (
        "The process that renders chat templates did not start.",
        "Close some programs, then try again.",
    ),
    "logits-not-finite": (
        "The model computed NaN or infinite logits, so no token could be sampled.",
        "Its weights may be damaged or overflow in this precision: try float32.",
    ),
    "reply-tokens-foreign": (
        "The tokens kept with this reply are not of {model}'s vocabulary.",
        "Choose the model that wrote it.",
    ),
    "score-text-or-file": ("The text to score is missing, or given twice.", "Give one text."),
    "score-file": ("{path} can't be scored: {detail}.", "Choose a text file in UTF-8."),
    "score-too-short": ("The text is too short: no token of it is predicted.", "Enter at least two words."),
    "prompt-empty": ("The prompt is empty, and this model has no start token.", "Enter some text."),
    "prompt-unknown-tokens": (
        "The model's tokenizer has none of this prompt's characters.",
        "Use characters from its vocabulary, for example: {examples}",
    ),
    "context-full": ("The text has {tokens:,} tokens; the model's context is {context:,}.", "Shorten the text."),
    "template-no-system": (
        "The chat template of {model} has no system role: the system prompt was put before the first message.",
        "",
    ),
    "template-no-continue": (
        "The chat template ({file}) leaves out the end of a reply, so a reply can't be continued.",
        "Regenerate it, or ask the model to go on.",
    ),
    "context-trimmed": (
        "The chat is longer than the model's context: the oldest {turns} messages were left out.",
        "Start a new chat to make room.",
    ),
    "draft-vocabulary": (
        "{draft} can't draft for {model}: their vocabularies differ.",
        "Choose a smaller model of the same family.",
    ),
    "sampling-invalid": ("{field} is {was}.", "Allowed: {may_be}."),
    "mask-none": ("The text has no [MASK].", "Replace a word with [MASK]."),
    "text-empty": ("The text is empty.", "Enter some text."),
    "language-unknown": ("The model doesn't translate to “{to}”.", "Choose one of: {known}."),
    "text-pairs": ("{count} first sentences have no second sentence.", "Enter two sentences for each pair."),
    "text-task": ("There is no text task {task}.", "Choose one of: {known}."),
    "out-of-memory": ("Out of memory on {device}.", "Unload other models, or choose a smaller one."),
    "precision-unknown": ("There is no precision “{precision}”.", "Choose one of: {known}."),
    "quality-no-tokens": ("{model} can't read the bundled text: its tokenizer gives no tokens for it.", ""),
    "reference-unsupported": ("This model runs on transformers, which is slower. {reason}", ""),
    "reference-compiling": (
        "Replies are slower until the fast path is compiled in the background (only once).",
        "",
    ),
    "reference-off": ("The fast path is off (BIGMODEL_STUDIO_KERNELS=off), so this model runs on transformers.", ""),
    "precision-unsupported": ("{model} can't be loaded in {precision}. {reason}", "Load it as stored."),
    "precision-beams": (
        "Beam search needs the weights as stored, but {model} is loaded in {precision}.",
        "Load it as stored, or use one beam.",
    ),
    "precision-dtype": (
        "{dtype} applies to weights as stored, not to {precision} weights.",
        "Leave it out, or load the model as stored.",
    ),
}
