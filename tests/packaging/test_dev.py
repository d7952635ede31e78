"""Set-up's decisions, asked about machines that are not this one: nothing here installs anything."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import dev
import dev_machine
import pytest
from dev_environment import Environment, InstalledTorch, SetupError, Stamp, TorchPlan, torch_plan
from dev_machine import NvidiaFacts

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = NvidiaFacts(None, None)


# ---------------------------------------------------------------- the command line


def test_our_options_come_first_and_the_rest_is_passed_on() -> None:
    assert dev.parse(["test", "--torch", "cpu", "--only=types"]) == dev.Command("test", "cpu", "types")
    assert dev.parse(["test", "-k", "word", "--torch"]).rest == ("-k", "word", "--torch")
    assert dev.parse(["run", "--", "--torch", "x"]).rest == ("--torch", "x")
    assert dev.parse(["run", "--torch=cu126", "doctor", "--json"]) == dev.Command(
        "run", "cu126", None, ("doctor", "--json")
    )


@pytest.mark.parametrize("words", [["run", "--torch", "cuda"], ["run", "--torch"], ["test", "--only", "x"], ["dance"]])
def test_a_mistake_on_the_command_line_is_one_sentence_and_status_2(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(words) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "To mend it: " in said


@pytest.mark.parametrize("name", ["dev.py", "dev_machine.py", "dev_environment.py", "qm.py"])
def test_an_older_python_can_read_far_enough_to_say_that_it_is_too_old(name: str) -> None:
    import ast

    ast.parse((ROOT / "packaging" / name).read_text(encoding="utf-8"), feature_version=(3, 7))


# ---------------------------------------------------------------- the tests' stage


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("print('1 passed')", True),
        ("raise SystemExit(1)", False),
        ("import os, time; os.write(2, b'Resource'); time.sleep(0.1); os.write(2, b'Warning: unclosed file')", False),
        ("import sys; print('Exception ignored in: <function Popen.__del__>', file=sys.stderr)", False),
    ],
)
def test_a_leak_that_python_reports_fails_the_tests_as_a_failed_test_does(code: str, passes: bool) -> None:
    assert dev.tests_pass([sys.executable, "-c", code]) is passes


def test_the_tests_keep_bytecode_whatever_the_shell_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert dev.tests_pass([sys.executable, "-c", "import sys; raise SystemExit(sys.dont_write_bytecode)"])


# ---------------------------------------------------------------- is there a display


def test_display() -> None:
    def answers(display: str) -> bool:
        return display == ":0"

    def reason(environ: dict[str, str], system: str = "linux") -> str | None:
        return dev_machine.no_display_reason(environ, system, answers)

    assert reason({"DISPLAY": ":0"}) is None
    assert "nothing answers" in (reason({"DISPLAY": "localhost:10.0"}) or "")
    assert "neither DISPLAY nor" in (reason({}) or "")
    assert reason({}, "darwin") is None
    assert reason({}, "win32") is None
    assert "offscreen" in (reason({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}) or "")


def test_a_wayland_socket_is_a_display(tmp_path: Path) -> None:
    environ = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert dev_machine.no_display_reason(environ, "linux") == "WAYLAND_DISPLAY leads nowhere"
    (tmp_path / "wayland-0").touch()
    assert dev_machine.no_display_reason(environ, "linux") is None


def test_a_dead_x_display_is_none() -> None:
    assert "nothing answers" in (dev_machine.no_display_reason({"DISPLAY": ":987"}, "linux") or "")


class Recorded:
    """Stands in for everything that `dev.main` would start."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started: list[str] = []
        monkeypatch.setattr(dev, "bring_system_packages", lambda fonts: None)
        monkeypatch.setattr(Environment, "is_current", lambda *_, **__: True)
        monkeypatch.setattr(dev, "_start", self._start)
        monkeypatch.setattr("dev.subprocess.run", self._run)

    def _start(self, words: list[str]) -> int:
        self.started = words[1:]
        return 0

    def _run(self, words: list[str], env: dict[str, str], check: bool) -> subprocess.CompletedProcess[str]:
        assert env["QT_QPA_PLATFORM"] == "offscreen"
        self.started = words[1:]
        return subprocess.CompletedProcess(words, 0)


def test_without_a_display_run_says_so_and_gives_the_tour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recorded = Recorded(monkeypatch)
    assert dev.main(["run"]) == 0
    assert recorded.started[:3] == ["-m", "bigmodel_studio", "tour"]
    said = capsys.readouterr().err
    assert "There is no display" in said
    assert recorded.started[3] in said


def test_a_command_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch)
    assert dev.main(["run", "doctor", "--json"]) == 0
    assert recorded.started == ["-m", "bigmodel_studio", "doctor", "--json"]


def test_with_a_display_run_opens_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded(monkeypatch)
    monkeypatch.setattr(dev_machine, "no_display_reason", lambda environ: None)
    assert dev.main(["run"]) == 0
    assert recorded.started == ["-m", "bigmodel_studio"]


# ---------------------------------------------------------------- which torch


def plan(
    asked: str = "auto",
    *,
    card: bool = False,
    facts: NvidiaFacts = UNKNOWN,
    installed: InstalledTorch | None = None,
    answers: bool = True,
    platform: str = "linux",
) -> TorchPlan:
    return torch_plan(asked, card, facts, installed, "2.13.0", ROOT, lambda url: answers, platform)


def test_a_laptop_does_not_download_gigabytes() -> None:
    chosen = plan()
    assert chosen.arguments == ["torch==2.13.0+cpu", "--extra-index-url", "https://download.pytorch.org/whl/cpu"]
    assert "no NVIDIA card" in chosen.because


def test_a_silent_index_is_passed_over_for_pips_own_choice() -> None:
    chosen = plan(answers=False)
    assert chosen.arguments == ["torch==2.13.0"]
    assert "does not answer" in chosen.because


@pytest.mark.parametrize(
    ("facts", "build"),
    [
        (NvidiaFacts((13, 0), (9, 0)), "cu130"),
        (NvidiaFacts((12, 4), (8, 6)), "cu126"),  # an older driver
        (NvidiaFacts((13, 1), (6, 1)), "cu126"),  # an older card
        (NvidiaFacts((11, 4), (3, 5)), "cpu"),  # neither
        (UNKNOWN, "cu130"),
    ],
)
def test_with_a_card_the_build_fits_card_and_driver(facts: NvidiaFacts, build: str) -> None:
    assert plan(card=True, facts=facts).arguments[0] == "torch==2.13.0+" + build


def test_what_is_installed_and_fits_is_kept() -> None:
    assert plan(installed=InstalledTorch("2.13.0", "cpu")).arguments == []
    assert plan(installed=InstalledTorch("2.13.0", "cu130")).arguments == []  # it runs on the CPU as well
    assert plan("cpu", installed=InstalledTorch("2.13.0", "cu130")).arguments != []
    assert plan(card=True, installed=InstalledTorch("2.13.0", "cpu")).arguments[0] == "torch==2.13.0+cu130"
    assert plan(installed=InstalledTorch("2.12.1", "cpu")).arguments[0] == "torch==2.13.0+cpu"


def test_another_build_that_was_asked_for_is_named_exactly_so_that_pip_does_not_keep_the_old_one() -> None:
    chosen = plan("cu126", installed=InstalledTorch("2.13.0", "cpu"), answers=False)
    assert chosen.arguments == ["torch==2.13.0+cu126"]


def test_a_mac_takes_the_one_build_there_is() -> None:
    assert plan(platform="darwin").arguments == ["torch==2.13.0"]


def test_nvidia_smi_is_read(tmp_path: Path) -> None:
    script = tmp_path / "smi.py"
    script.write_text(
        "import sys\n"
        "if len(sys.argv) > 1: print('8.6\\n7.0')\n"
        "else: print('| NVIDIA-SMI 560.35  Driver Version: 560.35  CUDA Version: 12.6 |')\n"
    )
    assert dev_machine.nvidia_facts([sys.executable, str(script)]) == NvidiaFacts((12, 6), (7, 0))
    assert dev_machine.nvidia_facts([str(tmp_path / "nothing")]) == UNKNOWN


# ---------------------------------------------------------------- does an index answer


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def serve(handler: Callable[[BaseHTTPRequestHandler], None]) -> tuple[HTTPServer, threading.Thread]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handler(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    return server, thread


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize(("status", "expected"), [(200, True), (404, False), (403, False)])
@pytest.mark.usefixtures("no_proxy")
def test_an_index_that_answers(status: int, expected: bool) -> None:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()

    server, thread = serve(reply)
    try:
        assert dev_machine.index_answers(f"http://127.0.0.1:{server.server_port}/torch/") is expected
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.usefixtures("no_proxy")
def test_an_index_that_never_answers_is_given_up(silent_server: str) -> None:
    assert not dev_machine.index_answers(silent_server, timeout_s=0.2)


@pytest.mark.usefixtures("no_proxy")
def test_an_index_that_drips_is_given_up_though_each_piece_comes_in_time() -> None:
    stop = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
            while not stop.wait(0.05):
                handler.wfile.write(b"X-Slow: yes\r\n")
        except OSError:
            pass

    server, thread = serve(drip)
    try:
        assert not dev_machine.index_answers(f"http://127.0.0.1:{server.server_port}/", timeout_s=0.5)
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_index_that_is_not_there() -> None:
    assert not dev_machine.index_answers("http://127.0.0.1:9/")


# ---------------------------------------------------------------- the stamp


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A made-up checkout whose .venv was filled with the test tools."""
    for name in ("pyproject.toml", "packaging/constraints.txt", "bigmodel_studio/core/system/torch_choice.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    made = Environment(tmp_path)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    library = made.folder / ("Lib/site-packages" if os.name == "nt" else "lib/python3.11/site-packages")
    (library / "pip").mkdir(parents=True)
    (library / "torch").mkdir()
    (library / "torch/version.py").write_text("__version__ = '2.13.0+cpu'\ncuda: Optional[str] = None\n")
    (made.folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.11.7\n")
    fill(made, Stamp("done", made.key("auto", False), True, "auto"))
    return made


def fill(environment: Environment, stamp: Stamp) -> None:
    (environment.folder / "big-model-studio-setup.json").write_text(json.dumps(stamp._asdict()))


def test_nothing_is_to_be_done_until_something_changes(environment: Environment) -> None:
    assert environment.is_current("auto", False, tests=True)
    assert environment.is_current("auto", False, tests=False)
    assert not environment.is_current("cu126", False, tests=True)
    assert not environment.is_current("auto", True, tests=True), "a card was put in"
    for name in ("pyproject.toml", "packaging/constraints.txt"):
        text = (environment.root / name).read_text(encoding="utf-8")
        (environment.root / name).write_text(text + "\n# changed\n", encoding="utf-8")
        assert not environment.is_current("auto", False, tests=True)
        (environment.root / name).write_text(text, encoding="utf-8")
    assert environment.is_current("auto", False, tests=True)
    (environment.folder / "pyvenv.cfg").write_text("version = 3.12.1\n")
    assert not environment.is_current("auto", False, tests=True)


def test_run_after_test_installs_nothing_but_test_after_run_does(environment: Environment) -> None:
    fill(environment, Stamp("done", environment.key("auto", False), False, "auto"))
    assert environment.is_current("auto", False, tests=False)
    assert not environment.is_current("auto", False, tests=True)


def test_an_environment_made_by_hand_is_built_upon(environment: Environment) -> None:
    (environment.folder / "big-model-studio-setup.json").unlink()
    assert environment.damage() is None
    assert not environment.is_current("auto", False, tests=True)


def test_a_half_made_environment_is_recognised(environment: Environment) -> None:
    fill(environment, Stamp("installing", "", True, "auto"))
    assert "half-way" in (environment.damage() or "")
    fill(environment, Stamp("failed", "", True, "auto"))
    assert environment.damage() is None, "pip ended by itself"
    environment.python.unlink()
    assert "incomplete" in (environment.damage() or "")


def test_a_damaged_stamp_is_no_stamp(environment: Environment) -> None:
    (environment.folder / "big-model-studio-setup.json").write_text("{")
    assert environment.stamp() == Stamp()


def test_the_installed_torch_is_read_without_importing_it(environment: Environment) -> None:
    assert environment.installed_torch() == InstalledTorch("2.13.0", "cpu")
    path = next(environment.folder.glob("[Ll]ib/**/torch/version.py"))
    path.write_text("__version__ = '2.13.0'\ncuda: Optional[str] = '13.0'\nhip: Optional[str] = None\n")
    assert environment.installed_torch() == InstalledTorch("2.13.0", "cu130")


class Pip:
    """Records what pip would have been asked, in place of running it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, environment: Environment, status: int = 0) -> None:
        self.calls: list[list[str]] = []
        self.made = 0
        self.status = status
        self.environment = environment
        monkeypatch.setattr("dev_environment.subprocess.run", self.run)
        monkeypatch.setattr(dev_machine, "index_answers", lambda url: False)

    def run(self, words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        if words[1:3] == ["-m", "venv"]:
            self.made += 1
            self.environment.python.parent.mkdir(parents=True)
            self.environment.python.touch()
            (self.environment.folder / "pyvenv.cfg").write_text("version = 3.11.7\n")
            return subprocess.CompletedProcess(words, 0)
        assert self.environment.stamp().state == "installing"
        self.calls.append(words)
        return subprocess.CompletedProcess(words, self.status)


def test_set_up_pins_everything_and_adds_to_pips_settings_only(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(environment.folder)
    pip = Pip(monkeypatch, environment)
    environment.bring_up_to_date("auto", False, tests=True)
    assert pip.made == 1
    assert len(pip.calls) == 2
    assert pip.calls[0][-1] == "torch==2.13.0"
    assert pip.calls[1][-1].endswith("[test]")
    for call in pip.calls:
        assert call[call.index("--constraint") + 1] == str(environment.constraints)
        assert not {"--index-url", "-i", "--no-index", "--isolated", "--find-links", "--proxy"} & set(call)
    assert environment.is_current("auto", False, tests=True)


def test_an_interrupted_set_up_is_made_anew(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(environment, Stamp("installing", "", False, "auto"))
    pip = Pip(monkeypatch, environment)
    environment.bring_up_to_date("auto", False, tests=False)
    assert pip.made == 1
    assert environment.is_current("auto", False, tests=False)


def test_a_failure_is_a_sentence_and_a_command_and_the_next_start_tries_again(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(environment, Stamp())
    pip = Pip(monkeypatch, environment, status=1)
    with pytest.raises(SetupError) as caught:
        environment.bring_up_to_date("auto", False, tests=False)
    assert caught.value.sentence.startswith("pip could not install")
    assert "packaging/dev.py" in caught.value.remedy
    assert pip.made == 0
    assert environment.stamp().state == "failed"
    pip.status = 0
    environment.bring_up_to_date("auto", False, tests=False)
    assert environment.is_current("auto", False, tests=False)


def test_the_tool_of_nvidia_without_a_card_does_not_bring_cuda(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    (environment.folder / "big-model-studio-setup.json").unlink()
    monkeypatch.setattr(dev_machine, "nvidia_facts", lambda: UNKNOWN)
    monkeypatch.setattr(dev_machine, "nvidia_driver_loaded", lambda: False)
    pip = Pip(monkeypatch, environment)
    environment.bring_up_to_date("auto", True, tests=False)
    assert len(pip.calls) == 1, "the CPU build that is installed was kept"
    assert environment.is_current("auto", True, tests=False)


@pytest.mark.skipif(sys.platform == "win32", reason="the shell script stands in for a Python")
def test_a_second_start_starts_no_process_and_imports_little(environment: Environment, tmp_path: Path) -> None:
    for name in ("dev.py", "dev_machine.py", "dev_environment.py", "dev_lowest.py", "qm.py"):
        shutil.copy(ROOT / "packaging" / name, tmp_path / "packaging" / name)
    environment.python.write_text('#!/bin/sh\necho "started $*"\n')
    environment.python.chmod(0o755)
    fill(environment, Stamp("done", environment.key("cpu", False), True, "cpu"))
    watched = (
        "import os, runpy, sys\n"
        "os.execv = lambda *words: (print('replaced by', *words[1]), sys.exit(0))\n"
        "events = []\n"
        "sys.addaudithook(lambda event, _: events.append(event))\n"
        "before = set(sys.modules)\n"
        "sys.argv = [sys.argv[1], 'run', 'doctor']\n"
        "try: runpy.run_path(sys.argv[0], run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print(events.count('subprocess.Popen'), len(set(sys.modules) - before), 'ssl' in sys.modules)\n"
    )
    command = [sys.executable, "-S", "-c", watched, str(tmp_path / "packaging/dev.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    started, work = done.stdout.splitlines()
    assert started == f"replaced by {environment.python} -m bigmodel_studio doctor"
    processes, modules, network = work.split()
    assert (processes, network) == ("0", "False")
    assert int(modules) < 100, "each costs a user's start a millisecond or so"


# ---------------------------------------------------------------- what Qt needs of the system


def test_missing_libraries_are_named_by_their_debian_packages(tmp_path: Path) -> None:
    for name in dev_machine.QT_LIBRARIES:
        (tmp_path / name).touch()
    assert dev_machine.missing_qt_libraries([tmp_path]) == []
    (tmp_path / "libEGL.so.1").unlink()
    assert dev_machine.missing_qt_libraries([tmp_path]) == ["libEGL.so.1"]


class Apt:
    """A Debian on which libEGL is missing; records what would have been installed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, prefix: list[str] | None, *, root: bool = False) -> None:
        self.installed: list[tuple[list[str], list[str]]] = []
        monkeypatch.setattr(dev_machine, "missing_qt_libraries", lambda: ["libEGL.so.1"])
        monkeypatch.setattr(dev_machine, "is_debian", lambda: True)
        monkeypatch.setattr(dev_machine, "has_cjk_font", lambda: False)
        monkeypatch.setattr(dev_machine, "is_root", lambda: root)
        monkeypatch.setattr(dev_machine, "apt_prefix", lambda: prefix)
        monkeypatch.setattr(dev_machine, "apt_install", self.install)

    def install(self, packages: list[str], prefix: list[str]) -> bool:
        self.installed.append((packages, prefix))
        return True


def test_root_brings_libraries_and_a_font_for_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, [], root=True)
    dev.bring_system_packages(fonts=True)
    assert apt.installed == [(["libegl1", dev_machine.CJK_FONT_PACKAGE], [])]


def test_sudo_brings_the_libraries_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    apt = Apt(monkeypatch, ["sudo"])
    dev.bring_system_packages(fonts=True)
    assert apt.installed == [(["libegl1"], ["sudo"])]


def test_without_either_the_one_command_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    apt = Apt(monkeypatch, None)
    dev.bring_system_packages(fonts=True)
    assert apt.installed == []
    expected = "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1"
    assert expected in capsys.readouterr().err


def test_other_systems_are_told_the_names(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    apt = Apt(monkeypatch, [], root=True)
    monkeypatch.setattr(dev_machine, "is_debian", lambda: False)
    dev.bring_system_packages(fonts=True)
    assert apt.installed == []
    assert "libEGL.so.1" in capsys.readouterr().err


def test_fonts_are_found_by_name(tmp_path: Path) -> None:
    assert not dev_machine.has_cjk_font([tmp_path])
    (tmp_path / "truetype").mkdir()
    (tmp_path / "truetype/wqy-microhei.ttc").touch()
    assert dev_machine.has_cjk_font([tmp_path])


# ---------------------------------------------------------------- the stages


def test_every_stage_runs_and_one_that_fails_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    ok, bad = [sys.executable, "-c", "print('ran')"], [sys.executable, "-c", "raise SystemExit(5)"]
    monkeypatch.setattr(dev, "stages", lambda *_: {"style": [bad, ok], "types": [ok, bad], "tests": [ok]})
    assert dev.run_tests(Environment(ROOT), dev.Command("test")) == 1
    said = capfd.readouterr()
    assert (said.out + said.err).count("\nran\n") + said.out.startswith("ran") == 3
    assert "FAILED: style, types" in said.err
    monkeypatch.setattr(dev, "stages", lambda *_: {"tests": [ok]})
    assert dev.run_tests(Environment(ROOT), dev.Command("test")) == 0


def test_which_stages() -> None:
    def names(*words: str) -> list[str]:
        return list(dev.stages(Environment(ROOT), dev.parse(["test", *words])))

    assert names() == ["style", "types", "layers", "tests"]
    assert names("--only", "layers") == ["layers"]
    assert names("-k", "word") == ["tests"]
