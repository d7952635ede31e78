"""The virtual environment: whether it is whole and up to date, and how it is made, mended and filled.

A stamp in `.venv` says for what it was filled (the hash of pyproject.toml, the constraints, the Python and the choice
of torch); while it is right a start costs a few file reads and no process. A set-up that was ended half-way leaves its
stamp at "installing", and the next one begins anew. Standard library only.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Iterator, NamedTuple

import dev_lowest
import dev_machine

TORCH_INDEX = "https://download.pytorch.org/whl/"
TORCH_CHOICE = re.compile(r"auto|cpu|cu\d{3}|rocm\d+\.\d+")
OLDEST_PYTHON = (3, 11)


class SetupError(Exception):
    """Set-up cannot go on: one sentence, and what to do about it."""

    def __init__(self, sentence: str, remedy: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.sentence, self.remedy, self.status = sentence, remedy, status


def say(text: str) -> None:
    """Tell the person what is being done. On stderr: stdout belongs to the command that is being started."""
    sys.stderr.write(f"dev.py: {text}\n")  # one write: `print` makes two, and two threads' lines would mix
    sys.stderr.flush()


class Stamp(NamedTuple):
    """What the environment was filled for. `torch` is what was asked for, and is kept until something else is asked."""

    state: str = ""
    key: str = ""
    tests: bool = False
    torch: str = "auto"


class InstalledTorch(NamedTuple):
    version: str  # "2.13.0", without what follows a "+"
    build: str  # "cpu", "cu130", …


class TorchPlan(NamedTuple):
    """How to install torch: pip's words (none: leave what is installed) and a sentence that says why."""

    arguments: list[str]
    because: str


class Environment:
    """The `.venv` of one checkout."""

    name = ".venv"

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / self.name
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.constraints = root / "packaging" / "constraints.txt"
        self._stamp = self.folder / "big-model-studio-setup.json"

    # ------------------------------------------------------------ what is there

    def stamp(self) -> Stamp:
        try:
            found: dict[str, Any] = json.loads(self._stamp.read_text(encoding="utf-8"))
            return Stamp(str(found["state"]), str(found["key"]), bool(found["tests"]), str(found["torch"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Stamp()

    def key(self, torch: str, card: bool) -> str:
        """Everything that, when it changes, means that something may have to be installed."""
        digest = hashlib.sha256()
        for path in (self.root / "pyproject.toml", self.root / "packaging" / "constraints.txt"):
            digest.update(path.read_bytes())
        digest.update(repr((self.python_version(), str(self.root), torch, card and torch == "auto")).encode())
        return digest.hexdigest()

    def is_current(self, torch: str, card: bool, tests: bool) -> bool:
        """Whether nothing is to be done. Reads four small files and starts no process."""
        stamp = self.stamp()
        return (
            stamp.state == "done"
            and self.python.exists()
            and (stamp.tests or not tests)
            and stamp.key == self.key(torch, card)
        )

    def damage(self) -> str | None:
        """Why this environment cannot be built upon, or None. One that somebody made by hand is welcome."""
        if not (self.folder / "pyvenv.cfg").exists() or not self.python.exists():
            return "it is incomplete, or the Python it was made from is gone"
        if self.stamp().state == "installing":
            return "a set-up was ended half-way"
        if self.python_version() < OLDEST_PYTHON:
            return "its Python is too old"
        if not any(self._site_packages("pip")):
            return "it has no pip"
        return None

    def python_version(self) -> tuple[int, ...]:
        """The version of the environment's own Python, as noted when it was made: asking it would cost a process."""
        try:
            text = (self.folder / "pyvenv.cfg").read_text(encoding="utf-8")
        except OSError:
            return sys.version_info[:3]
        found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)(?:\.(\d+))?", text, re.M)
        return tuple(int(part) for part in found.groups() if part) if found else sys.version_info[:3]

    def installed_torch(self) -> InstalledTorch | None:
        """The torch in the environment, read from its own `version.py`: importing it would take seconds."""
        for path in self._site_packages("torch/version.py"):
            text = path.read_text(encoding="utf-8")
            version = re.search(r"^__version__ = '([^'+]+)", text, re.M)
            cuda = re.search(r"^cuda\b[^=]*= '(\d+)\.(\d+)", text, re.M)
            hip = re.search(r"^hip\b[^=]*= '(\d+\.\d+)", text, re.M)
            if version:
                build = "cu" + cuda[1] + cuda[2] if cuda else "rocm" + hip[1] if hip else "cpu"
                return InstalledTorch(version[1], build)
        return None

    def _site_packages(self, name: str) -> Iterator[Path]:
        yield from self.folder.glob(("Lib" if os.name == "nt" else "lib/python3*") + "/site-packages/" + name)

    def pinned_torch(self) -> str:
        pins = self.root / "packaging" / "constraints.txt"
        found = re.search(r"^torch==(\S+)", pins.read_text(encoding="utf-8"), re.M)
        if not found:
            raise SetupError("packaging/constraints.txt does not pin torch.", "git checkout packaging/constraints.txt")
        return found[1]

    # ------------------------------------------------------------ what is done

    def bring_up_to_date(self, torch: str, card: bool, tests: bool) -> None:
        """Make or mend the environment and install into it. One set-up at a time: another one waits for it."""
        with _only_one(self.root / ".venv-setup.lock"):
            if self.is_current(torch, card, tests):  # the one that was waited for has done it
                return
            if not self.folder.exists():
                self._make("Making " + self.name)
            else:
                why = self.damage()
                if why:
                    self._make("Making " + self.name + " anew: " + why)
            tests = tests or self.stamp().tests
            key = self.key(torch, card)  # of the files as they are now: one that is edited meanwhile counts as new
            self._write(Stamp("installing", "", tests, torch))
            self._prepare()
            try:
                self._install(torch, card, tests)
            except SetupError:  # pip ended by itself, so that what it left is in order
                self._write(Stamp("failed", "", tests, torch))
                raise
            self._write(Stamp("done", key, tests, torch))
            say("Set-up is complete.")

    def _prepare(self) -> None:
        """Have what `constraints` names."""

    def _make(self, sentence: str) -> None:
        say(sentence + ".")
        if self.folder.exists():
            _remove(self.folder)
        python = getattr(sys, "_base_executable", None) or sys.executable
        if subprocess.run([python, "-m", "venv", str(self.folder)], stdout=sys.stderr, check=False).returncode != 0:
            raise SetupError("Python could not make a virtual environment (its words are above).", _venv_remedy())

    def _install(self, torch: str, card: bool, tests: bool) -> None:
        facts = dev_machine.NvidiaFacts(None, None)
        if card and torch == "auto":
            facts = dev_machine.nvidia_facts()
            # The tool alone, as some containers have it, is no card: CUDA would be gigabytes for nothing.
            card = dev_machine.nvidia_driver_loaded() or facts != (None, None)
        plan = torch_plan(
            torch, card, facts, self.installed_torch(), self.pinned_torch(), self.root, dev_machine.index_answers
        )
        say(plan.because)
        if plan.arguments:
            self._pip(plan.arguments, "torch")
        say("Installing what pyproject.toml asks for" + (", and the test tools." if tests else "."))
        self._pip(["--editable", str(self.root) + ("[test]" if tests else "")], "the dependencies")

    def _pip(self, arguments: list[str], what: str) -> None:
        # Only words are added to what the person's own pip settings say; none of those is overridden.
        quiet = [] if sys.stderr.isatty() else ["--quiet"]
        command = [str(self.python), "-m", "pip", "install", *quiet, "--disable-pip-version-check"]
        command += ["--constraint", str(self.constraints), *arguments]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
            raise SetupError(
                "pip could not install " + what + " (its words are above).",
                "look at the network and pip's settings (`pip config list`), then: " + _own_command(),
            )

    def _write(self, stamp: Stamp) -> None:
        new = self._stamp.with_suffix(".new")
        new.write_text(json.dumps(stamp._asdict()), encoding="utf-8")
        os.replace(new, self._stamp)


class LowestEnvironment(Environment):
    """The `.venv-lowest` of one checkout: the lowest versions that pyproject.toml allows, and the pinned torch."""

    name = ".venv-lowest"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.constraints = self.folder / "lowest.txt"

    def _prepare(self) -> None:
        pins = dev_lowest.lowest_versions((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        self.constraints.write_text("\n".join([*pins, "torch==" + self.pinned_torch(), ""]), encoding="utf-8")


def torch_plan(
    asked: str,
    card: bool,
    facts: dev_machine.NvidiaFacts,
    installed: InstalledTorch | None,
    pin: str,
    root: Path,
    answers: Callable[[str], bool],
    platform: str = sys.platform,
) -> TorchPlan:
    """Which torch to install and from where.

    PyPI's torch for Linux brings gigabytes of CUDA, so that a build is taken from torch's own index where that answers,
    besides whatever pip is set up with; where it does not, pip's settings decide.
    """
    if platform == "darwin" and asked == "auto":
        return TorchPlan(
            [] if installed and installed.version == pin else ["torch==" + pin], "torch: macOS has one build."
        )
    build, reason = asked, "as asked for"
    if asked == "auto":
        cuda = _torch_choice(root)["cuda_build"](*facts) if card else None
        build = cuda or "cpu"
        reason = "there is an NVIDIA card" if cuda else "no NVIDIA card was found"
        if card and not cuda:
            reason = "no CUDA build fits this card and driver"
    wanted = f"torch: the {build} build of {pin} ({reason})"
    if installed and installed.version == pin and (installed.build == build or (asked == "auto" and build == "cpu")):
        return TorchPlan([], f"torch: {pin} is installed, the {installed.build} build ({reason}).")
    index = TORCH_INDEX + build
    if answers(index + "/torch/"):
        return TorchPlan([f"torch=={pin}+{build}", "--extra-index-url", index], f"{wanted}, from {index}.")
    if asked == "auto" or installed is None:
        size = "; that may bring gigabytes of CUDA" if build == "cpu" and platform.startswith("linux") else ""
        return TorchPlan(["torch==" + pin], f"{wanted}: {index} does not answer, so pip's own choice is taken{size}.")
    # Another build of this version is installed and would satisfy pip: only the exact name makes it look further.
    return TorchPlan(
        [f"torch=={pin}+{build}"], f"{wanted}: {index} does not answer, so pip looks where it is set up to."
    )


def _torch_choice(root: Path) -> dict[str, Any]:
    """The application's own rules, read from their file: the package cannot be imported before it is installed."""
    return runpy.run_path(str(root / "bigmodel_studio" / "core" / "system" / "torch_choice.py"))


def _venv_remedy() -> str:
    if not dev_machine.is_debian():
        return "install a complete Python from python.org, then: " + _own_command()
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    return dev_machine.apt_command([package]) + ", then: " + _own_command()


def _own_command() -> str:
    return "python3 packaging/dev.py " + " ".join(sys.argv[1:] or ["run"])


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise SetupError(
            f"{folder} cannot be removed: {error.strerror}.", "close what uses it, remove it, then: " + _own_command()
        ) from None


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a lock that the system gives back when this process ends, however it ends."""
    with open(path, "a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten tries, a second apart
                    break
                except OSError:
                    say("Another set-up of this checkout is running; waiting for it.")
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Another set-up of this checkout is running; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield
