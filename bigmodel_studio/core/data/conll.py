"""Sentences whose words are tagged, in columns: a word a line with its tag last, a line without a word between two; or
a sentence a row, with the list of its words and that of their tags (JSON lines, Parquet).

The columns are those of the CoNLL shared tasks (Tjong Kim Sang and De Meulder 2003). Nothing here knows tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.data.columns import NO_COLUMNS, Columns
from bigmodel_studio.core.data.faults import FATAL, Faults, text_lines
from bigmodel_studio.core.data.plain_text import refuse_binary
from bigmodel_studio.core.data.records import SUFFIXES as RECORDS
from bigmodel_studio.core.data.records import bad_row, is_parquet, records
from bigmodel_studio.core.text.messages import StudioError

SUFFIXES = (".conll", ".conllu", ".bio", ".iob", ".txt", ".tsv", *RECORDS)
WORD_NAMES = ("tokens", "words")
TAG_NAMES = ("ner_tags", "tags", "labels", "ner", "pos_tags", "upos", "chunk_tags")
"""What the lists are called by themselves, the likeliest first."""
MOST_WORDS = 10_000
OUTSIDE = "O"
CONLLU = ".conllu"
_CONLLU_COLUMNS = {"": 3, "upos": 3, "xpos": 4}
"""By ``data.label_column``: which column of CoNLL-U has the tags; the words (FORM) are in the second."""
_CONLLU_FIELDS = 10
_COMMENT_FIELD = re.compile("[=:]")
_IOB_TAG = re.compile("[BIESLUM]-.+")
_NO_COLUMNS = {".csv", ".json"}
"""Files of these kinds have no word in a line of its own."""
_WORD_HEADERS = {"word", "words", "token", "tokens", "text", "form"}
_TAG_HEADERS = {"tag", "tags", "label", "labels", "ner", "ner_tag", "ner_tags", "pos", "upos", "entity"}
_BLANKS = " \t\r\n\f\v"
"""What separates: a wide or an ideographic space may be a word."""


class Sentence(NamedTuple):
    """Words with a tag each, and where the first of them stands (``line`` counts from 1)."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    file: str
    line: int


def read_sentences(paths: Sequence[str], columns: Columns = NO_COLUMNS) -> list[Sentence]:
    """Return every sentence of these files, in order. Raises ``StudioError`` as ``sentences_in``, and "data-empty"."""
    found = list(sentences_in(paths, columns))
    if not found:
        raise StudioError("data-empty", path=", ".join(paths))
    return found


def sentences_in(paths: Sequence[str], columns: Columns = NO_COLUMNS, faults: Faults = FATAL) -> Iterator[Sentence]:
    """Yield the sentences of these files, in order; ``columns`` are those of the words and of the tags where a row has
    both.

    Refuses what cannot be used: "data-missing", "data-row" (a word without a tag), "data-not-utf8", and as
    ``core.data.records`` does.
    """
    for path in map(Path, paths):
        if not (path.is_file() or path.is_dir()):  # a pipe has no end
            faults.refuse(StudioError("data-missing", path=str(path)))
            continue
        for file in _files(path):
            yield from _read(file, columns, faults)


def tags_of(sentences: Sequence[Sentence], least: int = 2) -> tuple[str, ...]:
    """Return the tags: "O" first, then by code point. Raises ``StudioError`` "data-one-class"."""
    tags = {tag for sentence in sentences for tag in sentence.tags}
    if len(tags) < least:
        raise StudioError("data-one-class", label=next(iter(tags), ""))
    return tuple(sorted(tags, key=lambda tag: (tag != OUTSIDE, tag)))


def is_iob1(sentences: Sequence[Sentence]) -> bool:
    """Return whether an entity begins with I, and with B only where it follows another of its type (Ramshaw, Marcus
    1995).
    """
    begins: set[str] = set()
    for sentence in sentences:
        for tag, before in zip(sentence.tags, (OUTSIDE, *sentence.tags), strict=False):
            follows = tag[1:] == before[1:] and before[:2] in ("B-", "I-")
            if tag[:2] == "B-":
                begins.add("B follows" if follows else "B alone")
            elif tag[:2] == "I-" and not follows:
                begins.add("I alone")
    return begins == {"B follows", "I alone"}


def as_iob2(sentence: Sentence) -> Sentence:
    """Return the same entities, each of which begins with B."""
    pairs = zip(sentence.tags, (OUTSIDE, *sentence.tags), strict=False)
    tags = [f"B-{tag[2:]}" if tag[:2] == "I-" and tag[1:] != before[1:] else tag for tag, before in pairs]
    return sentence._replace(tags=tuple(tags))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.iterdir() if file.is_file() and file.suffix.lower() in SUFFIXES)


def _read(path: Path, columns: Columns, faults: Faults) -> Iterator[Sentence]:
    suffix = path.suffix.lower()
    try:
        if not is_parquet(path):
            refuse_binary(path)
    except StudioError as error:
        faults.refuse(error)
        return iter(())
    if suffix in _NO_COLUMNS:
        detail = "tags are read from a word and its tag per line, or from JSON lines with a list of each"
        faults.refuse(bad_row(path, 1, detail=detail))
        return iter(())
    if suffix == CONLLU or (suffix not in RECORDS and _is_conllu(path)):
        return _of_conllu(path, columns, faults)
    return _of_records(path, columns, faults) if suffix in RECORDS else _of_columns(path, faults)


def _of_records(path: Path, columns: Columns, faults: Faults) -> Iterator[Sentence]:
    names = (columns.text,) if columns.text else WORD_NAMES
    tag_names = (columns.label,) if columns.label else TAG_NAMES
    for line, record in records(path, (names, tag_names), faults):
        found = [next((record[name] for name in group if name in record), None) for group in (names, tag_names)]
        words: Any = found[0]
        tags: Any = found[1]
        if wrong := _wrong(words, tags):
            faults.refuse(bad_row(path, line, detail=wrong))
        elif words:
            yield Sentence(tuple(words), tuple(tags), str(path), line)


def _wrong(words: Any, tags: Any) -> str:
    """Return why these are no words with their tags; "" where they are."""
    if not isinstance(words, list) or not isinstance(tags, list) or len(words) != len(tags):
        return "it has no list of words with a tag for each"
    if any(isinstance(tag, int) for tag in tags):
        return "its tags are numbers, and the file does not say what they mean"
    if not all(isinstance(each, str) and each.strip() for each in (*words, *tags)):
        return "a word without a tag"
    return f"a sentence of more than {MOST_WORDS:,} words" if len(words) > MOST_WORDS else ""


def _is_conllu(path: Path) -> bool:
    """Return whether the first word stands in ten columns, of which the first has its number."""
    for line in text_lines(path, Faults.passing()):
        if line.strip(_BLANKS) and not line.startswith("#"):
            fields = line.rstrip("\r\n").split("\t")
            return len(fields) == _CONLLU_FIELDS and fields[0].split("-")[0] == "1"
    return False


def _tags_before_words(path: Path) -> int | None:
    """Return the first line of a file whose first sentence has nothing but tags for words, an entity's among them."""
    first: list[tuple[int, str]] = []
    for number, line in enumerate(text_lines(path, Faults.passing()), 1):
        fields = _fields(line)
        if any(fields) and not _is_comment(line, fields):
            first.append((number, fields[0]))
        elif first or number > MOST_WORDS:
            break
    tags = [bool(_IOB_TAG.fullmatch(word)) for _, word in first]
    return (
        first[0][0]
        if any(tags) and all(tag or word == OUTSIDE for tag, (_, word) in zip(tags, first, strict=True))
        else None
    )


def _fields(line: str) -> list[str]:
    """Return the columns of a line; only blanks of ASCII separate them."""
    if "\t" in line:
        return [field.strip(_BLANKS) for field in line.split("\t")]
    return re.findall(f"[^{_BLANKS}]+", line)


def _is_header(fields: Sequence[str]) -> bool:
    """Return whether a first line says what the columns are."""
    return len(fields) > 1 and fields[0].lower() in _WORD_HEADERS and fields[-1].lower() in _TAG_HEADERS


def _is_comment(line: str, fields: Sequence[str]) -> bool:
    """Return whether a line says something about a sentence: "# " begins it, and it is no "#" with its tag."""
    tagged = len([field for field in fields if field]) == 2 and fields[0] == "#" and not _COMMENT_FIELD.search(line)
    return line.startswith("#") and (line.startswith("# ") or line.strip() == "#") and not tagged


def _of_conllu(path: Path, columns: Columns, faults: Faults) -> Iterator[Sentence]:
    """Universal Dependencies' ten columns: FORM with UPOS or XPOS; ranges of words and empty nodes are no words."""
    asked = columns.label.lower()
    if asked not in _CONLLU_COLUMNS:
        raise StudioError("data-column", path=str(path), column=columns.label, columns="UPOS, XPOS")
    place = _CONLLU_COLUMNS[asked]
    words: list[str] = []
    tags: list[str] = []
    began = 0
    for number, line in enumerate([*text_lines(path, faults), ""], 1):
        fields = line.rstrip("\r\n").split("\t")
        if line.startswith("#"):
            continue
        if not line.strip(_BLANKS):
            if words:
                yield Sentence(tuple(words), tuple(tags), str(path), began)
            words, tags = [], []
        elif len(fields) != _CONLLU_FIELDS:
            faults.refuse(bad_row(path, number, detail="CoNLL-U has ten columns, which tabs separate"))
        elif "-" in fields[0] or "." in fields[0]:
            continue
        elif not fields[1] or fields[place] in ("", "_"):
            faults.refuse(bad_row(path, number, detail="a word without a tag"))
        elif len(words) == MOST_WORDS:
            faults.refuse(bad_row(path, began, detail=f"a sentence of more than {MOST_WORDS:,} words"))
            words, tags = [], []
        else:
            began = began if words else number
            words.append(fields[1])
            tags.append(fields[place])


def _of_columns(path: Path, faults: Faults) -> Iterator[Sentence]:
    words: list[str] = []
    tags: list[str] = []
    began = width = 0
    if (turned := _tags_before_words(path)) is not None:
        faults.refuse(bad_row(path, turned, detail="tags stand before their words, and must be in the last column"))
        return
    for number, line in enumerate(text_lines(path, faults), 1):
        fields = _fields(line)
        if _is_comment(line, fields) or (not width and _is_header(fields)):
            continue
        if not any(fields) or fields[0] == "-DOCSTART-":
            if words:
                yield Sentence(tuple(words), tuple(tags), str(path), began)
            words, tags = [], []  # the next sentence may have other columns
        elif len(fields) < 2 or not fields[0] or not fields[-1]:
            faults.refuse(bad_row(path, number, detail="a word without a tag"))
        elif words and len(fields) != width:
            faults.refuse(bad_row(path, number, detail=f"it has {len(fields)} columns, and the first word has {width}"))
        else:
            began, width = began if words else number, len(fields)
            words.append(fields[0])
            tags.append(fields[-1])
            if len(words) > MOST_WORDS:
                detail = f"a sentence of more than {MOST_WORDS:,} words: an empty line ends one"
                faults.refuse(bad_row(path, began, detail=detail))
                words, tags = [], []
    if words:
        yield Sentence(tuple(words), tuple(tags), str(path), began)
