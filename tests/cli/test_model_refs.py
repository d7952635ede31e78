"""The model that a command's words name: how it is to be loaded is added, and nothing else of it is lost."""

from __future__ import annotations

import ast

import pytest

from bigmodel_studio.cli.models import load_as
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef
from tests.import_graph import sources


def test_a_ref_keeps_what_the_options_do_not_say() -> None:
    ref = ModelRef(source="run", id="tale", revision="main", step=300, adapter="a", dtype="float32", device="mps")
    loaded = load_as(ref, device="cpu", dtype="auto", precision="8-bit")
    said = {name: getattr(loaded, name) for name in ModelRef.__struct_fields__}
    assert said == {
        "source": "run",
        "id": "tale",
        "revision": "main",
        "step": 300,
        "adapter": "a",
        "dtype": "auto",
        "precision": "8-bit",
        "device": "cpu",
    }


@pytest.mark.parametrize(
    ("dtype", "precision", "code"),
    [("auto", "2-bit", "precision-unknown"), ("bfloat16", "4-bit", "precision-dtype")],
)
def test_a_precision_that_cannot_be_is_refused(dtype: str, precision: str, code: str) -> None:
    with pytest.raises(StudioError) as caught:
        load_as(ModelRef(source="builtin", id="starter-gpt"), device="auto", dtype=dtype, precision=precision)
    assert caught.value.problem.code == code


def test_no_ref_is_rebuilt_field_by_field() -> None:
    """A field that is added later would be dropped: copies are made with ``msgspec.structs.replace``."""
    rebuilt = []
    for module, path in sources().items():
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("ModelRef"):
                copied = [
                    each.arg
                    for each in call.keywords
                    if isinstance(each.value, ast.Attribute) and each.value.attr == each.arg
                ]
                if "source" in copied:
                    rebuilt.append(f"{module}:{call.lineno}")
    assert rebuilt == []
