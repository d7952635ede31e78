"""Texts of files of records: each line of the text that is made is known to be of a line of the user's file."""

import json
from pathlib import Path

import pytest

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Place
from bigmodel_studio.training.data.record_texts import lines_as_text, place_in
from bigmodel_studio.training.data.text_files import split_corpus


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


@pytest.mark.parametrize("text", ['{"text": "a story"}\n{"text": "b"}\n', '\ufeff[\n  {\n    "prompt": "x"\n  }\n]\n'])
def test_json_under_another_name_is_not_learnt_with_its_brackets(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    with pytest.raises(StudioError) as caught:
        split_corpus([str(tmp_path / "a.txt")], 0.1)
    assert caught.value.problem.code == "data-json-as-text"
    (tmp_path / "a.txt").write_text('{ "so he said", and {then} left: a story.\n' * 9, "utf-8")
    assert split_corpus([str(tmp_path / "a.txt")], 0.1).bytes
