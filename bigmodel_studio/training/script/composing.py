"""One module made of several: what a script is written with. Knows nothing of models, runs or files of data.

The modules are read, not run. Imports of this application are followed, and what they name becomes part of the text;
``settings`` take the place of the values that stand in the modules; an ``if`` that they alone decide is decided; and
definitions and imports that are then used by nothing are left out.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Settings = Mapping[str, Any]
WIDTH = 118
_PACKAGE = __name__.partition(".")[0]
_FOR_MYPY = re.compile(r"  # type: ignore\[[\w, -]+\]")
_SETTING = re.compile(r"(?P<name>\w+) = [^#\n]*?(?P<comment>  # .*)?", re.ASCII)


@dataclass
class _Block:
    """A statement of a module with what belongs to it: comments above, a docstring below."""

    text: str
    defines: frozenset[str]
    uses: frozenset[str]
    is_definition: bool


@dataclass
class _Module:
    doc: str
    blocks: list[_Block]
    imports: dict[str, tuple[str, str, str]]
    """By the name that it binds: module, what of it ("" the module itself), and the name again where it is another."""
    ours: list[str] = field(default_factory=list)


def compose(modules: Sequence[str], settings: Settings, stand_ins: Mapping[str, str]) -> str:
    """Return the text of one module that does what the last of ``modules`` does when it is run, with that one's
    docstring.

    ``stand_ins`` are modules that take the place of others. Raises ``ValueError`` where a setting is known to none of
    them, or two of them give one name to different things.
    """
    read: dict[str, _Module] = {}
    for name in modules:
        _gather(name, settings, stand_ins, read)
    *others, main = read.values()
    blocks = [block for module in read.values() for block in module.blocks]
    defined = [name for block in blocks for name in block.defines if name != "__all__"]
    if twice := {name for name in defined if defined.count(name) > 1}:
        raise ValueError(f"defined twice: {', '.join(sorted(twice))}")
    if strange := settings.keys() - set(defined):
        raise ValueError(f"no such setting: {', '.join(sorted(strange))}")
    used = _used(blocks, [block for block in main.blocks if not block.defines])
    imports = {name: found for module in read.values() for name, found in module.imports.items() if name in used}
    kept = {id(block) for block in blocks if (block.defines & used) or (not block.defines and block in main.blocks)}
    head = [block for block in blocks if block.defines & settings.keys() and id(block) in kept]
    begin = [f'"""{main.doc}"""', "from __future__ import annotations", _import_lines(imports)]
    begin.append("\n".join(block.text for block in head))
    sections = []
    for module in [*others, main]:
        rest = [block for block in module.blocks if id(block) in kept and block not in head]
        if rest:
            sections.append(_section(module.doc if module is not main else "The training.", rest))
    return "\n\n\n".join(["\n\n".join(begin), *sections]) + "\n"


def _gather(name: str, settings: Settings, stand_ins: Mapping[str, str], read: dict[str, _Module]) -> None:
    """Read a module into ``read``, after those that it needs."""
    name = stand_ins.get(name, name)
    if name in read:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ValueError(f"no module {name}")
    module = _parsed(decided(Path(spec.origin).read_text("utf-8"), settings), settings)
    for other in module.ours:
        _gather(other, settings, stand_ins, read)
    read[name] = module


def _parsed(source: str, settings: Settings) -> _Module:
    lines, tree = source.splitlines(), ast.parse(source)
    module = _Module(ast.get_docstring(tree, clean=False) or "", [], {})
    for node in tree.body[1:]:
        begin = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        if isinstance(node, ast.Import | ast.ImportFrom):
            _note_import(node, module)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            module.blocks[-1].text += "\n" + _lines(lines, begin, node)
        else:
            while lines[begin - 2].startswith("#"):
                begin -= 1
            module.blocks.append(_block(_lines(lines, begin, node), node, settings))
    return module


def _lines(lines: list[str], begin: int, node: ast.stmt) -> str:
    return "\n".join(_FOR_MYPY.sub("", line) for line in lines[begin - 1 : node.end_lineno])


def _block(text: str, node: ast.stmt, settings: Settings) -> _Block:
    named: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        named = [each for target in node.targets for each in getattr(target, "elts", [target])]
    defines = frozenset(each.id for each in named if isinstance(each, ast.Name))
    is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        defines = frozenset({node.name})
    if (found := _SETTING.fullmatch(text)) and found["name"] in settings:
        text = f"{found['name']} = {literal(settings[found['name']])}{found['comment'] or ''}"
    parts = list(ast.walk(node))
    own = {each.id for each in parts if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    own |= {each.arg for each in parts if isinstance(each, ast.arg)}
    uses = frozenset(each.id for each in parts if isinstance(each, ast.Name)) - defines - own
    return _Block(text, defines, uses, is_definition)


def _note_import(node: ast.Import | ast.ImportFrom, module: _Module) -> None:
    if isinstance(node, ast.Import):
        for each in node.names:
            module.imports[each.asname or each.name.partition(".")[0]] = (each.name, "", each.asname or "")
    elif (node.module or "").partition(".")[0] == _PACKAGE:
        module.ours.append(node.module or "")
    elif node.module != "__future__":
        for each in node.names:
            module.imports[each.asname or each.name] = (node.module or "", each.name, each.asname or "")


def _used(blocks: list[_Block], begin: list[_Block]) -> set[str]:
    """Return all names that these blocks use, and what defines them, and so on."""
    by_name = {name: block for block in blocks for name in block.defines}
    used: set[str] = set()
    waiting = [name for block in begin for name in block.uses]
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += by_name[name].uses if name in by_name else ()
    return used


# ----------------------------------------------------------------------------------- what is decided


def decided(source: str, settings: Settings) -> str:
    """Return a module's text with each ``if`` that settings alone decide replaced by what is then done.

    Of a condition with ``and`` those parts go that are so. An ``elif`` after a condition that is not decided stays.
    """
    while (found := next(_decidable(source, settings), None)) is not None:
        source = found
    return source


def _decidable(source: str, settings: Settings) -> Iterator[str]:
    """Yield the text with the first such ``if`` replaced."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.If) or not lines[node.lineno - 1].lstrip().startswith("if "):
            continue
        parts = node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else []
        known = [(part, _value(part, settings)) for part in parts or [node.test]]
        left = [ast.get_source_segment(source, part) or "" for part, value in known if value is None]
        if len(left) == len(known):
            continue
        before, after = lines[: node.lineno - 1], lines[node.end_lineno :]
        if any(value is False for _, value in known):
            made = _otherwise(node, lines)
        elif left:
            made = [" " * node.col_offset + f"if {' and '.join(left)}:", *lines[node.lineno : node.end_lineno]]
        else:
            made = _inwards(lines[node.lineno : node.body[-1].end_lineno])
        yield "\n".join([*before, *made, *after]) + "\n"


def _otherwise(node: ast.If, lines: list[str]) -> list[str]:
    """Return what is done where the condition does not hold."""
    if not node.orelse:
        return []
    rest = lines[node.body[-1].end_lineno or 0 : node.end_lineno]
    if rest[0].lstrip().startswith("elif "):
        return [rest[0].replace("elif ", "if ", 1), *rest[1:]]
    return _inwards(rest[1:])


def _inwards(lines: list[str]) -> list[str]:
    return [line.removeprefix("    ") for line in lines]


def _value(part: ast.expr, settings: Settings) -> bool | None:
    """Return whether a condition holds; None where more than settings decides it."""
    names = {node.id for node in ast.walk(part) if isinstance(node, ast.Name)}
    if not names or not names <= settings.keys():
        return None
    return bool(eval(compile(ast.Expression(part), "condition", "eval"), {}, dict(settings)))


# ----------------------------------------------------------------------------------- what is written


def literal(value: object) -> str:
    """Return a setting as Python writes it, in lines of bearable length."""
    if isinstance(value, list):
        one = f"[{', '.join(map(literal, value))}]"
        return one if len(one) < WIDTH - 20 else "[\n" + "".join(f"    {literal(each)},\n" for each in value) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _section(doc: str, blocks: list[_Block]) -> str:
    """Blocks under a line that says what they are: the first paragraph of their module."""
    heading = textwrap.wrap(doc.partition("\n\n")[0], WIDTH)
    made = "\n".join(["# " + "-" * WIDTH, *(f"# {line}" for line in heading)])
    for before, block in zip([None, *blocks], blocks, strict=False):
        apart = block.is_definition or not block.defines or (before is not None and before.is_definition)
        made += ("\n\n\n" if apart else "\n\n" if before is None else "\n") + block.text
    return made


def _import_lines(imports: dict[str, tuple[str, str, str]]) -> str:
    """Import the way isort has them: the standard library first, modules before what is of them."""
    groups = []
    for standard in (True, False):
        found = [
            each for each in imports.values() if (each[0].partition(".")[0] in sys.stdlib_module_names) == standard
        ]
        lines = [f"import {name}{f' as {other}' * bool(other)}" for name, what, other in sorted(found) if not what]
        for module in sorted({name for name, what, _ in found if what}, key=str.lower):
            names = sorted((what for name, what, _ in found if name == module and what), key=_kind)
            lines.append(f"from {module} import {', '.join(names)}")
        groups.append("\n".join(lines))
    return "\n\n".join(filter(None, groups))


def _kind(name: str) -> tuple[int, str]:
    return 0 if name.isupper() else 1 if name[:1].isupper() else 2, name
