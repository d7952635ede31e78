"""The shape of the code: packages that can be taken in at a glance, modules that can be read at once, and a map that
names them all.
"""

from tests.import_graph import PACKAGE, ROOT

MOST_MODULES = 25
"""In a package, its ``__init__`` included."""
MOST_LINES = 400
"""Of a module."""
TABLES: dict[str, str] = {}
"""Modules that may be longer, for they are one table each, with the reason."""


def test_no_package_has_too_many_modules() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    sizes = {str(folder.relative_to(PACKAGE)): len(list(folder.glob("*.py"))) for folder in folders}
    assert {name: size for name, size in sizes.items() if size > MOST_MODULES} == {}


def test_no_module_is_too_long() -> None:
    lengths = {
        path.relative_to(PACKAGE).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    long = {name for name, lines in lengths.items() if lines > MOST_LINES}
    assert sorted(long - set(TABLES)) == []
    assert sorted(set(TABLES) - long) == [], "these are short now: take them out of the list"


def test_the_architecture_lists_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 1_100, "more than two pages"
    packages = {path.parent.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("__init__.py")} - {"."}
    assert sorted(name for name in packages if f"`{name}`" not in text) == []
