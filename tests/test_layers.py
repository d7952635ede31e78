"""Who may import whom, asked of a fresh interpreter: import-linter reads the source, this loads it.

The window's side must start without torch, and the engine's side without Qt. It also holds `core` to the few libraries
that it may use, which a list of forbidden ones cannot.
"""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.import_graph import (
    PACKAGE,
    ROOT,
    circles,
    defines,
    forbidden,
    import_graph,
    named_in_strings,
    sources,
)

ENGINE_SIDE = ("bigmodel_studio.engine", "bigmodel_studio.training", "bigmodel_studio.serving")
MODELS = ("torch", "transformers", "tokenizers", "safetensors", "huggingface_hub", "peft", "accelerate")
TABLES = ("pyarrow", "pandas", "datasets")
"""The optional extra: read where a Parquet file is, and nowhere else."""
QT = ("PySide6", "shiboken6")
# psutil: whether the process of a run still lives cannot be told with the standard library on every system.
CORE_MAY_USE = {"msgspec", "platformdirs", "tomli_w", "psutil"}
NAMED_ACROSS = {
    # A request is done in the engine's process, and some by what trains: named, and imported when it is asked for.
    ("bigmodel_studio.engine.tasks", "bigmodel_studio.training.script.writing:export_script"),
    ("bigmodel_studio.engine.tasks", "bigmodel_studio.training.preview.look:look_at_data"),
    ("bigmodel_studio.engine.tasks", "bigmodel_studio.training.inside.look:look_at_step"),
    ("bigmodel_studio.engine.tasks", "bigmodel_studio.training.inside.slow_step:take_step"),
    # Started with ``python -m`` as processes of their own: nothing of them is imported here.
    ("bigmodel_studio.core.runs.launch", "bigmodel_studio.training"),
    ("bigmodel_studio.client.lane", "bigmodel_studio.engine"),
    # Looked for on the command lines of processes, to tell an engine from others.
    ("bigmodel_studio.core.memory.reservations", "bigmodel_studio.engine"),
}
"""Where a module names another in a string that it may not import; all else is refused."""


def modules(package: str) -> list[str]:
    """Every module below a package, but those that run when they are imported."""
    folder = ROOT.joinpath(*package.split("."))
    found = [path.relative_to(ROOT).with_suffix("") for path in sorted(folder.rglob("*.py"))]
    return [".".join(p.parts).removesuffix(".__init__") for p in found if p.name != "__main__"]


def loaded_after(names: list[str]) -> set[str]:
    """The modules that a fresh interpreter holds after importing `names`."""
    code = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def under(names: set[str], *tops: str) -> list[str]:
    return sorted(name for name in names if any(name == top or name.startswith(top + ".") for top in tops))


@pytest.mark.parametrize("package", ["core", "client", "ui"])
def test_the_windows_side_leaves_torch_and_the_engine_out(package: str) -> None:
    loaded = loaded_after(modules("bigmodel_studio." + package))
    assert under(loaded, *MODELS, *TABLES, *ENGINE_SIDE) == []


def test_core_leaves_qt_out() -> None:
    assert under(loaded_after(["bigmodel_studio.protocol", *modules("bigmodel_studio.core")]), *QT) == []


def test_the_client_knows_no_widget() -> None:
    loaded = loaded_after(modules("bigmodel_studio.client"))
    assert under(loaded, "PySide6.QtWidgets", "PySide6.QtGui") == []


def test_the_first_paint_needs_no_plots_and_no_science() -> None:
    loaded = loaded_after(["bigmodel_studio.ui.window.main_window"])
    assert under(loaded, "numpy", "PIL") == []


@pytest.mark.parametrize("package", ["engine", "training", "serving"])
def test_the_engines_side_leaves_qt_and_the_window_out(package: str) -> None:
    loaded = loaded_after(modules("bigmodel_studio." + package))
    assert under(loaded, *QT, *TABLES, "bigmodel_studio.client", "bigmodel_studio.ui") == []


@pytest.mark.parametrize(
    "path",
    [*sorted((PACKAGE / "protocol").rglob("*.py")), *sorted((PACKAGE / "core").rglob("*.py"))],
    ids=lambda p: f"{p.parent.name}-{p.stem}",
)
def test_core_uses_the_standard_library_and_little_else(path: Path) -> None:
    used = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            used.add(node.module or "")
    ours = ("bigmodel_studio.core", "bigmodel_studio.protocol")
    used.discard("bigmodel_studio")  # its version and where it is
    others = {name for name in used if name.partition(".")[0] not in sys.stdlib_module_names | CORE_MAY_USE}
    assert sorted(others) == under(others, *ours)


def test_torch_choice_can_be_read_before_anything_is_installed() -> None:
    code = "import runpy, sys; print('cuda_build' in runpy.run_path(sys.argv[1]))"
    command = [sys.executable, "-I", "-S", "-c", code, str(PACKAGE / "core" / "system" / "torch_choice.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(import_graph(sources())) == []


def test_a_circle_is_found_through_a_function_and_not_through_types(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "till.py").write_text("from shop import stock\n")
    (package / "stock.py").write_text("def count():\n    from shop.goods import Pear\n")
    (package / "goods.py").write_text("import shop.till\n")
    (package / "types.py").write_text("from shop import till\n")
    (package / "prices.py").write_text("if TYPE_CHECKING:\n    import shop.rates\n")
    (package / "rates.py").write_text("import shop.prices\n")
    assert circles(import_graph(sources(package))) == [["shop.goods", "shop.stock", "shop.till"]]


def test_modules_that_are_named_in_strings_exist() -> None:
    known = sources()
    missing = []
    for module, path in known.items():
        for named in named_in_strings(path):
            other, _, attribute = named.partition(":")
            if other not in known or (attribute and not defines(known[other], attribute)):
                missing.append((module, named))
    assert missing == []


def test_modules_that_are_named_in_strings_keep_to_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    crossings = {
        (module, named)
        for module, path in sources().items()
        for named in named_in_strings(path)
        if forbidden(contracts, module, named.partition(":")[0])
    }
    assert sorted(crossings) == sorted(NAMED_ACROSS)


def test_a_module_that_is_named_in_a_string_is_found(tmp_path: Path) -> None:
    source = tmp_path / "table.py"
    source.write_text(
        'HERE = "bigmodel_studio.ui"\nTABLE = {1: f"{HERE}.pages:PAGES", 2: "see bigmodel_studio.core"}\n'
    )
    assert named_in_strings(source) == {"bigmodel_studio.ui", "bigmodel_studio.ui.pages:PAGES"}
