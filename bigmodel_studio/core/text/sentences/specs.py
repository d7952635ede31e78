"""Specs, sweeps and experiments: fields that do not go together."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "spec-toml": ("The spec is not valid TOML: {detail}.", "Mend that line and try again."),
    "spec-field": ("{field} is {was}.", "It may be: {may_be}."),
    "spec-missing": ("{field} is missing from the spec.", "Add it, as in the example of the README."),
    "spec-unknown": ("The spec has a field that is not known: {field}.", "{may_be}"),
    "parameter-unknown": ("{parameter} is no parameter that is trained.", "There is: {known}."),
    "spec-file": ("The spec {path} cannot be read: {detail}.", "Give the path of a TOML file."),
    "objective-not-built": ("The objective {objective} cannot be trained yet.", "What can be trained: {built}."),
    "method-not-built": (
        "The method {method} cannot be used with {objective}.",
        "Set method.kind to one of: {built}.",
    ),
    "lora-no-target": (
        "The model has no module called {targets} to put an adapter on.",
        "Name some in method.targets; it has: {there}.",
    ),
    "frozen-from-scratch": (
        "A model that begins from scratch has nothing to be kept frozen.",
        "Set method.kind to full, or model.base to a model.",
    ),
    "experiment-unknown": ("There is no experiment called {experiment}.", "There are: {known}."),
    "experiment-parameter": (
        "The experiment {experiment} has no {parameter} to choose.",
        "It has: {known}.",
    ),
    "scaling-few": (
        "No power law: only {points} of the runs that have ended lie on the frontier, and it takes {least}.",
        "Add runs with more compute, or wait for those that are at work.",
    ),
    "base-needed": (
        "{objective} does not begin from scratch.",
        "Set model.base to a model to train on from.",
    ),
    "architecture-not-built": (
        "{objective} cannot be trained with the architecture {architecture} from scratch.",
        "Set model.architecture to one of: {built}.",
    ),
    "processes-cards": (
        "{processes} processes want a card each, and this computer has {cards}.",
        "Set launch.processes to {cards} or fewer, or launch.device to cpu.",
    ),
    "processor-size-varies": (
        "{model} takes pictures of many shapes, and training needs one.",
        "Choose a model whose preprocessor_config.json crops to a fixed size.",
    ),
    "processor-own-way": (
        "{model} makes its input from pictures in a way that training does not know.",
        "Choose another model to fine-tune.",
    ),
    "tokenizer-no-mask": (
        "The tokenizer has no token to hide words with.",
        "Choose one with the tokens [CLS], [SEP], [PAD] and [MASK], or have one learnt: model.tokenizer = train:4096.",
    ),
    "no-next-sentence": (
        "{model} does not tell whether a sentence follows another.",
        "Choose a BERT that was trained for it (masking.next_sentence).",
    ),
    "next-sentence-none": (
        "{model} has no output that tells whether a sentence follows another.",
        "Set masking.next_sentence to false.",
    ),
    "vocabulary-mismatch": (
        "The tokenizer has {tokens:,} entries, and the model knows {known:,}.",
        "Leave model.tokenizer out: a model is trained on with its own.",
    ),
    "checkpointing-unknown": (
        "Gradient checkpointing cannot be used with {architecture}.",
        "Set launch.checkpointing to false; a smaller batch with schedule.accumulate saves memory too.",
    ),
    "fork-fixed": (
        "A fork goes on with the model of its checkpoint, so that {field} stays as it is.",
        "Start a new run to change it.",
    ),
    "change-form": (
        "“{text}” is no change.",
        "It is written as field=value, for example optimizer.learning_rate=3e-4.",
    ),
    "spec-sweep": (
        "This spec is of a sweep: its table [sweep] names the values that are tried.",
        "“bigmodel-studio sweep SPEC.toml” starts a run for each.",
    ),
    "sweep-empty": (
        "There is nothing to sweep over.",
        "Name a field with several values: --over optimizer.learning_rate=1e-3,3e-4, or a [sweep] table in the spec.",
    ),
    "sweep-large": (
        "That would be {count:,} runs, and a sweep has at most {most:,}.",
        "Leave out some of the values.",
    ),
    "sweep-unknown": (
        "There are no runs of a sweep called {sweep}.",
        "“bigmodel-studio runs --json” says of which each is.",
    ),
}
