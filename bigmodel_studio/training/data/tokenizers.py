"""The tokenizer of a run: one learnt from its own training text, or the one of a model's folder.

Byte-level BPE as in GPT-2 (Radford et al. 2019, section 2.2): 256 byte symbols, so that any text is encoded without
loss. WordPiece as in BERT (Wu et al. 2016, section 4.1; Devlin et al. 2018, section 3), without upper case and accents.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from bigmodel_studio.core.specs.resolved import LEARNT, ResolvedSpec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import loading
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.text_files import Corpus, content_hash, read_chunks

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Say = Callable[[str, int, int], None]
Learn = Callable[[Corpus, int, int, Callable[[int], None]], "PreTrainedTokenizerBase"]
"""``train_tokenizer`` or ``train_wordpiece``."""
END_OF_TEXT = "<|endoftext|>"
LEARN_BYTES = 32 * 1024 * 1024
"""Of a larger text, as much as this is taken to learn merges from, in chunks spread evenly over all of it."""
SMALLEST = 257
TOKENIZER_FILE = "tokenizer.json"
WORDPIECE_ALPHABET = 1000
"""At most so many characters are symbols of their own, the most frequent ones."""


def vocabulary_size(tokenizer: str) -> int:
    """Return the N of "train:N". Raises ``StudioError`` "spec-field"."""
    size = tokenizer.removeprefix(LEARNT)
    if not size.isdigit() or not SMALLEST <= int(size) <= 1_000_000:
        may_be = f"“train:N” with N from {SMALLEST} (the bytes and the end of text) to 1,000,000, or a folder"
        raise StudioError("spec-field", field="model.tokenizer", was=repr(tokenizer), may_be=may_be)
    return int(size)


def train_tokenizer(corpus: Corpus, size: int, context: int, say: Callable[[int], None]) -> PreTrainedTokenizerBase:
    """Return a byte-level BPE of ``size`` entries, learnt from the training part alone; ``say`` gets the bytes read."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer: Any = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_spread(corpus, say), trainer)
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END_OF_TEXT,
        bos_token=END_OF_TEXT,
        pad_token=END_OF_TEXT,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def train_wordpiece(corpus: Corpus, size: int, context: int, say: Callable[[int], None]) -> PreTrainedTokenizerBase:
    """Train BERT's tokenizer with at most ``size`` entries, its five special tokens among them; otherwise as above.

    Characters that are too rare for a vocabulary of that size are unknown to it.
    """
    like: Any = transformers.BertTokenizer()
    backend = like.backend_tokenizer
    tokenizer = Tokenizer(models.WordPiece(unk_token=like.unk_token))
    tokenizer.normalizer, tokenizer.pre_tokenizer = backend.normalizer, backend.pre_tokenizer
    characters: Counter[str] = Counter()
    for chunk in _spread(corpus, say):
        characters.update(backend.normalizer.normalize_str(chunk))
    common = sorted((c for c in characters if not c.isspace()), key=lambda c: (-characters[c], c))
    alphabet = sorted(common[: min(WORDPIECE_ALPHABET, size // 4)])
    special = [like.pad_token, like.unk_token, like.cls_token, like.sep_token, like.mask_token]
    trainer: Any = trainers.WordPieceTrainer(
        vocab_size=size,
        # The trainer numbers the pieces that continue a word as it meets them, which is in no fixed order: they are
        # given here, so that the same text makes the same vocabulary.
        special_tokens=[*special, *(f"##{c}" for c in alphabet)],
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_spread(corpus, say), trainer)
    return transformers.BertTokenizer(vocab=tokenizer.get_vocab(), model_max_length=context)


def asked_tokenizer(resolved: ResolvedSpec, corpus: Corpus, learn: Learn, say: Say) -> PreTrainedTokenizerBase:
    """Return the tokenizer that a spec names: what ``learn`` makes of the corpus for "train:N", else a folder's.

    What was learnt is kept in the cache, under a hash of what it was learnt from.
    """
    model = resolved.spec.model
    named = resolved.tokenizer_folder()
    if named is not None:
        return loading.load_tokenizer(named, model.tokenizer)
    size = vocabulary_size(model.tokenizer)
    total = sum(part.bytes for part in corpus.train)
    content = content_hash(Corpus(corpus.train, []), lambda done: say("reading", done, total))
    key = hashlib.sha256(f"1 {learn.__name__} {size} {model.context} {content}".encode()).hexdigest()[:32]
    folder = paths.cache() / "tokenizers" / key
    if not (folder / TOKENIZER_FILE).is_file():
        learnt = learn(corpus, size, model.context, lambda done: say("vocabulary", done, total))
        with made_whole(folder, TOKENIZER_FILE) as temporary:
            learnt.save_pretrained(str(temporary))
    return loading.load_tokenizer(folder, model.tokenizer)


def _spread(corpus: Corpus, say: Callable[[int], None]) -> Iterator[str]:
    total = sum(part.end - part.start for part in corpus.train)
    every = max(1, -(-total // LEARN_BYTES))
    number = done = 0
    for part in corpus.train:
        for chunk in read_chunks(part, Corpus([], [])):
            done += len(chunk)
            say(done)
            if number % every == 0:
                yield chunk
            number += 1
