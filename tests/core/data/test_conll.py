"""Columns of words and tags in the layouts that public data have."""

from __future__ import annotations

from pathlib import Path

import pytest

from bigmodel_studio.core.data import conll, tag_decoding
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.text.messages import StudioError

_ROW = "{}\t{}\t_\t{}\t{}\t_\t0\t_\t_\t_\n"
_CONLLU = (
    "# text = Zum Hof.\n"
    + _ROW.format("1-2", "Zum", "_", "_")
    + _ROW.format("1", "zu", "ADP", "APPR")
    + _ROW.format("2", "dem", "DET", "ART")
    + _ROW.format("2.1", "x", "X", "X")
    + _ROW.format("3", "Hof", "NOUN", "NN")
    + "\n"
)


def _read(path: Path, name: str, text: str, label: str = "") -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    (path / name).write_text(text, "utf-8")
    return [each[:2] for each in conll.read_sentences([str(path / name)], Columns(label=label))]


def test_conllu_gives_its_forms_with_either_column_of_tags(tmp_path: Path) -> None:
    words = ("zu", "dem", "Hof")
    assert _read(tmp_path, "a.conllu", _CONLLU) == [(words, ("ADP", "DET", "NOUN"))]
    assert _read(tmp_path, "a.conllu", _CONLLU, "XPOS") == [(words, ("APPR", "ART", "NN"))]
    with pytest.raises(StudioError, match="UPOS"):
        _read(tmp_path, "a.conllu", _CONLLU, "deprel")


def test_comments_are_no_words(tmp_path: Path) -> None:
    text = "# id 12 domain=news\nTom\tB-PER\n#\tO\n# x = y\n.\tO\n"
    assert _read(tmp_path, "a.conll", text) == [(("Tom", "#", "."), ("B-PER", "O", "O"))]


def test_a_wide_space_is_a_word(tmp_path: Path) -> None:
    assert _read(tmp_path, "a.conll", "我 B-PER\n\u3000 O\n") == [(("我", "\u3000"), ("B-PER", "O"))]


def test_an_entity_of_bioes_is_whole() -> None:
    tags = ("O", "B-A", "I-A", "E-A", "S-A")
    before = {tag: [one for one in tags if tag_decoding.may_follow(tag, one, tags)] for tag in tags}
    assert before == {
        "O": ["O", "E-A", "S-A"],
        "B-A": ["O", "E-A", "S-A"],
        "I-A": ["B-A", "I-A"],
        "E-A": ["B-A", "I-A"],
        "S-A": ["O", "E-A", "S-A"],
    }
    assert not tag_decoding.may_follow("E-A", None, tags)


def test_iob1_is_known_by_its_data_and_becomes_iob2() -> None:
    old = conll.Sentence(("a", "b", "c", "d", "e"), ("I-A", "I-A", "B-A", "O", "I-B"), "", 1)
    new = conll.as_iob2(old)
    assert new.tags == ("B-A", "I-A", "B-A", "O", "B-B")
    assert conll.is_iob1([old])
    assert not conll.is_iob1([new])
    assert not conll.is_iob1([conll.Sentence(("a",), ("I-A",), "", 1)])  # no B at all: a layout of its own


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "d.conll"
    path.write_bytes("Tom B-PER\n".encode("utf-16"))
    with pytest.raises(StudioError, match="UTF-16"):
        conll.read_sentences([str(path)])


def test_the_ten_columns_of_conllu_are_known_in_a_file_of_any_name(tmp_path: Path) -> None:
    assert _read(tmp_path, "a.conll", _CONLLU) == _read(tmp_path, "a.conllu", _CONLLU)


def test_a_header_is_no_word(tmp_path: Path) -> None:
    assert _read(tmp_path, "a.tsv", "word\ttag\nTom\tB-PER\n") == [(("Tom",), ("B-PER",))]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        (
            "a.txt",
            "Tom Hill went to York.\nAnna lives in Rome.\n",
            "line 2: it has 4 columns, and the first word has 5",
        ),
        ("a.conll", "O went\nB-PER Tom\n", "line 1: tags stand before their words"),
        ("a.csv", "word,tag\nTom,B-PER\n", "a word and its tag per line"),
        ("a.json", "[]", "a word and its tag per line"),
    ],
)
def test_what_is_no_column_of_tags_is_refused_by_line(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(StudioError, match=words):
        _read(tmp_path, name, text)
