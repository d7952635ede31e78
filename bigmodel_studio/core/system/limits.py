"""Limits on what others made: files, pictures, templates, answers of a Hub. Every reader of such input uses this table.

A limit is far above what any well-made input needs and low enough that a hostile one costs little.
"""

from __future__ import annotations

# ------------------------------------------------------------------------------------- model files
SAFETENSORS_HEADER_BYTES = 16 << 20
"""The largest header found in practice, of a model in one file with 100,000 tensors, has 12 MiB."""
TENSOR_DIMENSIONS = 16
SHARD_INDEX_BYTES = 32 << 20
SHARDS = 1_000
SHARD_HEADERS_BYTES = 64 << 20
"""Of all shards of a model together."""
GGUF_HEADER_BYTES = 128 << 20
GGUF_ENTRIES = 20_000
GGUF_TENSORS = 200_000
GGUF_STRINGS = 4_000_000
"""In all lists of a file together: the largest vocabularies have 260,000 tokens and 520,000 merges."""
JSON_BYTES = 10_000_000
"""Of a model folder's small files: ``config.json`` and its like."""
TOKENIZER_BYTES = 64_000_000
"""The largest ``tokenizer.json`` found in practice, of 260,000 tokens and 520,000 merges, has 33 MB."""
TOKENIZER_S, TOKENIZER_S_PER_MB = 2.0, 0.2
"""Seconds of a processor in which a ``tokenizer.json`` must be loaded and used, and so many more a megabyte of it."""
TOKENIZER_MEMORY_BYTES, TOKENIZER_MEMORY_RATIO = 256 << 20, 16
"""Memory that it may take then, and so many times its own size more: vocabularies take up to 18 times theirs."""
HEADER_READER_S = 10.0
"""Within which the process that reads a foreign file's header must answer."""
HEADER_READER_BYTES = 1 << 30
"""Address space of that process."""

# ------------------------------------------------------------------------------------- pictures
PICTURE_MEGAPIXELS = 50
PICTURE_DECODED_BYTES = 256 << 20
"""Of one picture: pixels as they are decoded, in every plane, and the copies that are made on the way to RGB."""
PICTURE_SCANS = 100
"""Of a progressive JPEG; common encoders write about 10."""
PICTURE_SCANNED_MEGAPIXELS = 1_000
"""Pixels of a JPEG times its scans: each scan goes over the whole picture again."""
PICTURE_S = 3.0
"""Of a thread's own time, to read and decode one picture."""
PICTURE_FILE_BYTES = 256 << 20

# ------------------------------------------------------------------------------------- templates
TEMPLATE_S = 2.0
TEMPLATE_BYTES = 256 << 20
TEMPLATE_OUTPUT_CHARACTERS = 8_000_000

# ------------------------------------------------------------------------------------- chats of other programs
CHATS_BYTES = 256 << 20
SCORED_BYTES = 8 << 20
"""A file of text whose tokens are scored."""

# ------------------------------------------------------------------------------------- the Hub
HUB_JSON_BYTES = 64 << 20
"""After decompression."""
HUB_REDIRECTS = 5
HUB_SLOW_BYTES_PER_S = 1_000
HUB_SLOW_S = 60.0
"""A transfer below ``HUB_SLOW_BYTES_PER_S`` for so long is ended."""
