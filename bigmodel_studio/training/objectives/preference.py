"""Preferring one answer to another: direct preference optimization (DPO; Rafailov et al. 2023, arXiv 2305.18290).

Of a prompt x, an answer y_w that was chosen and one y_l that was rejected, the loss is (equation 7)

    -log σ(β·log(π(y_w|x) / π_ref(y_w|x)) - β·log(π(y_l|x) / π_ref(y_l|x)))

π_ref is the model before the first update; what it says of each answer is computed once and stored with the run. The
difference in the brackets is the reward margin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from bigmodel_studio.core.specs.objectives import FROZEN
from bigmodel_studio.core.specs.resolved import ResolvedSpec, resolve_spec
from bigmodel_studio.engine.text.token_texts import token_texts
from bigmodel_studio.protocol import DataRole, Place, PreviewExample, PreviewToken, TokenRole
from bigmodel_studio.training.data import chat_data
from bigmodel_studio.training.data.chat_data import Chats
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.models import heads
from bigmodel_studio.training.models.base_model import causal_model
from bigmodel_studio.training.objectives import (
    Batch,
    CountedExample,
    Evaluated,
    EvaluatedExample,
    Examples,
    Moved,
    part_of,
)
from bigmodel_studio.training.objectives.causal_lm import MOST_EXAMPLE_CHARACTERS
from bigmodel_studio.training.objectives.chat import Chat

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CHOSEN, REJECTED = 0, 1
MOST_MARGIN = 103.0
"""A loss in float32 tells of no larger one: it is 0 then."""
BETWEEN = "\n\n"
"""What is shown between the answers of a pair."""


class PairOutput(NamedTuple):
    """Of pairs: ``margins`` of their rewards and ``losses`` [pairs]; ``tokens``, the losses of the answers' tokens,
    which lie at ``where`` [2·pairs, length - 1].
    """

    margins: torch.Tensor
    losses: torch.Tensor
    where: torch.Tensor
    tokens: torch.Tensor


class Preference(Chat):
    """Batches are ``{"tokens", "learnt": int64 [batch, 2, longest], "lengths": int64 [batch, 2], "reference": float32
    [batch, 2]}``, the chosen answer's conversation first; ``reference`` is the log-probability of each answer before
    the first update (0 where it is not known yet: to look at data no model is needed).
    """

    kind = chat_data.PAIRS

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        super().__init__(resolved, checkpoint, reading)
        self._begun = checkpoint is not None
        self._beta = self._spec.method.beta
        self._reference: dict[str, torch.Tensor] = {}
        self.reference_key = f"{self.data.key} {self._spec.model.base}"

    def build_model(self) -> None:
        super().build_model()
        if self._spec.method.kind == FROZEN:
            heads.train_only(self.model, _head_of(self.model))

    def _amounts(self) -> list[str]:
        counts, train = self.data.counts, self.data.train
        return [
            f"{counts.train:,} training pairs, {counts.evaluation:,} evaluation pairs",
            f"{len(train.tokens):,} training tokens in both answers' conversations; context {self.context:,}",
        ]

    # ------------------------------------------------------------------------------- the reference

    def reference(self, model: PreTrainedModel, moved: Moved, say: Say) -> dict[str, torch.Tensor]:
        """Return the log-probability of each answer, float32 [pairs, 2], of both parts of the data."""
        size = self._spec.schedule.batch
        total, done = self.data.counts.train + self.data.counts.evaluation, 0
        found = {}
        for name, data in self._both():
            made = torch.zeros(self._count(data), 2)
            for first in range(0, len(made), size):
                numbers = range(first, min(first + size, len(made)))
                made[first : first + size] = self._answers(model, moved(self._made(data, numbers)))[0].float().cpu()
                done += len(numbers)
                say("reference", done, total)
            found[name] = made
        return found

    def reference_model(self) -> PreTrainedModel:
        if not self._begun:
            return self.model
        return causal_model(resolve_spec(self._spec).needed_base_folder()).load()

    def use_reference(self, tensors: dict[str, torch.Tensor]) -> None:
        self._reference = tensors

    def training_reference(self) -> NDArray[np.float32]:
        """Return the reference of what is learnt from, [pairs, 2]."""
        found: NDArray[np.float32] = self._reference["training"].numpy()
        return found

    def _both(self) -> tuple[tuple[str, Chats], ...]:
        return ("training", self.data.train), ("evaluation", self.data.evaluation)

    # ------------------------------------------------------------------------------- for the loop

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        """Yield pairs, distinguished by their tokens; as long as both conversations are."""
        data = dict(self._both())[role]
        unknown = self.tokenizer.unk_token_id
        for number in range(self._count(data)):
            rows = [data.conversation(2 * number + which)[0] for which in (CHOSEN, REJECTED)]
            places = data.places[2 * number : 2 * number + 2].tolist()
            yield CountedExample(
                Place(self.data.files[places[CHOSEN][0]], places[CHOSEN][1]),
                " ".join(ids.tobytes().hex() for ids in rows),
                sum(length for _, _, length in places),
                cut=any(length > self.context + 1 for _, _, length in places),
                unknown=sum(int((ids == unknown).sum()) for ids in rows) if unknown is not None else 0,
            )

    def to_training(self, model: PreTrainedModel) -> None:
        model.train()
        if self._spec.method.kind == FROZEN:
            model.base_model.eval()

    def weight(self, batch: Batch) -> float:
        return float(len(batch["lengths"]))

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        found = self._compare(model, batch)
        self.example_losses = found.losses.detach()
        return found.losses.mean()

    def measures(self, losses: torch.Tensor) -> dict[str, float]:
        """Return the mean reward margin, and the share of pairs whose chosen answer has the larger reward.

        A pair's loss is log(1 + exp(-margin)), and so says its margin.
        """
        known = losses.double().cpu()
        margins = -(known + torch.log(-torch.expm1(-known))).clamp(min=-MOST_MARGIN)
        return {"reward_margin": margins.mean().item(), "reward_accuracy": (margins > 0).double().mean().item()}

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        losses: list[float] = []
        margins: list[float] = []
        for batch in batches:
            found = self._compare(model, batch)
            losses += found.losses.tolist()
            margins += found.margins.tolist()
        if not losses:
            return {}
        self.evaluated = Evaluated(losses=losses)
        return {
            "evaluation_loss": math.fsum(losses) / len(losses),
            "evaluation_reward_margin": math.fsum(margins) / len(margins),
            "accuracy": sum(margin > 0 for margin in margins) / len(margins),
        }

    def evaluation_examples(self) -> Examples:
        texts = [
            BETWEEN.join(
                str(self.tokenizer.decode(row[: min(length, MOST_EXAMPLE_CHARACTERS)]))
                for row, length in zip(rows, lengths, strict=True)
            )
            for batch in self.evaluation_batches()
            for rows, lengths in zip(batch["tokens"].tolist(), batch["lengths"].tolist(), strict=True)
        ]
        return Examples(kind="text", examples=[text[:MOST_EXAMPLE_CHARACTERS] for text in texts])

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return the conversation with the chosen answer, then what the other one has in its place."""
        part, drawn = part_of(batch, numbers), self._drawn(step)
        made = []
        for at, number in enumerate(numbers):
            places = self.data.train.places[2 * drawn[number] : 2 * drawn[number] + 2].tolist()
            lengths = part["lengths"][at].tolist()
            begin = _apart(part["tokens"][at], part["learnt"][at])
            tokens = self._roles(part, at, CHOSEN, "learnt")
            other = self._roles(part, at, REJECTED, "rejected")[begin:]
            file, line, _ = places[CHOSEN]
            made.append(
                PreviewExample(
                    place=Place(self.data.files[file], line),
                    tokens=(*tokens, PreviewToken(BETWEEN, "added"), *other),
                    length=sum(whole for _, _, whole in places),
                    cut=any(whole > length for (_, _, whole), length in zip(places, lengths, strict=True)),
                )
            )
        return made

    def _roles(self, part: Batch, at: int, which: int, role: TokenRole) -> tuple[PreviewToken, ...]:
        length = int(part["lengths"][at, which])
        ids, learnt = (part[name][at, which, :length].tolist() for name in ("tokens", "learnt"))
        special = set(self.tokenizer.all_special_ids)
        return tuple(
            PreviewToken(text, role if mark and place else "added" if token in special else "read")
            for place, (text, token, mark) in enumerate(zip(token_texts(self.tokenizer, ids), ids, learnt, strict=True))
        )

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        found = self._compare(model, batch)
        spread = torch.full(found.where.shape, math.nan)
        spread[found.where.cpu()] = found.tokens.float().cpu()
        made = []
        for at, (loss, lengths) in enumerate(zip(found.losses.tolist(), batch["lengths"].tolist(), strict=True)):
            rows = [
                [None, *(None if math.isnan(each) else each for each in row[: length - 1])]
                for row, length in zip(spread[2 * at : 2 * at + 2].tolist(), lengths, strict=True)
            ]
            begin = _apart(batch["tokens"][at], batch["learnt"][at])
            made.append(EvaluatedExample(loss, [*rows[CHOSEN], None, *rows[REJECTED][begin:]]))
        return made

    def baselines(self) -> dict[str, float]:
        """Return the loss before the first update, of a model that prefers neither answer to what it did."""
        return {"no-preference": math.log(2)}

    # ------------------------------------------------------------------------------- small things

    def _made(self, data: Chats, numbers: Sequence[int]) -> Batch:
        rows = [data.conversation(2 * number + which) for number in numbers for which in (CHOSEN, REJECTED)]
        made = {name: tensor.view(len(numbers), 2, *tensor.shape[1:]) for name, tensor in self._padded(rows).items()}
        reference = self._reference.get("training" if data is self.data.train else "evaluation")
        known = torch.zeros(len(numbers), 2) if reference is None else reference[list(numbers)]
        return {**made, "reference": known}

    def _compare(self, model: PreTrainedModel, batch: Batch) -> PairOutput:
        answers, where, tokens = self._answers(model, batch)
        rewards = self._beta * (answers - batch["reference"])
        margins = rewards[:, CHOSEN] - rewards[:, REJECTED]
        return PairOutput(margins, -F.logsigmoid(margins), where, tokens)

    def _answers(self, model: PreTrainedModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the log-probability of each answer [pairs, 2]; where its tokens lie, and their losses."""
        tokens, where = batch["tokens"].flatten(0, 1), batch["learnt"].flatten(0, 1)[:, 1:] == 1
        logits = model(input_ids=tokens[:, :-1], use_cache=False).logits[where].float()
        losses = F.cross_entropy(logits, tokens[:, 1:][where], reduction="none")
        sums = [each.sum() for each in torch.split(losses, where.sum(1).tolist())]
        return -torch.stack(sums).view(-1, 2), where, losses.detach()


def _apart(tokens: torch.Tensor, learnt: torch.Tensor) -> int:
    """Return the place of the first token in which two conversations [2, tokens] differ or that is learnt."""
    different = torch.nonzero((tokens[CHOSEN] != tokens[REJECTED]) | (learnt == 1).any(0))
    return int(different[0]) if len(different) else tokens.shape[1]


def _head_of(model: PreTrainedModel) -> frozenset[str]:
    """Return the parameters of the last layer, which says the next token; many models read tokens by the same ones."""
    last = {id(parameter) for parameter in model.get_output_embeddings().parameters()}
    return frozenset(name for name, parameter in model.named_parameters() if id(parameter) in last)
