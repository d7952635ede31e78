"""Model folders: config, tokenizer and image processor."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "model-unknown": (
        "There is no model called {model} on this machine.",
        "{near}“bigmodel-studio models” lists them; a folder is written with a / in it.",
    ),
    "model-not-on-disk": ("{model} is not on this machine.", "Choose one that “bigmodel-studio models” lists."),
    "reference-unknown": (
        "There is no {model} in the catalogue.",
        "{near}“bigmodel-studio catalog” lists what there is.",
    ),
    "folder-missing": ("There is no folder {path}.", "See whether it was moved, or is spelt differently."),
    "folder-is-file": (
        "{path} is a file, and a model is a folder.",
        "Give the folder that holds config.json and model.safetensors.",
    ),
    "folder-empty": ("The folder {path} is empty.", "Its download was probably not finished: fetch it again."),
    "folder-unreadable": ("The folder {path} cannot be read: {detail}.", "See to its permissions."),
    "config-missing": (
        "{path} has no config.json, so it is no model folder.",
        "Give the folder that holds config.json; if that is this one, its download was not finished.",
    ),
    "config-broken": ("{file} cannot be used: {detail}.", "Fetch that file again."),
    "config-invalid": ("config.json does not make a model: {detail}.", "Fetch the folder again from its source."),
    "config-unknown-type": (
        "This is a “{model_type}” model, and transformers {version} knows no such kind.",
        "It may need a newer version, or its config.json is damaged.",
    ),
    "config-no-type": ("config.json does not say what kind of model this is.", "Fetch that file again."),
    "remote-code": (
        "This model wants to run its own program code ({files}), and that is never done here.",
        "Look for a version of the model that transformers knows without it.",
    ),
    "kind-wrong": ("{model} is a model of kind “{kind}”, and this needs one of kind “{wanted}”.", "{others}"),
    "tokenizer-missing": (
        "{model} has no tokenizer.json, so text cannot be turned into tokens.",
        "Fetch that file from the model's source, beside its weights.",
    ),
    "tokenizer-broken": ("The tokenizer cannot be used: {detail}.", "Fetch tokenizer.json again."),
    "tokenizer-mismatch": (
        "The tokenizer has {tokens:,} tokens and the model only {vocabulary:,}.",
        "They do not belong together: fetch both again.",
    ),
    "processor-missing": (
        "{path} has no preprocessor_config.json, so pictures cannot be made into what the model takes.",
        "Fetch that file from the model's source, beside its weights.",
    ),
    "processor-broken": (
        "{file} cannot be used: {detail}.",
        "Fetch that file again from the model's source.",
    ),
    "config-no-architecture": (
        "No architecture that is used here is named by config.json in {path}.",
        'Add its “architectures” entry, for example ["LlamaForCausalLM"].',
    ),
    "adapter-folder": (
        "{path} holds an adapter, not a whole model.",
        "Merge the adapter into its base model and save that.",
    ),
    "tokenizer-file": ("{file} cannot be used: {detail}.", "Fetch that file again."),
}
