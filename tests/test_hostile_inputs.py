"""Whatever a file holds, its reader returns or says what is wrong with it: ``StudioError``, and nothing else."""

from __future__ import annotations

import logging
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from tests.hostile_inputs import KINDS, Kind, changed

FEW = {"config": 12, "tokenizer": 12, "tokenizer_config": 12, "special_tokens": 8, "template": 25}
"""So many of the kinds that take longest; of the others ``MANY``."""
MANY = 60
EXPECTED = {"shard index": ["weights-shard-missing"], "table": ["", "data-row"]}
"""Of the well-formed ones, those that lack something else, or have the separator of another format."""


def outcome(kind: Kind, folder: Path, data: bytes) -> str:
    """Return the refusal with its code in front, "" where it was read. Raises what is a fault."""
    path = folder / kind.file
    path.write_bytes(data)
    try:
        kind.read(path)
    except StudioError as error:
        return f"{error.problem.code}: {sentence(error.problem)} {hint(error.problem)}"
    except OSError:
        return "system"
    return ""


@pytest.mark.parametrize("name", KINDS)
def test_what_is_well_formed_is_read(name: str, tmp_path: Path) -> None:
    kind = KINDS[name]
    kind.prepare(tmp_path)
    outcomes = [outcome(kind, tmp_path, seed).partition(":")[0] for seed in kind.seeds()]
    assert outcomes == EXPECTED.get(name, [""] * len(outcomes))


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_ends_in_a_refusal(name: str, tmp_path: Path) -> None:
    logging.disable()  # a reader may log each damaged line
    kind = KINDS[name]
    kind.prepare(tmp_path)

    @settings(
        max_examples=FEW.get(name, MANY),
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        st.one_of(
            st.integers(0, 2**32).map(lambda seed: changed(kind, random.Random(seed))),
            st.integers(0, 2**32).map(lambda seed: changed(kind, random.Random(seed))),
            st.binary(max_size=300),
        )
    )
    def read(data: bytes) -> None:
        outcome(kind, tmp_path, data)

    try:
        read()
    finally:
        logging.disable(logging.NOTSET)
