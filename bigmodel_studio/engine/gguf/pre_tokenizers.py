"""How byte-level tokenizers split text before their merges apply, by the names that GGUF files give the ways.

The patterns are those of the models' own ``tokenizer.json``. Names are llama.cpp's (``src/llama-vocab.cpp``); a name
that isn't in the table is refused, for tokens cut in another way look right and mean something else.
"""

from __future__ import annotations

from typing import NamedTuple

from tokenizers import Regex, normalizers, pre_tokenizers

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_WORDS = r"|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_CASED = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+%s"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*%s"
)
_CASED_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = rf"{_CONTRACTIONS}{_WORDS}|\p{{N}}{{1,3}}{_REST}"
QWEN2 = rf"{_CONTRACTIONS}{_WORDS}|\p{{N}}{_REST}"
TEKKEN = _CASED % ("", "") + r"|\p{N}" + _CASED_REST
GPT4O = _CASED % (_CONTRACTIONS + "?", _CONTRACTIONS + "?") + r"|\p{N}{1,3}" + _CASED_REST
DEEPSEEK_CODER = (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", r"[一-龥ࠀ-一가-퟿]+", r"\p{N}")


class PreTokenizer(NamedTuple):
    """A way to split text.

    ``patterns`` are applied in turn, each to what the one before left whole; after them GPT-2's own, where
    ``gpt2_words``. ``whole_words``: a word that is a token is one, whatever the merges. ``adds_bos``: where the file
    doesn't say.
    """

    patterns: tuple[str, ...] = ()
    gpt2_words: bool = False
    whole_words: bool = False
    adds_bos: bool = False
    composes: bool = False
    """Whether accents are joined with their letters first (Unicode NFC)."""

    def splitter(self) -> pre_tokenizers.PreTokenizer:
        """Return it as a part of a tokenizer, which also spells bytes as letters."""
        parts: list[pre_tokenizers.PreTokenizer] = [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated") for pattern in self.patterns
        ]
        parts.append(pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=self.gpt2_words))
        return pre_tokenizers.Sequence(parts)

    def normalizer(self) -> normalizers.Normalizer | None:
        """Return what happens to text before, if anything."""
        return normalizers.NFC() if self.composes else None


_GPT2 = PreTokenizer(gpt2_words=True)
_DIGITS = PreTokenizer((r"\p{N}",), gpt2_words=True)
_LLAMA3 = PreTokenizer((LLAMA3,), whole_words=True, adds_bos=True)
_LLAMA3_MERGED = PreTokenizer((LLAMA3,))

PRE_TOKENIZERS: dict[str, PreTokenizer] = {
    "gpt-2": _GPT2,
    "phi-2": _GPT2,
    "olmo": _GPT2,
    "smollm": _DIGITS,
    "starcoder": _DIGITS,
    "refact": _DIGITS,
    "llama3": _LLAMA3,
    "llama-v3": _LLAMA3,
    "llama-bpe": _LLAMA3,
    "falcon3": _LLAMA3,
    "pixtral": _LLAMA3,
    "dbrx": _LLAMA3_MERGED,
    "smaug-bpe": _LLAMA3_MERGED,
    "qwen2": PreTokenizer((QWEN2,), composes=True),
    "deepseek-r1-qwen": PreTokenizer((QWEN2,)),
    "stablelm2": PreTokenizer((QWEN2,)),
    "tekken": PreTokenizer((TEKKEN,), whole_words=True, adds_bos=True),
    "gpt-4o": PreTokenizer((GPT4O,)),
    "deepseek-coder": PreTokenizer(DEEPSEEK_CODER),
}
