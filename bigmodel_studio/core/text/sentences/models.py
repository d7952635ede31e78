"""Model folders: config, tokenizer and image processor."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "model-unknown": (
        "There is no model called {model} on this computer.",
        "{near}Choose one from the list of models.",
    ),
    "model-not-on-disk": ("{model} is not on this computer.", "Download it, or choose another model."),
    "reference-unknown": ("The catalogue has no model {model}.", "{near}Choose one from the catalogue."),
    "folder-missing": ("There is no folder {path}.", "Check its spelling, and whether it was moved."),
    "folder-is-file": (
        "{path} is a file; a model is a folder.",
        "Choose the folder with config.json and model.safetensors.",
    ),
    "folder-empty": ("The folder {path} is empty.", "Its download probably didn't finish: download it again."),
    "folder-unreadable": ("The folder {path} can't be read: {detail}.", "Check its permissions."),
    "config-missing": (
        "{path} has no config.json, so it is not a model.",
        "Choose the folder with config.json and model.safetensors.",
    ),
    "config-broken": ("{file} can't be used: {detail}.", "Download this file again."),
    "config-invalid": (
        "config.json doesn't describe a valid model: {detail}.",
        "Correct config.json, or choose another copy of the model.",
    ),
    "config-field": (
        "config.json can't be used: {field} is {was}; it can be {may_be}.",
        "Correct this field, or choose another copy of the model.",
    ),
    "classes-mismatched": (
        "config.json describes {wants:,} classes (id2label, num_labels); the weights have {has:,}.",
        "Correct id2label in config.json: it needs a name for each class, numbered from 0.",
    ),
    "picture-channels": (
        "{model} takes pictures of {channels} channels; only color pictures (3 channels) are supported.",
        "Choose another picture classifier.",
    ),
    "config-unknown-type": (
        "transformers {version} doesn't know the model type “{model_type}”.",
        "The model may need a newer version, or its config.json is damaged.",
    ),
    "config-no-type": (
        "config.json has no model type.",
        "Choose a copy for transformers: its config.json has “model_type”.",
    ),
    "link-broken": ("{file} is a link to {target}, which is not there.", "Restore that file, or replace the link."),
    "tokenizer-other": (
        "{model} has no tokenizer.json; {file} alone is not supported.",
        "Choose a copy with tokenizer.json.",
    ),
    "remote-code": (
        "This model needs its own code ({files}), which is never run here.",
        "Look for a version that transformers supports without remote code.",
    ),
    "kind-wrong": ("{model} is a “{kind}” model; this task needs a “{wanted}” model.", "{others}"),
    "tokenizer-missing": (
        "{model} has no tokenizer.json, so text can't be tokenized.",
        "Download this file from the model's source.",
    ),
    "tokenizer-broken": (
        "The tokenizer can't be used ({files}): {detail}.",
        "Download these files again.",
    ),
    "tokenizer-slow": (
        "The tokenizer is refused: using {file} takes more than {seconds:.0f} s.",
        "The file is damaged or hostile: choose another copy of the model.",
    ),
    "tokenizer-memory": (
        "The tokenizer is refused: using {file} takes more than {most} MB of memory.",
        "The file is damaged or hostile: choose another copy of the model.",
    ),
    "tokenizer-process": (
        "The process that tries tokenizers did not start.",
        "Free memory, then try again; the log has the details.",
    ),
    "tokenizer-mismatch": (
        "The tokenizer has {tokens:,} tokens, the model only {vocabulary:,}.",
        "They don't belong together: download both again.",
    ),
    "processor-missing": (
        "{path} has no preprocessor_config.json, so pictures can't be preprocessed.",
        "Download this file from the model's source.",
    ),
    "processor-broken": (
        "{file} can't be used: {detail}.",
        "Correct this file, or choose another copy of the model.",
    ),
    "config-no-architecture": (
        "config.json in {path} names no supported architecture.",
        'Add an “architectures” entry, for example ["LlamaForCausalLM"].',
    ),
    "adapter-folder": (
        "{path} contains an adapter ({kind}) for {base}, not a whole model.",
        "Merge the adapter into its base model and save the result.",
    ),
    "adapter-not-merged": (
        "{path} contains an adapter ({kind}) for {base}, which is not supported.",
        "Choose a whole model, or an adapter such as LoRA that is merged into one.",
    ),
    "adapter-without-base": (
        "{path} contains an adapter, not a whole model, and doesn't name its base model.",
        "Merge the adapter into its base model and save the result.",
    ),
    "model-other-program": (
        "{path} is a model for {program} ({file}), which is not supported.",
        "Choose a copy for transformers: a folder with config.json and model.safetensors.",
    ),
    "model-deeper": ("{path} is not a model itself; it contains models in: {found}.", "Choose one of these folders."),
    "config-missing-beside": (
        "{path} has weights ({file}) but no config.json, which describes the model.",
        "Copy config.json and the tokenizer's files from where the weights are from.",
    ),
    "tokenizer-file": ("{file} can't be used: {detail}.", "Download this file again."),
    "embed-module": (
        "{file} computes embeddings with “{module}”, which is not supported.",
        "Choose a model with only Transformer, Pooling and Normalize modules.",
    ),
    "embed-no-text": ("{model} doesn't accept text.", "Choose a text encoder."),
    "adapter-beside-model": (
        "{path} has both a whole model and an adapter (adapter_config.json).",
        "If the adapter is merged into the weights, move adapter_config.json out of this folder.",
    ),
    "architecture-unused": (
        "Models of the architecture {architecture} are not supported.",
        "Supported models generate text, fill masks, classify texts, words or pictures, or compute text embeddings.",
    ),
    "json-byte-order-mark": (
        "{file} begins with a byte order mark, which JSON must not have.",
        "Save it as UTF-8 without a byte order mark.",
    ),
    "model-of-parts": (
        "{path} is a Diffusers pipeline (model_index.json), which is not supported.",
        "Choose a model that writes or reads text, or classifies pictures.",
    ),
    "model-of-pictures-and-text": (
        "{architecture} is a multimodal model (pictures and text), which is not supported yet.",
        "Choose a text model, or one that classifies pictures.",
    ),
    "model-of-sound": (
        "{architecture} is an audio model, which is not supported.",
        "Choose a text model, or one that classifies pictures.",
    ),
    "model-timm": (
        "{name} is a timm model, which is not supported.",
        "Choose a picture classifier that transformers reads, such as ResNet, ViT or ConvNeXt.",
    ),
    "tokenizer-sentencepiece": (
        "{model} has no tokenizer.json; {file} (SentencePiece) alone is not supported.",
        "Choose a copy with tokenizer.json, or convert the tokenizer with transformers and save it.",
    ),
    "generation-config-invalid": (
        "{file} can't be used: {detail}.",
        "Download it again, or remove it: the default settings are used then.",
    ),
    "generation-config": (
        "generation_config.json can't be used: {field} is {was}; it can be {may_be}.",
        "Correct this field, or remove the file: the model works without it.",
    ),
    "tokenizer-field": (
        "{file} can't be used: {field} is {was}; it can be {may_be}.",
        "Correct this field, or choose another copy of the model.",
    ),
}
