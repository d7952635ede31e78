"""Which of our modules imports which, read from the source: also inside functions, and without `if TYPE_CHECKING`."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bigmodel_studio"
_NAMED = re.compile(r"bigmodel_studio(\.\w+)*(:\w+)?")


def sources(package: Path = PACKAGE) -> dict[str, Path]:
    """Return the file of each module in `package`, by its full name."""
    named = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        named[".".join(parts).removesuffix(".__init__")] = path
    return named


def imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (module, name) for each import of a source that runs; `name` is "" for ``import module``."""
    if isinstance(tree, ast.If) and "TYPE_CHECKING" in ast.unparse(tree.test):
        for statement in tree.orelse:
            yield from imports(statement)
        return
    if isinstance(tree, ast.Import):
        yield from ((alias.name, "") for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        assert tree.level == 0, "imports are absolute"
        yield from ((tree.module or "", alias.name) for alias in tree.names)
    for node in ast.iter_child_nodes(tree):
        yield from imports(node)


def import_graph(named: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return the modules of `named` that each of them imports."""
    graph: dict[str, set[str]] = {}
    for module, path in named.items():
        found = set()
        for origin, name in imports(ast.parse(path.read_text(encoding="utf-8"))):
            submodule = f"{origin}.{name}"
            found.add(submodule if submodule in named else origin)
        graph[module] = {other for other in found if other in named and other != module}
    return graph


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one module (Tarjan 1972, doi 10.1137/0201010)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for other in sorted(graph[module]):
            if other not in order:
                visit(other)
                lowest[module] = min(lowest[module], lowest[other])
            elif other in stack:
                lowest[module] = min(lowest[module], order[other])
        if lowest[module] == order[module]:
            component = [stack.pop()]
            while component[-1] != module:
                component.append(stack.pop())
            if len(component) > 1:
                found.append(sorted(component))

    for module in graph:
        if module not in order:
            visit(module)
    return sorted(found)


def named_in_strings(path: Path) -> set[str]:
    """Return the modules (``a.b``) and attributes (``a.b:name``) of ours that whole strings of a source name.

    Of f-strings those are put together that use constants of their own module, as ``f"{_HERE}.hub:HubView"``.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }

    def text(node: ast.AST) -> str:
        if isinstance(node, ast.Constant):
            return str(node.value)
        if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
            return constants.get(node.value.id, " ")
        return " "

    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found.add("".join(map(text, node.values)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return {each for each in found if _NAMED.fullmatch(each) and each != "bigmodel_studio"}


def defines(path: Path, name: str) -> bool:
    """Return whether a source defines `name` at its top level."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return True
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return True
    return False


def forbidden(contracts: Sequence[Mapping[str, Any]], module: str, other: str) -> bool:
    """Return whether import-linter's contracts would refuse that `module` imports `other`."""

    def is_in(name: str, packages: Sequence[str]) -> bool:
        return any(name == package or name.startswith(package + ".") for package in packages)

    for contract in contracts:
        if contract["type"] == "layers":
            layers = [re.findall(r"[\w.]+", layer) for layer in contract["layers"]]  # "(a) : (b)" stand side by side
            at, goes_to = (
                next((row for row, packages in enumerate(layers) if is_in(name, packages)), None)
                for name in (module, other)
            )
            if at is not None and goes_to is not None and goes_to < at:
                return True
        elif is_in(module, contract["source_modules"]) and is_in(other, contract["forbidden_modules"]):
            return True
    return False
