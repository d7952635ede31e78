"""A GGUF file's tokenizer and chat template, as transformers uses them.

Two kinds are built: byte-level BPE ("gpt2", Radford et al. 2019), whose merges are in the file, and SentencePiece's BPE
("llama", Kudo and Richardson 2018), whose merges follow from the scores of its tokens. Text is never split in a way
that the file doesn't name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors

from bigmodel_studio.core.models.gguf_lists import read_numbers, read_texts
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import is_out_of_memory
from bigmodel_studio.engine.gguf.pre_tokenizers import PRE_TOKENIZERS
from bigmodel_studio.engine.gguf.tensors import GgufTensors

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
"""llama.cpp's types of tokens (``enum llama_token_type``)."""
SPACE = "▁"
MAX_TOKEN_LETTERS = 512
"""A longer token isn't taken apart into merges: no vocabulary has one."""
ENDS = frozenset(
    {
        "<|eot_id|>",
        "<|eom_id|>",
        "<|im_end|>",
        "<|end|>",
        "<|endoftext|>",
        "<|end_of_text|>",
        "<end_of_turn>",
        "<EOT>",
        "</s>",
    }
)
"""Control tokens that end a reply, by their text: converters forget to name them (``src/llama-vocab.cpp``)."""


class Vocabulary(NamedTuple):
    """What the file says of its tokens; ``types`` and ``scores`` are as long as ``tokens``."""

    kind: str
    pre: str
    tokens: list[str]
    types: tuple[int, ...]
    scores: tuple[float, ...]
    merges: list[str]
    specials: dict[str, int]
    adds_bos: bool
    adds_eos: bool
    adds_space: bool
    template: str

    def ends(self) -> tuple[int, ...]:
        """Return the ids that end a reply: those that are named so, and control tokens that are called so."""
        named = {self.specials[name] for name in ("eos", "eot", "eom") if name in self.specials}
        called = {
            number
            for number, (token, kind) in enumerate(zip(self.tokens, self.types, strict=True))
            if kind in {CONTROL, USER_DEFINED} and token in ENDS
        }
        return tuple(sorted(named | called))


def vocabulary_of(tensors: GgufTensors) -> Vocabulary:
    """Return the tokens of a file and what is said of them.

    The file is one that ``core.models.gguf_support`` doesn't refuse. Raises ``StudioError`` "gguf-tokenizer", and for
    a list that can't be read as ``core.models.gguf_lists`` does.
    """
    header, file = tensors.header, tensors.files[0]
    kind, pre = header.text("tokenizer.ggml.model"), header.text("tokenizer.ggml.pre")
    tokens = read_texts(file, header, "tokenizer.ggml.tokens")
    types = _numbers(tensors, "tokenizer.ggml.token_type", len(tokens), NORMAL)
    scores = _numbers(tensors, "tokenizer.ggml.scores", len(tokens), 0.0)
    if not tokens:
        raise StudioError("gguf-tokenizer", detail="the file lists no tokens")
    if kind == "llama" and not header.lists.get("tokenizer.ggml.scores"):
        raise StudioError("gguf-tokenizer", detail="the file lists no scores of its tokens")
    tokens = [token or f"[EMPTY_{number}]" for number, token in enumerate(tokens)]
    if len(set(tokens)) < len(tokens):
        raise StudioError("gguf-tokenizer", detail="a token is listed twice")
    specials = {}
    for name, key in _SPECIALS.items():
        number = header.metadata.get(f"tokenizer.ggml.{key}")
        if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(tokens):
            specials[name] = number
    if kind == "llama":
        specials = {"bos": 1, "eos": 2, "unk": 0} | specials if len(tokens) > 2 else specials
    by_default = kind == "llama" or PRE_TOKENIZERS[pre].adds_bos
    return Vocabulary(
        kind=kind,
        pre=pre,
        tokens=tokens,
        types=tuple(int(each) for each in types),
        scores=tuple(float(each) for each in scores),
        merges=read_texts(file, header, "tokenizer.ggml.merges"),
        specials=specials,
        adds_bos=_flag(tensors, "add_bos_token", by_default),
        adds_eos=_flag(tensors, "add_eos_token", False),
        adds_space=_flag(tensors, "add_space_prefix", kind == "llama"),
        template=_template(tensors),
    )


def build(vocabulary: Vocabulary, architecture: str) -> PreTrainedTokenizerBase:
    """Return the tokenizer, with its chat template. Raises ``StudioError`` "gguf-tokenizer" with the reason."""
    try:
        make = _byte_level if vocabulary.kind == "gpt2" else _sentencepiece
        tokenizer = make(vocabulary, architecture)
        _add_whole_tokens(tokenizer, vocabulary)
        tokenizer.post_processor = _ends_of_text(vocabulary)
        named = {f"{name}_token": vocabulary.tokens[number] for name, number in vocabulary.specials.items()}
        wrapped: PreTrainedTokenizerBase = transformers.PreTrainedTokenizerFast(
            tokenizer_object=tokenizer,
            clean_up_tokenization_spaces=False,
            chat_template=vocabulary.template or None,
            **{name: token for name, token in named.items() if name in _NAMED},
        )
    except Exception as error:
        if is_out_of_memory(error) or isinstance(error, StudioError):
            raise
        raise StudioError("gguf-tokenizer", detail=(str(error).strip().splitlines() or ["?"])[0][:200]) from error
    return wrapped


_SPECIALS = {
    "bos": "bos_token_id",
    "eos": "eos_token_id",
    "eot": "eot_token_id",
    "eom": "eom_token_id",
    "unk": "unknown_token_id",
    "pad": "padding_token_id",
}
_NAMED = frozenset({"bos_token", "eos_token", "unk_token", "pad_token"})


def _numbers(tensors: GgufTensors, key: str, count: int, usual: float) -> tuple[int | float, ...]:
    found = read_numbers(tensors.files[0], tensors.header, key)
    if found and len(found) != count:
        raise StudioError("gguf-tokenizer", detail=f"{key} has {len(found):,} entries, and there are {count:,} tokens")
    return found or (usual,) * count


def _flag(tensors: GgufTensors, name: str, usual: bool) -> bool:
    value = tensors.header.metadata.get(f"tokenizer.ggml.{name}")
    return value if isinstance(value, bool) else usual


def _template(tensors: GgufTensors) -> str:
    if "tokenizer.chat_template" in tensors.header.lengths:
        raise StudioError("gguf-tokenizer", detail="its chat template is longer than 64 KiB")
    return tensors.header.text("tokenizer.chat_template")


# ---------------------------------------------------------------------------------------------- the two kinds


def _byte_level(vocabulary: Vocabulary, architecture: str) -> Tokenizer:
    """Byte-level BPE, split as the file says."""
    pre = PRE_TOKENIZERS[vocabulary.pre]
    merges = []
    for merge in vocabulary.merges:
        left, _, right = merge[1:].partition(" ")  # the first letter may be a space in a file that spells no bytes
        merges.append((merge[:1] + left, right))
    ids = {token: number for number, token in enumerate(vocabulary.tokens)}
    tokenizer = Tokenizer(models.BPE(ids, merges, ignore_merges=pre.whole_words))
    normalizer = pre.normalizer()
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre.splitter()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _sentencepiece(vocabulary: Vocabulary, architecture: str) -> Tokenizer:
    """SentencePiece's BPE: of all neighbours that make a token, those that make the best one are merged first.

    A token's score says how good it is. Gemma's scores don't follow the order in which it merges, and the tokens do;
    its runs of spaces are written as such in the file, and are looked up as ``SPACE``.
    """
    tokens = vocabulary.tokens
    gemma = architecture.startswith("gemma")
    if gemma:
        tokens = [SPACE * len(token) if token.strip(" ") == "" else token for token in tokens]
    ids = {token: number for number, token in enumerate(tokens)}
    scores = [-float(number) for number in range(len(tokens))] if gemma else vocabulary.scores
    pieces = {
        token: scores[number]
        for number, token in enumerate(tokens)
        if vocabulary.types[number] in {NORMAL, USER_DEFINED}
    }
    unknown = vocabulary.tokens[vocabulary.specials["unk"]] if "unk" in vocabulary.specials else None
    tokenizer = Tokenizer(models.BPE(ids, merges_of(pieces, ids), unk_token=unknown, fuse_unk=True, byte_fallback=True))
    steps: list[normalizers.Normalizer] = [normalizers.Prepend(SPACE)] if vocabulary.adds_space else []
    tokenizer.normalizer = normalizers.Sequence([*steps, normalizers.Replace(" ", SPACE)])
    back: list[decoders.Decoder] = [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    if vocabulary.adds_space:
        back.append(decoders.Strip(" ", 1, 0))
    tokenizer.decoder = decoders.Sequence(back)
    return tokenizer


def merges_of(pieces: dict[str, float], ids: dict[str, int]) -> list[tuple[str, str]]:
    """Return the merges that the scores of tokens imply, the best first; of one token's, by the ids of its parts."""
    ranked: list[tuple[float, int, int, str, str]] = []
    for token, score in pieces.items():
        if not 1 < len(token) <= MAX_TOKEN_LETTERS:
            continue
        for cut in range(1, len(token)):
            left, right = token[:cut], token[cut:]
            if left in pieces and right in pieces:
                ranked.append((-score, ids[left], ids[right], left, right))
    ranked.sort(key=lambda merge: merge[:3])
    return [(left, right) for *_rank, left, right in ranked]


def _add_whole_tokens(tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
    """Tokens that are found in text as they stand, before anything is split: control tokens, and users' own."""
    known = tokenizer.get_vocab(with_added_tokens=False)
    for special, kinds in ((True, {CONTROL, UNKNOWN}), (False, {USER_DEFINED})):
        added = [
            AddedToken(token, normalized=False, special=special)
            for token, kind in zip(vocabulary.tokens, vocabulary.types, strict=True)
            if kind in kinds and token in known
        ]
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)(added)


def _ends_of_text(vocabulary: Vocabulary) -> processors.PostProcessor:
    """Return what is put before and after a text, as the file says."""
    around: list[str] = ["$A"]
    specials: list[tuple[str, int]] = []
    for adds, name in ((vocabulary.adds_bos, "bos"), (vocabulary.adds_eos, "eos")):
        if not adds:
            continue
        if name not in vocabulary.specials:
            raise StudioError("gguf-tokenizer", detail=f"it adds a token ({name}) that the file doesn't name")
        number = vocabulary.specials[name]
        token = vocabulary.tokens[number]
        around = [token, *around] if name == "bos" else [*around, token]
        specials.append((token, number))
    return processors.TemplateProcessing(single=around, special_tokens=specials)
