"""BERT (Devlin et al. 2018, arXiv 1810.04805): a fresh one, one of a folder to be trained on, and what it hides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from bigmodel_studio.core.specs.spec import MaskingSpec, RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data.masking import Masking
from bigmodel_studio.training.models.base_model import BaseModel

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def build_bert(spec: RunSpec, tokenizer: PreTrainedTokenizerBase) -> PreTrainedModel:
    """Return a fresh BERT: normal(0, 0.02), feed-forward layers four times as wide as the model (Devlin, section 3)."""
    model = spec.model
    config = transformers.BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=model.width,
        num_hidden_layers=model.layers,
        num_attention_heads=model.heads,
        intermediate_size=4 * model.width,
        max_position_embeddings=model.context,
        hidden_dropout_prob=model.dropout,
        attention_probs_dropout_prob=model.dropout,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(spec.seed)
    build: Any = transformers.BertForPreTraining if spec.masking.next_sentence else transformers.BertForMaskedLM
    network: PreTrainedModel = build(config)
    return network


def masked_model(folder: Path, *, next_sentence: bool) -> BaseModel:
    """Return one that fills in masked words, to be trained on. Raises ``StudioError`` with the reason why not."""
    auto_class = "" if next_sentence else "AutoModelForMaskedLM"
    base = BaseModel(folder, ("masked-lm",), "masked-lm", "Choose a masked language model.", auto_class)
    if next_sentence and base.architecture != "BertForPreTraining":
        raise StudioError("next-sentence-none", model=folder.name)
    return base


def masking_of(tokenizer: PreTrainedTokenizerBase, spec: MaskingSpec) -> Masking:
    """Return how words are hidden from a model of this tokenizer. Raises ``StudioError`` "tokenizer-no-mask"."""
    wanted = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id, tokenizer.mask_token_id)
    known = [token for token in wanted if isinstance(token, int)]
    if len(known) < len(wanted):
        raise StudioError("tokenizer-no-mask")
    ordinary = np.setdiff1d(np.arange(len(tokenizer)), list(tokenizer.all_special_ids))
    first, between, padding, mask = known
    return Masking(first, between, padding, mask, ordinary, continuing_tokens(tokenizer), spec.share, spec.whole_words)


def continuing_tokens(tokenizer: PreTrainedTokenizerBase) -> NDArray[np.bool_]:
    """Return which tokens go on with the word before them, by number: ``##ing`` of WordPiece, or what has no mark of a
    new word (``Ġ`` of byte-level BPE, ``▁`` of SentencePiece).
    """
    lookup: Any = tokenizer
    names = [str(name) for name in lookup.convert_ids_to_tokens(list(range(len(tokenizer))))]
    if any(name.startswith("##") for name in names):
        return np.array([name.startswith("##") for name in names])
    return np.array([not name.startswith(("\u0120", "\u2581", "\u010a")) for name in names])
