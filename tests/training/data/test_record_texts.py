"""Texts of files of records: each line of the text that is made is known to be of a line of the user's file."""

import json
from pathlib import Path

from bigmodel_studio.protocol import Place
from bigmodel_studio.training.data.record_texts import lines_as_text, place_in


def test_a_line_of_the_text_is_known_by_its_record(tmp_path: Path) -> None:
    source = tmp_path / "two\udce9.jsonl"
    records = [{"text": "one\ntwo\n"}, {"text": "  "}, {"text": "three"}]
    source.write_text("\n" + "\n\n".join(map(json.dumps, records)) + "\n", "utf-8")
    text = lines_as_text(source, "", lambda *_: None)
    assert text.read_text("utf-8") == "one\ntwo\n\nthree\n\n"
    assert [place_in(text, line) for line in (1, 2, 4)] == [
        Place(str(source), 2), Place(str(source), 2), Place(str(source), 6),
    ]  # fmt: skip
    plain = tmp_path / "plain.txt"
    assert place_in(plain, 3) == Place(str(plain), 3)
