"""What a file of data is for, told by its beginning."""

from __future__ import annotations

from pathlib import Path

import pytest

from bigmodel_studio.core.data.kinds import objective_of


@pytest.mark.parametrize(
    ("name", "text", "objective"),
    [
        ("a.csv", "id,Text,label\n", "classify-text"),
        ("a.tsv", "image_path\tclass\n", "classify-images"),
        ("a.csv", "some words,yes\n", "classify-text"),
        ("a.csv", "cats/1.PNG,cat\n", "classify-images"),
        ("a.csv", "a,b,c\n", None),
        ("a.csv", "", None),
        ("a.jsonl", '{"messages": []}\n', "chat"),
        ("a.json", '\ufeff[\n {"instruction": "x", "output": "y"}, ', "chat"),
        ("a.jsonl", '{"question": "x", "answer": "y"}', "chat"),
        ("a.jsonl", '{"prompt": "x", "chosen": "y", "rejected": "z"}', "preference"),
        ("a.jsonl", '{"question": "x", "label": "y"}', "classify-text"),
        ("a.jsonl", '{"tokens": [], "ner_tags": []}', "tag"),
        ("a.ndjson", '{"file_name": "x", "label": 1}', "classify-images"),
        ("a.jsonl", "[1", None),
        ("a.conll", "", "tag"),
        ("a.parquet", "PAR1", None),
    ],
)
def test_the_objective_is_told_by_the_first_row(tmp_path: Path, name: str, text: str, objective: str | None) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert objective_of(tmp_path / name) == objective
