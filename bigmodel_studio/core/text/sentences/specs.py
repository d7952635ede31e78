"""Specs, sweeps and experiments: fields that do not go together."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "spec-toml": ("The spec is not valid TOML: {detail}.", "Fix this line."),
    "spec-field": ("{field} is {was}.", "Allowed: {may_be}."),
    "spec-missing": ("The spec has no {field}.", "Add it, as in the example in the README."),
    "spec-unknown": ("The spec has an unknown field: {field}.", "{may_be}"),
    "spec-misspelt": ("The spec has an unknown field: {field}.", "Did you mean {near}?"),
    "parameter-unknown": ("{parameter} is not a trained parameter.", "Choose one of: {known}."),
    "spec-file": ("The spec {path} can't be read: {detail}.", "Give the path of a TOML file."),
    "objective-not-built": ("The objective {objective} can't be trained yet.", "Choose one of: {built}."),
    "method-not-built": ("{objective} doesn't support the method {method}.", "Set method.kind to one of: {built}."),
    "lora-no-target": ("The model has no module {targets} for an adapter.", "Set method.targets to some of: {there}."),
    "frozen-from-scratch": (
        "A model trained from scratch has nothing to freeze.",
        "Set method.kind to full, or model.base to a model.",
    ),
    "experiment-unknown": ("There is no experiment {experiment}.", "Choose one of: {known}."),
    "experiment-parameter": ("The experiment {experiment} has no parameter {parameter}.", "Choose one of: {known}."),
    "scaling-few": (
        "No power law: only {points} finished runs are on the frontier; {least} are needed.",
        "Add runs with more compute, or wait for the running ones.",
    ),
    "base-needed": ("{objective} can't be trained from scratch.", "Set model.base to a model."),
    "architecture-not-built": (
        "{objective} doesn't support the architecture {architecture} from scratch.",
        "Set model.architecture to one of: {built}.",
    ),
    "processes-cards": (
        "{processes} processes need a GPU each; this computer has {cards}.",
        "Set launch.processes to {cards} or fewer, or launch.device to cpu.",
    ),
    "processor-size-varies": (
        "{model} takes pictures of varying size; training needs a fixed size.",
        "Choose a model whose preprocessor_config.json crops to a fixed size.",
    ),
    "processor-own-way": (
        "Training doesn't support {model}'s image preprocessing.",
        "Choose another model to fine-tune.",
    ),
    "tokenizer-no-mask": (
        "The tokenizer has no mask token.",
        "Choose one with [CLS], [SEP], [PAD] and [MASK], or train one: model.tokenizer = train:4096.",
    ),
    "no-next-sentence": (
        "{model} has no next-sentence head.",
        "Choose a BERT that was trained with one, or set masking.next_sentence to false.",
    ),
    "next-sentence-none": ("{model} has no next-sentence head.", "Set masking.next_sentence to false."),
    "vocabulary-mismatch": (
        "The tokenizer has {tokens:,} entries; the model's vocabulary has {known:,}.",
        "Leave model.tokenizer out to use the model's own.",
    ),
    "checkpointing-unknown": (
        "{architecture} doesn't support gradient checkpointing.",
        "Set launch.checkpointing to false; a smaller batch with schedule.accumulate saves memory too.",
    ),
    "fork-fixed": (
        "A fork keeps the model of its checkpoint, so {field} can't change.",
        "Start a new run to change it.",
    ),
    "change-form": ("“{text}” is not a change.", "Write field=value, for example optimizer.learning_rate=3e-4."),
    "spec-sweep": (
        "This spec describes a sweep: it has a table [sweep].",
        "Start it as a sweep, which starts a run for each value.",
    ),
    "sweep-empty": (
        "The sweep has no values.",
        "Add several values for a field, for example optimizer.learning_rate=1e-3,3e-4.",
    ),
    "sweep-large": ("The sweep has {count:,} runs; the limit is {most:,}.", "Leave out some values."),
    "sweep-unknown": ("There are no runs of a sweep {sweep}.", "Check its name in the list of runs."),
}
