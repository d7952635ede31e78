"""What every test stands on: no display, no network, a home of its own, and nothing left running when it ends."""

import gc
import os
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt, a tokenizer or the Hub's client: they read these once.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.pop("HF_TOKEN", None)
os.environ["BIGMODEL_STUDIO_KERNELS"] = "off"  # compiling takes seconds: tests of the fast path ask for it
_SESSION_HOME = tempfile.TemporaryDirectory(prefix="bigmodel-studio-tests-")
os.environ["BIGMODEL_STUDIO_HOME"] = _SESSION_HOME.name

import psutil  # noqa: E402
import pytest  # noqa: E402
import qm  # noqa: E402 - of packaging/

import bigmodel_studio  # noqa: E402, F401 - sets how threads wait, before torch is imported
from tests.fork_server import forked, run_server  # noqa: E402, F401 - fixtures

REPOSITORY = Path(__file__).resolve().parent.parent
MARK = "BIGMODEL_STUDIO_TEST_MARK"
GRACE_S = 5.0
# Helpers of the standard library and of the test tools that live as long as the process, by design.
LASTING_COMMANDS = (
    "multiprocessing.resource_tracker",
    "multiprocessing.forkserver",
    "bigmodel_studio.engine.templates.process",  # one a process, and it ends with it
    "bigmodel_studio.core.models.header_process",
    "bigmodel_studio.engine.models.tokenizer_process",
)
LASTING_THREADS = ("helper-answers", "execnet", "pytest_timeout", "tqdm", "MainThread")


def pytest_configure() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background: children would be deaf to Ctrl+C
        signal.signal(signal.SIGINT, signal.default_int_handler)
    qm.bring_up_to_date(REPOSITORY / "resources" / "i18n")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Trainings come first: no worker is left with a long one at the end, while the others have nothing to do."""
    items.sort(key=lambda item: "training" not in item.path.parts)


def pytest_unconfigure() -> None:
    _SESSION_HOME.cleanup()


@pytest.fixture(autouse=True, scope="session")
def collected_here() -> Iterator[None]:
    """As in the window (``ui.window.collecting``): no thread of a test's destroys another's widgets."""
    gc.disable()
    gc.freeze()  # what was imported stays: looking at torch's modules after each test took minutes of the suite
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def collected_after(collected_here: None) -> Iterator[None]:
    """What a test leaves is collected when it is over."""
    yield
    gc.collect(1)
    if gc.get_count()[2] > gc.get_threshold()[2]:
        gc.collect()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that holds everything the application writes: empty and this test's own."""
    folder = tmp_path / "bigmodel-studio-home"
    folder.mkdir()
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_assets() -> Path:
    """Models and data for larger tests, beside the checkout; a test that asks for it is skipped where it is missing."""
    folder = REPOSITORY.parent / "shared" / "assets"
    if not folder.is_dir():
        pytest.skip("../shared/assets is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a process or a thread behind, and end the process.

    Processes are found by an environment variable that they inherit, so that one which was detached on purpose, as
    a run is, is found as well. Where another process's environment cannot be read, only children are found.
    """
    mark = uuid.uuid4().hex
    threads = set(threading.enumerate())
    before = set(psutil.pids())
    os.environ[MARK] = mark
    yield
    os.environ.pop(MARK, None)
    processes, late_threads = _left(mark, before, threads)
    deadline = time.monotonic() + GRACE_S
    while (processes or late_threads) and time.monotonic() < deadline:
        time.sleep(0.02)
        processes, late_threads = _left(mark, before, threads)
    names = [f"process {process.pid}: {_command(process)}" for process in processes]
    names += [f"thread {thread.name}" for thread in late_threads]
    for process in processes:
        _kill(process)
    if names:
        pytest.fail("left running: " + "; ".join(names), pytrace=False)


def _left(
    mark: str, before: set[int], threads: set[threading.Thread]
) -> tuple[list[psutil.Process], list[threading.Thread]]:
    # Only what began during the test is looked at: reading all of /proc after each test took minutes of the suite.
    began = set(psutil.pids()) - before
    found = {process for process in map(_process, began) if process and (_marked(process, mark) or _ours(process))}
    processes = [
        process
        for process in found
        if process.pid != os.getpid() and _alive(process) and not any(c in _command(process) for c in LASTING_COMMANDS)
    ]
    late = [
        thread
        for thread in threading.enumerate()
        # A thread that Qt or torch started shows as a dummy, for ever; Python cannot tell when it ended.
        if thread not in threads
        and not isinstance(thread, threading._DummyThread)
        and not thread.name.startswith(LASTING_THREADS)
        and type(thread).__module__.partition(".")[0] not in {"tqdm", "execnet"}
    ]
    return processes, late


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.Error:  # gone
        return None


def _marked(process: psutil.Process, mark: str) -> bool:
    """Whether the process's environment carries this test's mark; not where another user's cannot be read."""
    try:
        return process.environ().get(MARK) == mark
    except (OSError, psutil.Error):
        return False


def _ours(process: psutil.Process) -> bool:
    """Whether the process was started by this one or by its children."""
    try:
        return any(parent.pid == os.getpid() for parent in process.parents())
    except psutil.Error:
        return False


def _alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()[:6])
    except psutil.Error:
        return "?"


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
        process.wait(5)
    except psutil.Error:
        pass
