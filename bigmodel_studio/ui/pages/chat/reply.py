"""A reply that is on its way: its tokens, what of them was shown and kept, and what it cost. It knows no widget."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import msgspec

from bigmodel_studio.core.chat.conversation_values import Message, ReplyFacts
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.protocol import Generate, Generated, ModelRef, Problem, Progress, Sampling, Token


@dataclass
class Queued:
    """A message that waits to be sent, and the one that it follows; None: the reply that is on its way."""

    text: str
    after: int | None


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """Another version of a reply: it keeps the tokens ``begun``, continues with ``first_id``, and the rest is written
    by ``model``, with the settings and the system prompt of the first version.
    """

    model: ModelRef
    sampling: Sampling
    system: str
    begun: tuple[Token, ...]
    first_id: int

    def keep(self, store: Conversations, reply: Message) -> int:
        """Return a new version of the reply with what they have in common; it streams."""
        text = "".join(token.text for token in self.begun)
        begun = store.add(reply.conversation, "assistant", "", parent=reply.parent, model=reply.model)
        facts = ReplyFacts(new_tokens=len(self.begun))
        store.finish(begun, text, "cancelled", facts, tokens=self.begun)
        store.resume(begun)
        return begun

    def changes(self) -> dict[str, Any]:
        """Return what it asks of the engine in other ways than a reply does."""
        searched = self.sampling.beams > 1  # a search over beams has no first token; greedy is next to it
        sampling = msgspec.structs.replace(self.sampling, beams=1, greedy=True) if searched else self.sampling
        ids = tuple(token.id for token in self.begun)
        return {"model": self.model, "sampling": sampling, "begun_ids": ids, "first_id": self.first_id}


class Reply:
    """A reply on its way. Tokens and times are counted here until the engine says them exactly."""

    def __init__(self, begun: Message) -> None:
        self.begun_as = begun
        self.message = begun.id
        self.before = begun.facts
        """What was known of it when it was stopped, where it is one that goes on."""
        self.model = begun.model
        self.received: list[Token] = []
        self.shown = 0
        self.kept = 0
        self.kept_at = 0.0
        self.begun = time.monotonic()
        self.first_s: float | None = None
        self.last_s = 0.0
        self.left_out = 0
        self.ref: ModelRef | None = None
        self.sampling: Sampling | None = None
        self.system: str | None = None
        self.waits_for = Progress(what="no-model")
        self.waited_s = 0

    def asked(self, request: Generate, system: str) -> None:
        """Note what was asked of the engine."""
        self.ref, self.sampling, self.system = request.model, request.sampling, system

    def take(self, token: Token) -> None:
        """Add a token that came now."""
        self.last_s = time.monotonic() - self.begun
        self.first_s = self.last_s if self.first_s is None else self.first_s
        self.received.append(token)

    def text(self, begin: int = 0, end: int | None = None) -> str:
        """Return the text of some of its tokens."""
        return "".join(token.text for token in self.received[begin:end])

    def facts(self, problem: Problem | None = None) -> ReplyFacts:
        """Return what is known of it so far; ``problem``: why it failed."""
        streaming_s = self.last_s - (self.first_s or 0.0)
        return ReplyFacts(
            new_tokens=self.before.new_tokens + len(self.received),
            tokens_per_second=(len(self.received) - 1) / streaming_s if self.received and streaming_s > 0 else 0.0,
            time_to_first_token_s=self.first_s or 0.0,
            trimmed_turns=self.left_out,
            sampling=self.sampling,
            model=self.ref,
            system=self.system,
            problem=problem,
        )

    def facts_of(self, result: Generated) -> ReplyFacts:
        """Return what is known of it at its end."""
        return ReplyFacts(
            new_tokens=self.before.new_tokens + result.new_tokens,
            prompt_tokens=result.prompt_tokens - self.before.new_tokens,  # the beginning of the reply was in the prompt
            tokens_per_second=result.tokens_per_second,
            time_to_first_token_s=result.time_to_first_token_s,
            finish_reason=result.finish_reason,
            seed=result.seed,
            sampling=self.sampling,
            model=self.ref,
            system=self.system,
            template=result.template,
            trimmed_turns=max(self.left_out, result.trimmed_turns),
            trimmed_tokens=result.trimmed_tokens,
            drafted_tokens=result.drafted_tokens,
            accepted_tokens=result.accepted_tokens,
        )
