"""Which of our modules imports which, read from the source: also inside functions, and without `if TYPE_CHECKING`."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "bigmodel_studio"


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
