"""Set up this checkout and run it, or run its tests.

  python3 packaging/dev.py run  [--torch BUILD] [ARGUMENT…]    the window; with arguments, that command
  python3 packaging/dev.py test [--torch BUILD] [--only STAGE] [PYTEST ARGUMENT…]
  python3 packaging/dev.py test --lowest | --coverage [PYTEST ARGUMENT…]

`run` makes .venv, installs what is missing and opens the window; without a display it runs `tour` instead, which
draws the window offscreen and writes pictures. `test` also installs the test tools and runs every stage: style, types,
layers, tests. With --only it runs that stage, and with arguments for pytest (-k word, a file) the tests alone.
--lowest runs the tests in .venv-lowest, with the lowest versions that pyproject.toml allows. --coverage measures which
lines the tests run, and fails where that is less than packaging/coverage-floor.txt says; where it is more, it raises
the floor.

--torch is auto (a CUDA build where there is an NVIDIA card, else the CPU build), cpu, cu126, cu130, …, and is kept.
Standard library only: this file runs before anything is installed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

if sys.version_info < (3, 11):  # before anything that an older Python would stumble over
    sys.stderr.write(
        "error: Big Model Studio needs Python 3.11 or later, and this is {}.{}.\n"
        "  Install one from python.org or your system's packages, then: python3.11 packaging/dev.py run\n".format(
            *sys.version_info[:2]
        )
    )
    sys.exit(2)

from pathlib import Path
from typing import NamedTuple, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parent))

import dev_machine
import qm
from dev_environment import TORCH_CHOICE, Environment, LowestEnvironment, SetupError, say

ROOT = Path(__file__).resolve().parent.parent
SYSTEMS = ("linux", "win32", "darwin")
# On the other systems it is our own use of the system that is looked at: without torch's sources that takes a tenth.
WITHOUT_TORCH = """
[[tool.mypy.overrides]]
module = ["accelerate.*", "huggingface_hub.*", "peft.*", "torch.*", "transformers.*"]
follow_imports = "skip"
"""
NOT_SEEN_WITHOUT_TORCH = (
    "--no-warn-unused-ignores",
    "--no-warn-return-any",
    "--allow-subclassing-any",
    "--allow-untyped-decorators",
)
MOST_WORKERS = 6
COVERAGE = ROOT / ".coverage.json"
FLOOR = ROOT / "packaging" / "coverage-floor.txt"
LEAKS = ("ResourceWarning", "Exception ignored in")
"""What Python prints, perhaps after the last test, of files and processes that nobody closed."""
STAGES = ("style", "types", "layers", "tests")


class Command(NamedTuple):
    """What was asked for on the command line. `torch` is None where it was not said."""

    name: str
    torch: str | None = None
    only: str | None = None
    rest: tuple[str, ...] = ()
    lowest: bool = False
    coverage: bool = False


def parse(arguments: Sequence[str]) -> Command:
    """Read the command line: our own options come first, and all that follows them belongs to what is started."""
    if not arguments or arguments[0] in ("-h", "--help"):
        raise SystemExit((__doc__ or "").strip())
    name, rest = arguments[0], list(arguments[1:])
    if name not in ("run", "test"):
        raise SetupError(f"There is no command {name!r}.", "python3 packaging/dev.py run   or   test", 2)
    options: dict[str, str] = {}
    flags = set()
    while rest and rest[0] != "--":
        if name == "test" and rest[0] in ("--lowest", "--coverage"):
            flags.add(rest.pop(0))
            continue
        option, equals, value = rest[0].partition("=")
        if option not in ("--torch", "--only") or (option == "--only" and name == "run"):
            break
        del rest[0]
        if not equals:
            value = rest.pop(0) if rest else ""
        options[option] = value
    if rest and rest[0] == "--":
        del rest[0]
    torch, only = options.get("--torch"), options.get("--only")
    if torch is not None and not TORCH_CHOICE.fullmatch(torch):
        raise SetupError(f"--torch is {torch!r}.", "Allowed: auto, cpu, cu126, cu130 (or a later one), rocm6.4.", 2)
    if only is not None and only not in STAGES:
        raise SetupError(f"--only is {only!r}.", "Allowed: " + ", ".join(STAGES) + ".", 2)
    return Command(name, torch, only, tuple(rest), "--lowest" in flags, "--coverage" in flags)


def main(arguments: Sequence[str]) -> int:
    try:
        command = parse(arguments)
        environment = LowestEnvironment(ROOT) if command.lowest else Environment(ROOT)
        offscreen = _opens_window(command) and dev_machine.no_display_reason(os.environ)
        bring_system_packages(fonts=command.name == "test" or bool(offscreen))
        card = dev_machine.nvidia_card_present()
        torch = command.torch or environment.stamp().torch
        if not environment.is_current(torch, card, tests=command.name == "test"):
            environment.bring_up_to_date(torch, card, tests=command.name == "test")
        compile_translations()
        if command.name == "test":
            return run_tests(environment, command)
        if offscreen:
            return run_tour(environment, offscreen)
        return _start([str(environment.python), "-m", "bigmodel_studio", *command.rest])
    except SetupError as failure:
        print(f"error: {failure.sentence}\n  To mend it: {failure.remedy}", file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:
        print("\nStopped. The next start takes up where this one ended.", file=sys.stderr)
        return 130


def compile_translations() -> None:
    """Make what the window loads of the translations, where it is missing or older; without it, it speaks English."""
    try:
        qm.bring_up_to_date(ROOT / "resources" / "i18n")
    except OSError as error:
        say(f"The translations could not be compiled ({error.strerror or error}); the window speaks English.")


def _opens_window(command: Command) -> bool:
    return command.name == "run" and (not command.rest or command.rest[0] == "open")


def bring_system_packages(fonts: bool) -> None:
    """Bring the shared libraries that Qt needs, and a font for pictures, where Debian's packages can; else say how."""
    libraries = dev_machine.missing_qt_libraries()
    packages = sorted({dev_machine.QT_LIBRARIES[name] for name in libraries})
    if not dev_machine.is_debian():
        if libraries:
            say("Qt needs shared libraries that are missing here: " + ", ".join(libraries) + ".")
            say("Install them with your system's package manager if the window does not open.")
        return
    font = fonts and not dev_machine.has_cjk_font()
    if font and dev_machine.is_root():
        packages.append(dev_machine.CJK_FONT_PACKAGE)  # nobody is asked for a password for letters in pictures
    if not packages:
        return
    prefix = dev_machine.apt_prefix()
    if prefix is None:
        say("Qt needs packages that are missing here. To bring them: " + dev_machine.apt_command(packages))
    else:
        say("Installing Debian packages that are missing here: " + ", ".join(packages))
        if not dev_machine.apt_install(packages, prefix):
            say("apt-get could not install them. Without them Qt may not start: " + dev_machine.apt_command(packages))


def run_tour(environment: Environment, reason: str) -> int:
    """Drive the window offscreen through the main job and say where the pictures are."""
    out = ROOT / "tour-pictures"
    if not os.access(ROOT, os.W_OK):
        out = Path(tempfile.mkdtemp(prefix="big-model-studio-tour-"))
    say(f"There is no display ({reason}), so the tour runs instead of the window; its pictures go to {out}")
    command = [str(environment.python), "-m", "bigmodel_studio", "tour", str(out)]
    return subprocess.run(command, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, check=False).returncode


def stages(environment: Environment, command: Command) -> dict[str, list[list[str]]]:
    """The commands of each stage that is to run, in order."""
    python = [str(environment.python), "-m"]
    others = [name for name in SYSTEMS if name != sys.platform]
    apart = ["--config-file", str(_mypy_cache("config.toml")), *NOT_SEEN_WITHOUT_TORCH]
    mypy = [[*python, "mypy", "--platform", name, "--cache-dir", str(_mypy_cache(name)), *apart] for name in others]
    imports = [str(environment.python), "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    typos = str(environment.python.with_name("typos" + environment.python.suffix))
    covered = ["--cov", "--cov-report=term:skip-covered", "--cov-report=json:" + str(COVERAGE)]
    every = {
        "style": [[*python, "ruff", "check", "."], [*python, "ruff", "format", "--check", "."], [typos]],
        "types": [[*python, "mypy"], *mypy],
        "layers": [imports],
        "tests": [
            [*python, "pytest", *(covered if command.coverage else []), *_side_by_side(command.rest), *command.rest]
        ],
    }
    alone = command.rest or command.lowest or command.coverage
    wanted = [command.only] if command.only else ["tests"] if alone else list(STAGES)
    return {name: every[name] for name in wanted}


def _side_by_side(rest: Sequence[str]) -> list[str]:
    """All tests run in two processes a core, for half of the time they wait for engines and runs that they started (a
    handful at most); chosen ones in one, to be watched."""
    workers = min(2 * (os.cpu_count() or 1), MOST_WORKERS)
    return ["-n", str(workers)] if not rest and workers > 1 else []


def run_tests(environment: Environment, command: Command) -> int:
    """Run the stages, all of them even where one fails, pytest last. 0 only if every one passed."""
    failed = []
    _write_config_without_torch()
    COVERAGE.unlink(missing_ok=True)
    for name, commands in stages(environment, command).items():
        started = time.monotonic()
        passed = tests_pass(commands[0]) if name == "tests" else _all_pass(commands, together=name == "types")
        say(f"{name} {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.1f} s")
        if not passed:
            failed.append(name)
    if command.coverage and not command.rest and not keeps_floor(FLOOR):
        failed.append("coverage")
    if failed:
        say("FAILED: " + ", ".join(failed))
    return 1 if failed else 0


def keeps_floor(floor: Path) -> bool:
    """Whether the tests ran at least the share of lines that ``floor`` says; where it is more, the floor rises."""
    if not COVERAGE.is_file():
        say("The tests left no measure of what they ran.")
        return False
    least = float(floor.read_text(encoding="utf-8"))
    # Rounded down to half a percent: two runs differ a little by what other processes came to.
    measured = float(json.loads(COVERAGE.read_text(encoding="utf-8"))["totals"]["percent_covered"]) // 0.5 * 0.5
    if measured > least:
        floor.write_text(f"{measured}\n", encoding="utf-8")
        say(f"The tests run {measured}% of the lines: commit {floor.name}, which said {least}%.")
    elif measured < least:
        say(f"The tests run {measured}% of the lines, and ran {least}% before. Test what was added.")
    return measured >= least


def _write_config_without_torch() -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8").replace("$MYPY_CONFIG_FILE_DIR", ROOT.as_posix())
    _mypy_cache("config.toml").parent.mkdir(exist_ok=True)
    _mypy_cache("config.toml").write_text(settings + WITHOUT_TORCH, encoding="utf-8")


def _mypy_cache(name: str) -> Path:
    return ROOT / ".mypy_cache" / name


def _all_pass(commands: Sequence[Sequence[str]], together: bool) -> bool:
    """Run every command, whatever became of the one before. `together`: side by side, each one's words in one piece."""
    from concurrent.futures import ThreadPoolExecutor  # here: `run` does without it

    with ThreadPoolExecutor(os.cpu_count() if together else 1) as pool:
        return all(list(pool.map(lambda words: _passes(words, in_one_piece=together), commands)))


def tests_pass(words: Sequence[str]) -> bool:
    """Run the tests, showing what they print. They fail as well where Python reports a leak, which no test can see."""
    say(shown(words))
    # Hundreds of processes follow: without bytecode on disk each would compile every module anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert child.stdout is not None
    output = child.stdout.fileno()
    printed = bytearray()
    with child:
        for part in iter(lambda: os.read(output, 65_536), b""):
            sys.stdout.buffer.write(part)
            sys.stdout.buffer.flush()
            printed += part
    leaks = [line for line in printed.decode(errors="replace").splitlines() if any(sign in line for sign in LEAKS)]
    if leaks:
        say("Something was left open:\n" + "\n".join(leaks))
    return child.returncode == 0 and not leaks


def _passes(words: Sequence[str], in_one_piece: bool) -> bool:
    if not in_one_piece:
        say(shown(words))
        return subprocess.run(words, cwd=ROOT, check=False).returncode == 0
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    say(shown(words) + "\n" + done.stdout.rstrip())
    return done.returncode == 0


def shown(words: Sequence[str]) -> str:
    """Return a command as it would be typed in the checkout's root."""
    return " ".join(["$", *words]).replace(str(ROOT) + os.sep, "")


def _start(words: list[str]) -> int:
    """Become the application where the system can do that, so that signals and the exit status are its own."""
    if os.name == "nt":
        return subprocess.run(words, check=False).returncode
    sys.stdout.flush()
    os.execv(words[0], words)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
