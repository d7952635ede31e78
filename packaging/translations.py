"""Keep the translations in step with the sources: extract what is said, say what is missing, compile what is there.

  python3 packaging/translations.py            bring resources/i18n/*.ts up to date and compile them (see qm.py)
  python3 packaging/translations.py --check    change nothing; print what is wrong, exit with 1 where anything is

Extraction is Qt's lupdate over ``bigmodel_studio/ui``. What it cannot see, since it stands in tables of ``core`` or
goes through a helper, is written as marks into a file that lupdate reads beside them. What is kept: translations that
are there; strings that vanished stay, marked so, until ``--drop``. English has the plural forms alone: its other
strings are the sources. Needs lupdate, which comes with PySide6, and the installed application.
"""

from __future__ import annotations

import argparse
import ast
import functools
import re
import string
import subprocess
import sys
import sysconfig
import tempfile
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import qm

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "bigmodel_studio"
FOLDER = ROOT / "resources" / "i18n"
PLURALS_ONLY, WHOLE = "en", "zh_CN"
LANGUAGES = (PLURALS_ONLY, WHOLE)
FORMS = {"en": 2, "zh_CN": 1}
"""How many plural forms a language has."""
GONE = frozenset({"vanished", "obsolete"})
"""States of strings that are not in the sources any more; they are kept until they are dropped."""
HELPERS = {"word": "train", "words": "models", "setting": "settings"}
"""Functions of ``ui`` that translate their argument in a context; with a literal argument they are marks themselves."""
METHODS = frozenset({"translate", "tr"})
RAISED = frozenset({"StudioError", "bad_row"})
"""What makes an error that is a problem."""
SAID = frozenset({"may_be", "others", "detail", "part", "what"})
"""Arguments of problems that are English words, where a literal is given for them."""
Key = tuple[str, str]
"""A context and a source."""


class Message(NamedTuple):
    """A string of a .ts file. ``forms`` has one translation, or one for each plural form."""

    numerus: bool
    forms: tuple[str, ...]
    state: str
    """"" where it is finished; "unfinished", "vanished" or "obsolete"."""


# ----------------------------------------------------------------------------------- what is said


def core_tables() -> dict[str, list[str]]:
    """What ``core`` says in tables, by context."""
    from bigmodel_studio.core.advice import articles
    from bigmodel_studio.core.advice.catalog import CATALOG
    from bigmodel_studio.core.specs import experiments, scaling
    from bigmodel_studio.core.specs.objectives import TRAINABLE
    from bigmodel_studio.core.specs.rules import may_be
    from bigmodel_studio.core.specs.spec import make_spec
    from bigmodel_studio.core.system import settings
    from bigmodel_studio.core.text import messages, phrases

    fields = list(settings.described())
    specs = [make_spec({"name": "a", "objective": name, "data": {"train": ["a"]}}) for name in TRAINABLE]
    cifar = {"architecture": "cifar-resnet", "layers": 20}
    specs.append(make_spec({"name": "a", "objective": "classify-images", "data": {"train": ["a"]}, "model": cifar}))
    claims = [text for c in articles.CLAIMS for text in (c.figure, c.claimed, c.published, c.meaning)]
    return {
        "articles": [*dict.fromkeys(claims), *dict.fromkeys(each.note for each in CATALOG if each.note)],
        "experiments": [
            *(text for each in experiments.EXPERIMENTS.values() for text in (each.title, each.shows)),
            *dict.fromkeys(p.title for each in experiments.EXPERIMENTS.values() for p in each.parameters),
            *(
                experiments.VERDICT,
                experiments.CONFIRMED,
                experiments.PARTLY,
                experiments.NOT_CONFIRMED,
                scaling.CAUTION,
            ),
        ],
        "messages": [text for both in messages.SENTENCES.values() for text in both],
        "settings": [
            text
            for field in fields
            for text in (field.label, field.help, field.zero, field.section, field.may_be, *field.choices.values())
        ],
        "arguments": [
            phrases.numberless(text)[0] for text in (*phrases.WORDS, *(each for spec in specs for each in may_be(spec)))
        ],
    }


class Call(NamedTuple):
    """A call in a module of the package, with whether it stands inside an f-string."""

    path: Path
    node: ast.Call
    in_f_string: bool

    @property
    def in_ui(self) -> bool:
        return self.path.is_relative_to(PACKAGE / "ui")

    @property
    def looks_up(self) -> bool:
        """Whether it is a look-up of a text's translation."""
        return _name(self.node) in METHODS or (isinstance(self.node.func, ast.Name) and self.node.func.id in HELPERS)


@functools.cache
def calls() -> tuple[Call, ...]:
    """Every call of the package that translates or makes a problem; its modules are parsed once."""
    named = METHODS | RAISED | HELPERS.keys()
    return tuple(
        Call(path, node, inside)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node, inside in _walk(ast.parse(path.read_text("utf-8"), str(path)))
        if isinstance(node, ast.Call) and _name(node) in named
    )


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, with whether it stands inside an f-string."""
    left = deque([(tree, False)])
    while left:
        node, inside = left.popleft()
        yield node, inside
        inside = inside or isinstance(node, ast.JoinedStr)
        left.extend((child, inside) for child in ast.iter_child_nodes(node))


def through_helpers() -> dict[str, list[str]]:
    """Literals that a helper of ``HELPERS`` translates, and those that are the words of a problem, by context."""
    from bigmodel_studio.core.text.phrases import numberless

    found: dict[str, list[str]] = {}
    for call in calls():
        name = _name(call.node)
        if name in HELPERS and call.in_ui and call.node.args:
            found.setdefault(HELPERS[name], []).extend(_literals(call.node.args[0]))
        elif name in RAISED:
            words = [keyword.value for keyword in call.node.keywords if keyword.arg in SAID]
            found.setdefault("arguments", []).extend(numberless(text)[0] for each in words for text in _literals(each))
    return found


def not_literal() -> list[str]:
    """Look-ups in ``ui`` that lupdate cannot read: of what is put together first, or inside an f-string."""
    return [
        f"{call.path.relative_to(ROOT)}:{call.node.lineno}: {ast.unparse(call.node)[:80]}"
        for call in calls()
        if call.in_ui and call.looks_up and (call.in_f_string or not _can_be_read(call.node))
    ]


def _can_be_read(call: ast.Call) -> bool:
    """A ``tr`` of ``self`` with a literal; another look-up may be of a name, whose text is marked where it stands."""
    name = _name(call)
    at = 1 if name == "translate" and len(call.args) > 1 else 0
    text = call.args[at] if len(call.args) > at else None
    if name == "tr":
        owner = call.func.value if isinstance(call.func, ast.Attribute) else None
        return isinstance(owner, ast.Name) and owner.id == "self" and text is not None and bool(_literals(text))
    put_together = isinstance(text, ast.JoinedStr | ast.BinOp)
    return not put_together and not (isinstance(text, ast.Call) and _name(text) == "format")


def unheard(found: set[Key]) -> list[str]:
    """Look-ups in ``ui`` of a literal that was not extracted: lupdate skips some calls without a word."""
    sources = {source for _, source in found}
    wrong = []
    for path, call, _ in (each for each in calls() if each.in_ui and each.looks_up):
        in_context = _name(call) == "translate" and len(call.args) > 1
        contexts = _literals(call.args[0]) if in_context else []
        for text in _literals(call.args[1 if in_context else 0]) if call.args else []:
            heard = any((context, text) in found for context in contexts) if contexts else text in sources
            if not heard and _has_words(text):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno}: {text!r} was not extracted")
    return wrong


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return _literals(node.body) + _literals(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


# ----------------------------------------------------------------------------------- files


def tool(name: str) -> str:
    """The path of a tool that came with PySide6."""
    found = Path(sysconfig.get_path("scripts")) / (name + (".exe" if sys.platform == "win32" else ""))
    if not found.is_file():
        raise SystemExit(f"error: there is no {found}; PySide6 brings it")
    return str(found)


def extract(ts: Path, language: str, *, drop: bool = False) -> None:
    """Bring a .ts file up to date with the sources, keeping its translations."""
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder) / "marks.py"
        lines = []
        for table in (core_tables(), through_helpers()):
            for context, texts in table.items():
                lines += [f"QT_TRANSLATE_NOOP({context!r}, {_quoted(text)})" for text in texts if _has_words(text)]
        marks.write_text("\n".join(lines) + "\n", "utf-8")
        command = [tool("pyside6-lupdate"), str(marks), *map(str, sorted((PACKAGE / "ui").rglob("*.py")))]
        command += ["-ts", str(ts), "-locations", "none", "-target-language", language, "-sort-messages"]
        command += ["-disable-heuristic", "similartext"]
        command += ["-pluralonly"] if language == PLURALS_ONLY else []
        command += ["-no-obsolete"] if drop else []
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def read(ts: Path) -> dict[Key, Message]:
    """The messages of a .ts file."""
    found: dict[Key, Message] = {}
    for context in ET.parse(ts).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            numerus = message.get("numerus") == "yes"
            forms = (
                [form.text or "" for form in translation.iter("numerusform")] if numerus else [translation.text or ""]
            )
            key = (context.findtext("name") or "", message.findtext("source") or "")
            found[key] = Message(numerus, tuple(forms), translation.get("type", ""))
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _has_words(text: str) -> bool:
    """Not of placeholders alone."""
    return any(character.isalpha() for character in re.sub(r"\{[^}]*\}", "", text))


# ----------------------------------------------------------------------------------- what is wrong


def placeholders(text: str) -> list[str]:
    """``{name}`` with its format, ``%1``, ``%n``, sorted: a translation has the same."""
    named = [
        f"{{{name}!{conversion or ''}:{form}}}"
        for _, name, form, conversion in string.Formatter().parse(text)
        if name is not None
    ]
    return sorted([*named, *re.findall(r"%(?:\d+|L\d+|n)", text)])


def wrong_in(messages: dict[Key, Message], language: str) -> Iterator[str]:
    """What a .ts file's translations lack, a line each."""
    for (context, source), message in messages.items():
        where = f"{language} {context}: {source!r}"
        if message.state or not all(message.forms):
            yield f"{where} is not translated"
        elif message.numerus and len(message.forms) != FORMS[language]:
            yield f"{where} has {len(message.forms)} plural forms, not {FORMS[language]}"
        else:
            for form in message.forms:
                if set(placeholders(form)) != set(placeholders(source)):
                    yield f"{where} has other placeholders in {form!r}"


def check(folder: Path = FOLDER) -> list[str]:
    """Everything that is wrong with the translations, a line each; nothing is changed."""
    wrong = [f"{place} is not a text that can be extracted" for place in not_literal()]
    for language in LANGUAGES:
        ts = folder / f"bigmodel_{language}.ts"
        with tempfile.TemporaryDirectory() as temporary:
            fresh = Path(temporary) / ts.name
            fresh.write_bytes(ts.read_bytes())
            extract(fresh, language)
            there = read(ts)
            wanted = {key: message for key, message in read(fresh).items() if message.state not in GONE}
            missing = sorted(wanted.keys() - {key for key, message in there.items() if message.state not in GONE})
            wrong += [f"{language} {context}: {source!r} is missing from {ts.name}" for context, source in missing]
            wrong += wrong_in(wanted, language)
            wrong += unheard(set(wanted)) if language == WHOLE else []
    return wrong


def main() -> int:
    """Update and compile, or only look; returns the exit status."""
    parser = argparse.ArgumentParser(description="Keep the translations in step with the sources.")
    parser.add_argument("--check", action="store_true", help="change nothing, and say what is wrong")
    parser.add_argument("--drop", action="store_true", help="forget strings that are not in the sources any more")
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not chosen.check:
        for language in LANGUAGES:
            ts = FOLDER / f"bigmodel_{language}.ts"
            extract(ts, language, drop=chosen.drop)
            qm.write(ts, ts.with_suffix(".qm"))
    wrong = check()
    print("\n".join(wrong) or "Every string is translated.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
