"""Compiled translations: the bytes that Qt's own tool makes, made when they are missing, and packed into a wheel."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import dev
import pytest
import qm
import translations
from dev_environment import Environment

TEXTS = (
    "<TS version='2.1' language='en'><context><name>c</name>"
    "<message{numerus}><source>s</source>{made}</message></context></TS>"
)
TWICE = "{}</message><message><source>s</source>{}"


def _lrelease(ts: Path, made: Path) -> bytes:
    subprocess.run([translations.tool("pyside6-lrelease"), str(ts), "-qm", str(made), "-silent"], check=True)
    return made.read_bytes()


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_ours_compile_to_what_lrelease_makes(tmp_path: Path, language: str) -> None:
    ts = translations.FOLDER / f"bigmodel_{language}.ts"
    assert qm.compiled(ts) == _lrelease(ts, tmp_path / "made.qm")


@pytest.mark.parametrize(
    ("numerus", "made"),
    [
        ("", "<translation>Größe 大 &amp; \U0001f600</translation>"),
        ("", "<translation type='unfinished'>half</translation>"),
        ("", "<translation type='unfinished'></translation>"),
        ("", "<translation type='vanished'>gone</translation>"),
        ("", "<comment>which</comment><translation>with a comment</translation>"),
        ("", TWICE.format("<translation>a</translation>", "<comment>which</comment><translation>b</translation>")),
        ("", TWICE.format(*(f"<comment>{each}</comment><translation>{each}</translation>" for each in "ab"))),
        (" numerus='yes'", "<translation><numerusform>one</numerusform><numerusform>many</numerusform></translation>"),
    ],
)
def test_any_message_compiles_to_what_lrelease_makes(tmp_path: Path, numerus: str, made: str) -> None:
    ts = tmp_path / "given.ts"
    ts.write_text(TEXTS.format(numerus=numerus, made=made), "utf-8")
    assert qm.compiled(ts) == _lrelease(ts, tmp_path / "made.qm")


def test_what_is_missing_or_older_is_made_and_the_rest_is_left(tmp_path: Path) -> None:
    ts = tmp_path / "i18n" / "bigmodel_en.ts"
    ts.parent.mkdir()
    shutil.copyfile(translations.FOLDER / ts.name, ts)
    made = ts.with_suffix(".qm")
    assert qm.bring_up_to_date(ts.parent) == [made]
    assert qm.bring_up_to_date(ts.parent) == []
    os.utime(made, ns=(0, 0))
    assert qm.bring_up_to_date(ts.parent) == [made]
    assert sorted(path.name for path in ts.parent.iterdir()) == ["bigmodel_en.qm", "bigmodel_en.ts"]


def test_every_start_makes_them_where_they_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(translations.FOLDER, tmp_path / "resources" / "i18n", ignore=shutil.ignore_patterns("*.qm"))
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "bring_system_packages", lambda fonts: None)
    monkeypatch.setattr(Environment, "is_current", lambda self, torch, card, tests: True)
    monkeypatch.setattr(dev, "_start", lambda words: 0)
    assert dev.main(["run", "doctor"]) == 0
    names = {path.name for path in (tmp_path / "resources" / "i18n").glob("*.qm")}
    assert names == {f"bigmodel_{language}.qm" for language in translations.LANGUAGES}


@pytest.mark.slow
def test_a_wheel_has_them(tmp_path: Path, repository: Path) -> None:
    """Built of what git keeps, as from a fresh clone; without the network."""
    kept = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=repository, capture_output=True
    )
    if kept.returncode:
        pytest.skip("this is no git checkout, so that what it keeps is not known")
    source = tmp_path / "source"
    for name in filter(None, kept.stdout.decode().split("\0")):
        if (repository / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repository / name, source / name)
    assert not list(source.rglob("*.qm"))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    subprocess.run([*command, "--disable-pip-version-check", "-w", str(tmp_path), str(source)], check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        for language in translations.LANGUAGES:
            packed = wheel.read(f"bigmodel_studio/resources/i18n/bigmodel_{language}.qm")
            assert packed == qm.compiled(repository / "resources" / "i18n" / f"bigmodel_{language}.ts")
