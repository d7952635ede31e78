"""From token ids to text as it becomes readable: never a half character, never a piece of a stop string.

The pieces joined are ``decode(prompt + new)`` less ``decode(prompt)``, but for a character at the very end that was
never finished: it is left out. Decoding the whole again for each token would be quadratic, and decoding a token by
itself loses the spaces that some tokenizers keep between tokens; so a short window is decoded, without and with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


BROKEN = "�"
_WINDOW = 8


def decode(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    """Return the text of some ids, special tokens left out."""
    text = tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return text if isinstance(text, str) else "".join(text)


class Detokeniser:
    """Text of new tokens after a prompt, as soon as whole characters are known."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, prompt: list[int]) -> None:
        self._tokenizer = tokenizer
        window = _WINDOW
        # The window must show some text, else the first space after it would look like the start of a text.
        while window < len(prompt) and not decode(tokenizer, prompt[-window:]):
            window *= 2
        self._ids = prompt[-window:]
        self._shown = len(self._ids)  # ids of the window that the text so far covers; those after it wait
        self._text = decode(tokenizer, self._ids)

    def push(self, id_: int) -> str:
        """Return what became readable with this token: "" while a character is half finished."""
        self._ids.append(id_)
        text = decode(self._tokenizer, self._ids)
        if text.endswith(BROKEN) or len(text) <= len(self._text):
            return ""
        piece = text[len(self._text) :]
        if self._text:
            self._ids = self._ids[self._shown :]
            text = decode(self._tokenizer, self._ids)
        self._text, self._shown = text, len(self._ids)
        return piece

    def peek(self, id_: int) -> str:
        """Return what this token would read as here, special tokens by their names; nothing is kept."""
        if id_ in self._tokenizer.all_special_ids:
            return str(self._tokenizer.convert_ids_to_tokens(id_))
        text = decode(self._tokenizer, [*self._ids, id_])[len(self._text) :]
        return str(self._tokenizer.convert_ids_to_tokens(id_)) if BROKEN in text else text


class StopStrings:
    """Ends a text before the first of some strings, and holds back what may yet become one."""

    def __init__(self, strings: tuple[str, ...]) -> None:
        self._strings = tuple(string for string in strings if string)
        self._pending = ""
        self.found = False

    def push(self, text: str) -> str:
        """Return what of the text may be shown now; ``found`` is set once a stop string is complete."""
        self._pending += text
        places = [place for place in (self._pending.find(string) for string in self._strings) if place >= 0]
        if places:
            self.found = True
            shown, self._pending = self._pending[: min(places)], ""
            return shown
        keep = max((self._overlap(string) for string in self._strings), default=0)
        cut = len(self._pending) - keep
        shown, self._pending = self._pending[:cut], self._pending[cut:]
        return shown

    def rest(self) -> str:
        """Return the pending text, which turned out to be no stop string."""
        loaded, self._pending = self._pending, ""
        return loaded

    def _overlap(self, string: str) -> int:
        """Return how many characters at the end of what is held are the beginning of ``string``."""
        longest = min(len(string) - 1, len(self._pending))
        return next((n for n in range(longest, 0, -1) if self._pending.endswith(string[:n])), 0)
