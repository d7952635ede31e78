"""Answering as in conversations: a model that continues text is trained on, with the loss on the answers alone.

Ouyang et al. 2022 (arXiv 2203.02155, section 3.5, supervised fine-tuning): what the user and the system say is read and
not learnt. The model's own chat template writes the conversations; one without is given a simple one, which is saved
with its tokenizer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from bigmodel_studio.core.data.records import is_parquet
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.engine.templates.conversation import render_conversation
from bigmodel_studio.engine.text.token_texts import token_texts
from bigmodel_studio.protocol import DataRole, Finding, Place, PreviewExample, PreviewToken, Problem
from bigmodel_studio.training.data import chat_data, shuffling
from bigmodel_studio.training.data.chat_data import Chats
from bigmodel_studio.training.data.chat_spans import simple_template
from bigmodel_studio.training.data.paragraphs import not_utf8
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.loop.baselines import token_shares
from bigmodel_studio.training.loop.sample_text import continued, ends_of
from bigmodel_studio.training.models.base_model import causal_model, packs
from bigmodel_studio.training.objectives import (
    Batch,
    CountedExample,
    Evaluated,
    EvaluatedExample,
    Examples,
    Objective,
    part_of,
)
from bigmodel_studio.training.objectives.causal_lm import MOST_EXAMPLE_CHARACTERS

if TYPE_CHECKING:
    from transformers import PreTrainedModel

ORDER = 1
"""The stream of random numbers that conversations are shuffled by."""
MOST_COUNTED = 20_000_000
"""Tokens that a share or a baseline is counted over: memory stays flat on any data."""


class BatchOutput(NamedTuple):
    """``where`` the next token is learnt [batch, length - 1]; its logits [learnt, vocabulary], what it is and the loss
    on it [learnt].
    """

    where: torch.Tensor
    logits: torch.Tensor
    labels: torch.Tensor
    losses: torch.Tensor


class Chat(Objective):
    """Batches are ``{"tokens", "learnt": int64 [batch, longest], "lengths": int64 [batch]}``; ``learnt`` is 1 for a
    token of an answer. What fills a row up is read by nothing, for it comes after, and is not learnt.
    """

    rate = "tokens_per_s"
    kind = chat_data.CHATS

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        corpus = reading.corpus(chat_data.chat_files(spec.data.train, spec.data.evaluation))
        source = checkpoint or resolved.needed_base_folder()
        self._base = causal_model(source)
        self._packed = packs(spec.method.kind, checkpoint)
        self.tokenizer, self.context = self._base.tokenizer(), self._base.context(spec.model.context)
        bare = not self.tokenizer.chat_template
        if bare:
            self.tokenizer.chat_template = simple_template(self.tokenizer)
        self._parts = corpus.train + corpus.evaluation
        share = float(spec.data.evaluation) if isinstance(spec.data.evaluation, float | int) else 0.0
        self.data = chat_data.prepare(corpus, share, self.tokenizer, self.context, reading.say, self.kind)
        self.notes = self._notes(bare)

    def build_model(self) -> None:
        self.model = self._base.load(packed=self._packed)
        says: Any = self.model.generation_config
        if says.eos_token_id is None:
            says.eos_token_id = self.tokenizer.eos_token_id  # else what was learnt to end an answer would not end it

    def _notes(self, bare: bool) -> list[str]:
        notes = self._amounts()
        counts = self.data.counts
        if bare:
            notes.append("the model has no chat template: a simple one is used, and saved with it")
        if counts.cut:
            notes.append(f"{counts.cut:,} are longer than the context and are truncated")
        if counts.without:
            notes.append(f"{counts.without:,} are left out: no answer in them begins within the context")
        if counts.moved:
            notes.append(f"{counts.moved:,} have a system message, which the template has no role for: it is put first")
        notes += [f"left out: {fault}" for fault in self.data.faults]
        more = counts.faults - len(counts.faults_at)
        return notes + [f"left out: {more:,} more"] * bool(more)

    def _amounts(self) -> list[str]:
        """Return how much there is to learn from."""
        counts, train = self.data.counts, self.data.train
        learnt = int(np.count_nonzero(train.learnt[:MOST_COUNTED]))
        share = learnt / max(1, len(train.learnt[:MOST_COUNTED]))
        return [
            f"{counts.train:,} training chats, {counts.evaluation:,} evaluation chats",
            f"{len(train.tokens):,} training tokens, {share:.0%} of them in answers; context {self.context:,}",
        ]

    # ------------------------------------------------------------------------------- for the loop

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        """Yield conversations, distinguished by their tokens."""
        data = self.data.train if role == "training" else self.data.evaluation
        unknown = self.tokenizer.unk_token_id
        for number, (file, line, length) in enumerate(data.places.tolist()):
            ids, _ = data.conversation(number)
            yield CountedExample(
                Place(self.data.files[file], line),
                f"{length} {ids.tobytes().hex()}",
                length,
                cut=length > self.context + 1,
                unknown=int((ids == unknown).sum()) if unknown is not None else 0,
            )

    def findings(self) -> Iterator[Finding]:
        yield from not_utf8(part for part in self._parts if not is_parquet(part.path))
        counts, files = self.data.counts, self.data.files
        reasons = {spot.reason for spot in counts.faults_at}
        for reason in sorted(reasons):
            places = tuple(Place(files[spot.file], spot.line) for spot in counts.faults_at if spot.reason == reason)
            # All are counted, and the first are known by their reasons: what is left over is said with a single one.
            count = counts.faults if len(reasons) == 1 else len(places)
            arguments: dict[str, str | int | float] = {"count": count, "detail": reason}
            problem = Problem(code=self.kind.findings[0], arguments=arguments)
            yield Finding(problem=problem, weight="warning", count=count, places=places)
        if counts.without:
            arguments = {"count": counts.without, "context": self.context}
            problem = Problem(code=self.kind.findings[1], arguments=arguments)
            places = tuple(Place(files[spot.file], spot.line) for spot in counts.without_at)
            yield Finding(problem=problem, weight="warning", count=counts.without, places=places)
        if counts.moved:
            problem = Problem(code="preview-chats-no-system", arguments={"count": counts.moved})
            places = tuple(Place(files[spot.file], spot.line) for spot in counts.moved_at)
            yield Finding(problem=problem, weight="warning", count=counts.moved, places=places)

    @property
    def updates_an_epoch(self) -> float:
        return self._count(self.data.train) / self._spec.schedule.update

    def _count(self, data: Chats) -> int:
        """Return the examples of a part of the data."""
        return len(data) // self.kind.each

    def batch(self, step: int) -> Batch:
        return self._made(self.data.train, self._drawn(step))

    def _drawn(self, step: int) -> list[int]:
        size = self._spec.schedule.update
        return shuffling.order(self._spec.seed, (step - 1) * size, size, self._count(self.data.train), ORDER)

    def items(self, batch: Batch) -> int:
        return int(batch["lengths"].sum())

    def weight(self, batch: Batch) -> float:
        return float(batch["learnt"][:, 1:].sum())

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        output = self._see(model, batch)
        self.example_losses = _of_each(output)
        return output.losses.sum() / max(1, len(output.losses))

    def evaluation_batches(self) -> Iterator[Batch]:
        schedule, data = self._spec.schedule, self.data.evaluation
        there = self._count(data)
        count = min(there, schedule.evaluation_batches * schedule.batch)
        numbers = [number * there // count for number in range(count)]
        for first in range(0, count, schedule.batch):
            yield self._made(data, numbers[first : first + schedule.batch])

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        losses: list[float] = []
        each: list[float] = []
        right = 0
        for batch in batches:
            output = self._see(model, batch)
            losses += output.losses.tolist()
            each += _of_each(output).tolist()
            right += int((output.logits.argmax(-1) == output.labels).sum())
        if not losses:
            return {}
        self.evaluated = Evaluated(losses=each)
        return {"evaluation_loss": math.fsum(losses) / len(losses), "accuracy": right / len(losses)}

    def evaluation_examples(self) -> Examples:
        texts = [
            str(self.tokenizer.decode(row[: min(length, MOST_EXAMPLE_CHARACTERS)]))[:MOST_EXAMPLE_CHARACTERS]
            for batch in self.evaluation_batches()
            for row, length in zip(batch["tokens"].tolist(), batch["lengths"].tolist(), strict=True)
        ]
        return Examples(kind="text", examples=texts)

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        wanted = self._spec.samples
        ends = ends_of(model, self.tokenizer)
        for number, prompt in enumerate(wanted.prompts):
            generator = torch.Generator().manual_seed(self._spec.seed * 1_000_003 + step * 101 + number)
            asked = [{"role": "user", "content": prompt}]
            text = render_conversation(self.tokenizer, asked)
            start = [int(i) for i in self.tokenizer.encode(text, add_special_tokens=False)]
            room = min(wanted.new_tokens, max(1, self.context - min(len(start), self.context // 2)))
            ids = continued(model, start[-(self.context - room) :], room, wanted.temperature, ends, generator)
            yield {"prompt": prompt, "text": str(self.tokenizer.decode(ids)), "tokens": len(ids)}

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return whole conversations; the tokens of answers are learnt."""
        part, drawn = part_of(batch, numbers), self._drawn(step)
        special = set(self.tokenizer.all_special_ids)
        made = []
        rows = zip(numbers, part["tokens"], part["learnt"], part["lengths"].tolist(), strict=True)
        for number, row, marks, length in rows:
            file, line, whole = self.data.train.places[drawn[number]].tolist()
            ids, learnt = row[:length].tolist(), marks[:length].tolist()
            texts = token_texts(self.tokenizer, ids)
            tokens = tuple(
                PreviewToken(text, "learnt" if mark and at else "added" if token in special else "read")
                for at, (text, token, mark) in enumerate(zip(texts, ids, learnt, strict=True))
            )
            place = Place(self.data.files[file], line)
            made.append(PreviewExample(place=place, tokens=tokens, length=whole, cut=whole > length))
        return made

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        output = self._see(model, batch)
        spread = torch.full(output.where.shape, math.nan)
        spread[output.where.cpu()] = output.losses.float().cpu()
        lengths = batch["lengths"].tolist()
        return [
            EvaluatedExample(loss, [None, *(None if math.isnan(each) else each for each in row[: length - 1])])
            for loss, row, length in zip(_of_each(output).tolist(), spread.tolist(), lengths, strict=True)
        ]

    def save_beside(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(str(folder))

    def baselines(self) -> dict[str, float]:
        """Return the tokens of answers, guessed by how frequent they are in answers."""
        batches = list(self.evaluation_batches())
        if not batches:
            return {}
        train = self.data.train
        marks = train.learnt[:MOST_COUNTED].astype(bool)
        shares = token_shares(train.tokens[:MOST_COUNTED][marks], len(self.tokenizer))
        learnt = torch.cat([batch["tokens"][:, 1:][batch["learnt"][:, 1:].bool()] for batch in batches]).numpy()
        return {"unigram": float(-np.log(shares[learnt]).mean())}

    # ------------------------------------------------------------------------------- small things

    def _made(self, data: Chats, numbers: Sequence[int]) -> Batch:
        return self._padded([data.conversation(number) for number in numbers])

    def _padded(self, rows: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Batch:
        longest = max(len(ids) for ids, _ in rows)
        padding = self.tokenizer.pad_token_id if isinstance(self.tokenizer.pad_token_id, int) else 0
        tokens = np.full((len(rows), longest), padding, dtype=np.int64)
        learnt = np.zeros((len(rows), longest), dtype=np.int64)
        for place, (ids, marks) in enumerate(rows):
            tokens[place, : len(ids)], learnt[place, : len(ids)] = ids, marks
        lengths = torch.tensor([len(ids) for ids, _ in rows])
        return {"tokens": torch.from_numpy(tokens), "learnt": torch.from_numpy(learnt), "lengths": lengths}

    def _see(self, model: PreTrainedModel, batch: Batch) -> BatchOutput:
        tokens, where = batch["tokens"], batch["learnt"][:, 1:] == 1
        logits = model(input_ids=tokens[:, :-1], use_cache=False).logits[where].float()
        labels = tokens[:, 1:][where]
        return BatchOutput(where, logits, labels, F.cross_entropy(logits, labels, reduction="none"))


def _of_each(output: BatchOutput) -> torch.Tensor:
    """Return the mean loss of each conversation's answers, without a gradient."""
    spread = torch.zeros(output.where.shape, device=output.losses.device)
    spread[output.where] = output.losses.detach()
    return spread.sum(1) / output.where.sum(1).clamp(min=1)
