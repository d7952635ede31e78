"""Run GGUF models: tensors and tokenizer from the file, config from its metadata, the rest as for any model."""
