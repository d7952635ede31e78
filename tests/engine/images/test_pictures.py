"""Pictures of every mode and damage, and what is said of them."""

from __future__ import annotations

import io
import json
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.pictures import count_scans, decoded_bytes, preview_png, read_picture, to_rgb
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Classify, Done, Picture, Prediction, Preview
from tests.small_models import local


def code_of(path: Path) -> str:
    with pytest.raises(StudioError) as caught:
        read_picture(path)
    return caught.value.problem.code


def huge_png(path: Path, side: int) -> Path:
    """A PNG that says it is ``side`` pixels wide and high, in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = side.to_bytes(4, "big") * 2 + bytes([1, 0, 0, 0, 0])
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    return path


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    good = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(good, "JPEG")
    files = {
        "text.jpg": (b"hello\n" * 100, "picture-format"),
        "empty.png": (b"", "picture-empty"),
        "cut.jpg": (good.getvalue()[:600], "picture-damaged"),
        "page.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture-format"),
        "page.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "picture-format"),
    }
    for name, (data, code) in files.items():
        (tmp_path / name).write_bytes(data)
        assert code_of(tmp_path / name) == code, name
    assert code_of(tmp_path / "nothing.png") == "picture-missing"
    assert code_of(tmp_path) == "picture-format"
    assert code_of(huge_png(tmp_path / "huge.png", 20_000)) == "picture-too-large"


def test_the_size_is_told_of_a_picture_that_is_too_large(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="20,000 × 20,000"):
        read_picture(huge_png(tmp_path / "huge.png", 20_000))


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF"])
def test_every_format_of_the_list_is_read(tmp_path: Path, format_: str) -> None:
    path = tmp_path / "picture"
    Image.new("RGB", (8, 6), (200, 10, 10)).save(path, format_)
    picture = read_picture(path)
    assert (picture.mode, picture.size) == ("RGB", (8, 6))
    red, green, blue = picture.getpixel((4, 3))  # type: ignore[misc]
    assert abs(red - 200) < 12
    assert max(green, blue) < 30


def test_every_mode_becomes_rgb(tmp_path: Path) -> None:
    deep = np.full((4, 4), 257 * 100, dtype=np.uint16)
    pictures = {
        "grey": (Image.new("L", (4, 4), 100), (100, 100, 100)),
        "deep": (Image.fromarray(deep), (100, 100, 100)),
        "bits": (Image.new("1", (4, 4), 1), (255, 255, 255)),
        "palette": (Image.new("RGB", (4, 4), (10, 20, 30)).quantize(4), (10, 20, 30)),
        "clear": (Image.new("RGBA", (4, 4), (0, 0, 0, 0)), (255, 255, 255)),
        "grey-clear": (Image.new("LA", (4, 4), (0, 0)), (255, 255, 255)),
    }
    for name, (picture, expected) in pictures.items():
        picture.save(tmp_path / name, "PNG")
        assert read_picture(tmp_path / name).getpixel((1, 1)) == expected, name
    Image.new("CMYK", (4, 4), (0, 255, 255, 0)).save(tmp_path / "cmyk", "TIFF")
    assert read_picture(tmp_path / "cmyk").getpixel((1, 1)) == (255, 0, 0)
    Image.fromarray(np.full((4, 4), 0.5, dtype=np.float32)).save(tmp_path / "float", "TIFF")
    assert read_picture(tmp_path / "float").getpixel((1, 1)) == (128, 128, 128)


def test_a_picture_stands_upright_by_its_exif(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.new("RGB", (8, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert read_picture(tmp_path / "a.jpg").size == (4, 8)


def test_a_preview_is_small_and_holds_nothing_else() -> None:
    picture = Image.new("RGB", (400, 200))
    picture.info["comment"] = "secret"
    picture.info["icc_profile"] = b"secret profile"
    png = preview_png(picture, 96)
    with Image.open(io.BytesIO(png)) as shown:
        assert shown.size == (96, 48)
        assert not shown.info  # the window's decoder warns of a profile that it does not like
    assert b"secret" not in png


def test_a_bad_file_spoils_no_other(picture_folder: Path, tmp_path: Path, session: Session) -> None:
    paths = [tmp_path / name for name in ("a.png", "text.jpg", "huge.png", "b.png")]
    Image.effect_noise((40, 30), 80).save(paths[0])
    paths[1].write_text("hello")
    huge_png(paths[2], 20_000)
    Image.effect_noise((30, 40), 80).save(paths[3])
    request = Classify(model=local(picture_folder), images=tuple(map(str, paths)), top_k=9, preview_px=16)
    *events, end = run_task(request, session)
    answers = [event for event in events if isinstance(event, Prediction)]
    assert end == Done()
    assert [answer.image for answer in answers] == list(request.images)
    assert [answer.error.code if answer.error else None for answer in answers] == [
        None,
        "picture-format",
        "picture-too-large",
        None,
    ]
    for answer in (answers[0], answers[3]):
        assert {label.label for label in answer.predictions} == {"ant", "bee", "cow"}
        assert sum(label.probability for label in answer.predictions) == pytest.approx(1, abs=1e-5)
        assert answer.preview
    assert (answers[3].width, answers[3].height) == (30, 40)


@pytest.mark.shared
@pytest.mark.parametrize("model", ["mobilenet-v2-1.0-224", "mobilenet-v1-0.25-128"])
def test_photographs_are_recognised_as_published(shared_assets: Path, session: Session, model: str) -> None:
    photos = shared_assets / "photos"
    expected = json.loads((photos / "expected.json").read_text())["top5"][model]
    request = Classify(
        model=local(shared_assets / "vision-mobilenet" / model), images=tuple(str(photos / name) for name in expected)
    )
    answers = [event for event in run_task(request, session) if isinstance(event, Prediction)]
    for answer, top5 in zip(answers, expected.values(), strict=True):
        assert [label.label for label in answer.predictions[:2]] == [label for label, _ in top5[:2]]
        for label, (_, probability) in zip(answer.predictions, top5, strict=True):
            assert label.probability == pytest.approx(probability, abs=0.01)


def test_previews_are_small_pngs_in_order_and_a_bad_file_says_why(tmp_path: Path) -> None:
    Image.new("RGB", (400, 200), (200, 10, 10)).save(tmp_path / "red.jpg")
    (tmp_path / "text.jpg").write_text("no picture")
    images = tuple(str(tmp_path / name) for name in ("text.jpg", "red.jpg"))
    *events, end = run_task(Preview(images=images, most_px=64), Session(threads=1))
    assert end == Done()
    bad, good = events
    assert isinstance(bad, Picture)
    assert isinstance(good, Picture)
    assert (bad.image, bad.preview) == (images[0], None)
    assert bad.error is not None
    assert bad.error.code == "picture-format"
    assert (good.image, good.width, good.height) == (images[1], 400, 200)
    assert good.preview is not None
    assert Image.open(io.BytesIO(good.preview)).size == (64, 32)


def with_scans(path: Path, more: int) -> Path:
    """A progressive JPEG whose last scan stands ``more`` times more in it."""
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 50).convert("RGB").save(stream, "JPEG", progressive=True)
    data = stream.getvalue()
    last = data.rindex(b"\xff\xda")
    path.write_bytes(data[:-2] + data[last:-2] * more + data[-2:])
    return path


def test_a_jpeg_of_many_scans_is_refused_by_its_markers(tmp_path: Path) -> None:
    ordinary = with_scans(tmp_path / "ordinary.jpg", 0)
    assert read_picture(ordinary).size == (64, 64)
    with Image.open(ordinary) as opened:
        assert opened.info["progressive"]
    assert count_scans(ordinary.read_bytes()) == ordinary.read_bytes().count(b"\xff\xda") > 5
    assert code_of(with_scans(tmp_path / "many.jpg", 20_000)) == "picture-scans"


def test_planes_that_would_fill_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "float.tiff"
    Image.fromarray(np.zeros((500, 500), np.float32)).save(path)
    assert read_picture(path).size == (500, 500)
    monkeypatch.setattr(limits, "PICTURE_DECODED_BYTES", 1_999_999)  # the floats and the copy as RGB are one more
    assert code_of(path) == "picture-memory"


def test_everything_that_decoding_takes_is_counted() -> None:
    def counted(mode: str, format_: str, **options: Any) -> int:
        stream = io.BytesIO()
        Image.new(mode, (80, 40)).save(stream, format_, **options)
        with Image.open(stream) as opened:
            return decoded_bytes(opened, 10_000) // (80 * 40)

    assert counted("RGB", "JPEG") == 4
    assert counted("L", "PNG") == 1 + 4
    assert counted("RGBA", "PNG") == counted("CMYK", "JPEG") == 4 + 4
    assert counted("RGB", "JPEG", progressive=True, subsampling=0) == 4 + 3 * 2
    assert counted("RGB", "JPEG", progressive=True, subsampling=2) == 4 + 3
    assert counted("F", "TIFF", compression="tiff_lzw") == 4 + 4 + 10_000 // (80 * 40)  # one strip, and the file
    assert counted("RGB", "WEBP") == 4 + 3 * 4 + 10_000 // (80 * 40)


def test_rgb_is_not_copied_and_its_preview_is_made_without_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Image.new("RGB", (400, 200))
    assert to_rgb(picture) is picture
    monkeypatch.setattr(picture, "copy", None)
    assert preview_png(picture, 20)


def test_decoding_ends_when_its_time_is_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "noise.png"
    Image.effect_noise((600, 600), 50).save(path)
    monkeypatch.setattr(limits, "PICTURE_S", -1.0)
    assert code_of(path) == "picture-slow"


@pytest.mark.parametrize("mode", ["F", "I;16"])
def test_wide_pictures_become_bytes_a_few_rows_at_a_time(mode: str) -> None:
    values = np.arange(3000 * 2000).reshape(2000, 3000)
    wide = Image.fromarray(values.astype(np.float32) if mode == "F" else (values % 65536).astype(np.uint16))
    tracemalloc.start()
    narrow = to_rgb(wide)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert narrow.mode == "RGB"
    assert peak < 4 * 8 * 1024 * 1024 + 2 * values.size * 4 < values.size * 8 * 3
