"""Which columns of a table hold the example and its class: by their names, else by values where these are certain.

Nothing is guessed: where two columns could be meant, or none, the error shows each column with some of its values, so
that the user can say which is which. Knows no file format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bigmodel_studio.core.data.label_sets import LISTS, classes_in, separator_of
from bigmodel_studio.core.data.one_hot import flag_columns
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES
from bigmodel_studio.core.text.messages import StudioError

LABEL_NAMES = ("label", "category", "class", "intent", "sentiment", "target", "tag", "labels", "class_name")
"""What the column of the class is called by itself, the likeliest first."""
SEVERAL_NAMES = ("labels", "classes", "categories", "tags", "topics", "genres", "emotions", *LABEL_NAMES)
"""What it is called where a text may have several."""
SAMPLE_ROWS = 1_000
"""Rows that a decision is made from."""
_SHOWN_VALUES, _SHOWN_COLUMNS, _SHOWN_CHARACTERS = 3, 12, 24
_WORDS_OF_TEXT = 2.0
"""A column of texts has more words than that in the middle of its values."""
_WORDS_OF_CLASS, _CLASS_CHARACTERS, _REPEATS_OF_CLASS = 4, 60, 2.0
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FIRST = re.compile(r"^(.*?)[ _-]?(1|a)$", re.IGNORECASE)
_PAIRS = {
    "premise": ("hypothesis",),
    "question": ("passage", "answer", "context", "sentence"),
    "query": ("document", "passage"),
    "text": ("text_pair",),
    "sentence": ("question",),
}
"""Names of columns that hold two texts which belong together."""
_BY_NUMBER = re.compile(r"(?:column )?([1-9]\d{0,3})", re.IGNORECASE)
"""A column as it is called where a table has no header."""


class Columns(NamedTuple):
    """What the columns of the text and of the class are called; "": found by themselves. ``pair`` is that of a second
    text; "": there is none. ``several``: a text may have more than one class, or none.
    """

    text: str = ""
    label: str = ""
    pair: str = ""
    several: bool = False

    @property
    def label_names(self) -> tuple[str, ...]:
        """What the column of the class may be called, the likeliest first."""
        return (self.label,) if self.label else SEVERAL_NAMES if self.several else LABEL_NAMES


NO_COLUMNS = Columns()


class About(NamedTuple):
    """What has a class: what its column is called by itself, and what it is in words; ``needed``: none may lack it."""

    names: tuple[str, ...]
    what: str
    needed: bool = False
    paths: bool = False
    """Whether it is the path of a file and no prose."""


class Places(NamedTuple):
    """The places of the two columns, and whether the first row is a header. ``by_values``: not found by name.
    ``pair`` is the place of a second text's column; -1: there is none. ``flags`` are the columns that are a class each,
    in place of ``label``.
    """

    text: int
    label: int
    header: bool
    by_values: bool = False
    pair: int = -1
    flags: tuple[int, ...] = ()


class Names(NamedTuple):
    """Under which names records have the example and its class, the likeliest first. ``flags`` as in ``Places``."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    flags: tuple[str, ...] = ()


def find_places(rows: Sequence[Sequence[str]], columns: Columns, about: About, path: str) -> Places:
    """Return the columns of a table from its first rows, at most ``SAMPLE_ROWS``, of which the first may be a header.

    Raises ``StudioError``: "data-column" (one that was asked for is not there), "data-columns" (it is not certain which
    are meant), "data-second-text" (there are two texts a row), "data-one-hot" (a column a class, and nobody said that a
    text may have several).
    """
    header = [name.strip() for name in rows[0]]
    text = _named(header, columns.text, about.names, path)
    label = _named(header, columns.label, columns.label_names, path)
    text, label, left_aside = _only(rows, header, text, label, columns, about, path)
    if (pair := _named(header, columns.pair, (), path)) is not None:
        return _with_pair(rows, header, text, label, pair, columns, about, path)
    if text is not None and label is not None and not _is_numbered(header, columns):
        _refuse_twice(rows, header, (text, label), about, path)
        if not columns.text:
            _refuse_pair(header, text, path)
        return Places(text, label, header=True, by_values=left_aside)
    return _by_values(rows, header, text, label, columns, about, path)


def _only(
    rows: Sequence[Sequence[str]],
    header: list[str],
    text: int | None,
    label: int | None,
    columns: Columns,
    about: About,
    path: str,
) -> tuple[int | None, int | None, bool]:
    """Return the columns of the text and of the class, where several have a usual name, and whether one was left aside.

    Of those the values must leave a single one, or classes that are the same under two names: else it is refused.
    """
    values = _values(rows[1:])
    is_class = looks_like_several if columns.several else looks_like_classes
    first, texts = _alike(header, values, text, columns.text, about.names, _is_text(about))
    second, classes = _alike(header, values, label, columns.label, columns.label_names, is_class)
    classes = [place for place in classes if second is None or not _is_renamed(rows[1:], place, second)]
    if texts and first is not None and not columns.pair:
        if about.paths:
            raise StudioError("data-columns", path=path, what=about.what, columns=_shown(header, values))
        raise StudioError("data-second-text", path=path, first=header[first], second=header[texts[0]])
    if classes and second is not None:
        raise StudioError("data-second-class", path=path, first=header[second], second=header[classes[0]])
    return first, second, (first, second) != (text, label)


def _alike(
    header: list[str],
    values: list[list[str]],
    found: int | None,
    asked: str,
    usual: tuple[str, ...],
    looks: Callable[[list[str]], bool],
) -> tuple[int | None, list[int]]:
    """Return the column to use, and others with a usual name whose values are like those that are wanted."""
    names = [name.lower() for name in header]
    places = [place for place, name in enumerate(names) if name in usual and place < len(values) and values[place]]
    if found is None or asked or len(places) < 2 or names.count(names[found]) > 1:
        return found, []
    like = [place for place in places if looks(values[place])]
    if not like:
        return found, []
    found = found if found in like else like[0]
    return found, [place for place in like if place != found]


def _is_renamed(rows: Sequence[Sequence[str]], one: int, other: int) -> bool:
    """Return whether two columns have the same classes, each under its own names: as numbers and as words, say."""
    pairs = {(row[one].strip(), row[other].strip()) for row in rows if max(one, other) < len(row)}
    return len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def _with_pair(
    rows: Sequence[Sequence[str]],
    header: list[str],
    text: int | None,
    label: int | None,
    pair: int,
    columns: Columns,
    about: About,
    path: str,
) -> Places:
    """Return the places where a second text's column is known: it is neither the text nor the class."""
    text, label = (None if place == pair else place for place in (text, label))
    left = [place for place, name in enumerate(header) if name and place not in (pair, label)]
    by_values = text is None or label is None
    if text is None and label is not None and len(left) == 1:
        text = left[0]  # the only other column
    if text is None or label is None:
        others = [["" if place == pair else value for place, value in enumerate(row)] for row in rows]
        found = _by_values(others, header, text, label, columns, about, path)
        text, label = found.text, found.label
    return Places(text, label, header=True, by_values=by_values, pair=pair)


def find_names(records: Sequence[dict[str, str]], columns: Columns, about: About, path: str) -> Names:
    """Return the names under which records have the example and the class, the likeliest first; as ``find_places``."""
    names = list(dict.fromkeys(name for record in records for name in record))
    texts, labels = (columns.text,) if columns.text else about.names, columns.label_names
    usual = not columns.pair and set(texts) & set(names) and set(labels) & set(names)
    if usual and all(_is_single(records, each) for each in (texts, labels)):
        if not columns.text:
            _refuse_pair(names, names.index(next(name for name in texts if name in names)), path)
        return Names(texts, labels)
    rows = [names, *([record.get(name, "") for name in names] for record in records)]
    places = find_places(rows, columns, about, path)
    label = () if places.flags else (names[places.label],)
    return Names((names[places.text],), label, tuple(names[place] for place in places.flags))


def _is_single(records: Sequence[dict[str, str]], names: Sequence[str]) -> bool:
    """Return whether no record has two fields of these names."""
    return all(sum(name in record for name in names) < 2 for record in records)


def _named(header: list[str], asked: str, usual: tuple[str, ...], path: str) -> int | None:
    names = [name.lower() for name in header]
    wanted = (asked.strip().lower(),) if asked else usual
    place = next((names.index(name) for name in wanted if name in names), None)
    if place is None and (number := _BY_NUMBER.fullmatch(asked.strip())) and int(number[1]) <= len(header):
        return int(number[1]) - 1
    if asked and place is None:
        raise StudioError("data-column", path=path, column=asked, columns=", ".join(header)[:200])
    return place


def _is_numbered(header: list[str], columns: Columns) -> bool:
    """Return whether a column was asked for by its number: whether there is a header is then left to the values."""
    names = [name.lower() for name in header]
    return any(each and each.strip().lower() not in names for each in (columns.text, columns.label))


def _refuse_twice(
    rows: Sequence[Sequence[str]], header: list[str], places: tuple[int, int], about: About, path: str
) -> None:
    """Raise where another column has the same name as one that is used."""
    names = [name.lower() for name in header]
    if any(names.count(names[place]) > 1 for place in places):
        raise StudioError("data-columns", path=path, what=about.what, columns=_shown(header, _values(rows[1:])))


def _refuse_pair(header: list[str], text: int, path: str) -> None:
    """Raise where a column's name says that it is the second text of a pair."""
    names = [name.lower() for name in header]
    name = names[text]
    first = _FIRST.match(name)
    seconds = list(_PAIRS.get(name, ()))
    if first:
        other = "2" if first[2] == "1" else "b"
        seconds += [first[1] + sign + other for sign in ("", " ", "_", "-")]
    if (second := next((each for each in seconds if each and each in names), None)) is not None:
        raise StudioError("data-second-text", path=path, first=header[text], second=header[names.index(second)])


def _by_values(
    rows: Sequence[Sequence[str]],
    header: list[str],
    text: int | None,
    label: int | None,
    columns: Columns,
    about: About,
    path: str,
) -> Places:
    body = rows[1:] or rows
    values = _values(body)
    is_text = _is_text(about)
    texts = [text] if text is not None else [place for place, each in enumerate(values) if is_text(each)]
    is_class: Callable[[list[str]], bool] = looks_like_several if columns.several else looks_like_classes
    found = [place for place, each in enumerate(values) if place not in texts and is_class(each)]
    others = [place for place, each in enumerate(values) if each and place not in texts]
    if about.paths and len(texts) == len(others) == 1:
        found = others  # paths of pictures are like nothing else: the other column is the class
    labels = [label] if label is not None else found
    flags = () if label is not None or columns.label or about.paths else flag_columns(header, values)
    if len(texts) > 1 and not about.paths:
        first, second, *_ = (name_of(header, place) for place in texts)
        raise StudioError("data-second-text", path=path, first=first, second=second)
    if len(texts) == 1 and len(flags) >= len(labels) > 0 and set(labels) <= set(flags):
        return _of_flags(texts[0], flags, header, columns, path)
    if len(texts) != 1 or len(labels) != 1 or texts[0] == labels[0]:
        raise StudioError("data-columns", path=path, what=about.what, columns=_shown(header, values))
    known = (text is not None or label is not None) and not _is_numbered(header, columns)
    has_header = known or not _is_example(header, texts[0], labels[0], values, is_text)
    return Places(texts[0], labels[0], header=has_header, by_values=True)


def _is_text(about: About) -> Callable[[list[str]], bool]:
    return looks_like_paths if about.paths else looks_like_texts


def _of_flags(text: int, flags: tuple[int, ...], header: list[str], columns: Columns, path: str) -> Places:
    """Return the places where each class has a column of its own."""
    if not columns.several:
        raise StudioError("data-one-hot", path=path, columns=flag_names(header, flags))
    return Places(text, -1, header=True, by_values=True, flags=flags)


def flag_names(header: Sequence[str], flags: Sequence[int]) -> str:
    """Return what the columns that are a class each are called, for a sentence."""
    more = f", and {len(flags) - _SHOWN_COLUMNS} more" if len(flags) > _SHOWN_COLUMNS else ""
    return ", ".join(header[place][:_SHOWN_CHARACTERS] for place in flags[:_SHOWN_COLUMNS]) + more


def _values(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the values of each column that are not empty."""
    columns = range(max((len(row) for row in rows), default=0))
    return [[row[place].strip() for row in rows if place < len(row) and row[place].strip()] for place in columns]


def _is_example(
    first: list[str], text: int, label: int, values: list[list[str]], is_text: Callable[[list[str]], bool]
) -> bool:
    """Return whether the first row is like the others: it has a class that others have, or the path of a picture."""
    if max(text, label) >= len(first) or not first[text]:
        return False
    return first[label] in values[label] or (is_text is looks_like_paths and is_text([first[text]]))


def name_of(header: Sequence[str], place: int) -> str:
    """Return what a column is called: by its header, or by its number."""
    return (header[place] if place < len(header) else "") or f"column {place + 1}"


def _shown(header: list[str], values: list[list[str]]) -> str:
    """Return each column with some of its values, for a sentence."""
    parts = []
    for place, each in enumerate(values[:_SHOWN_COLUMNS]):
        some = list(dict.fromkeys(each))[:_SHOWN_VALUES]
        short = [value if len(value) <= _SHOWN_CHARACTERS else value[: _SHOWN_CHARACTERS - 1] + "…" for value in some]
        parts.append(f"{name_of(header, place)} ({', '.join(short) or 'empty'})")
    more = f"; and {len(values) - _SHOWN_COLUMNS} more" if len(values) > _SHOWN_COLUMNS else ""
    return "; ".join(parts) + more


# ---------------------------------------------------------------------------------------------- values


def looks_like_texts(values: Sequence[str]) -> bool:
    """Return whether these are texts that somebody wrote: several words each (Chinese: characters), and no numbers or
    lists.
    """
    if not values or (values[0].startswith("[") and separator_of(values) == LISTS):
        return False
    words = sorted(_words(value) for value in values)
    numbers = sum(bool(_NUMBER.fullmatch(value)) for value in values)
    return words[len(words) // 2] > _WORDS_OF_TEXT and numbers * 10 < len(values)


def looks_like_classes(values: Sequence[str]) -> bool:
    """Return whether these are classes: at least two short values, whole numbers or words, that most examples share."""
    counts = Counter(values)
    if len(counts) < 2 or len(values) < _REPEATS_OF_CLASS * len(counts):
        return False
    return all(
        len(value) <= _CLASS_CHARACTERS and _words(value) <= _WORDS_OF_CLASS and not _has_fraction(value)
        for value in counts
    )


def looks_like_several(values: Sequence[str]) -> bool:
    """Return whether these are classes, or several of them each."""
    separator = separator_of(values)
    return separator is not None and looks_like_classes(
        [part for value in values for part in classes_in(value, separator)]
    )


def looks_like_paths(values: Sequence[str]) -> bool:
    """Return whether nearly all of these name files of pictures."""
    pictures = sum(value.lower().endswith(tuple(PICTURE_SUFFIXES)) for value in values)
    return bool(values) and pictures * 10 >= len(values) * 9


def _words(value: str) -> int:
    return len(value.split()) + len(_CJK.findall(value)) // 2


def _has_fraction(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value)) and "." in value and float(value) != int(float(value))
