"""What set-up finds on this machine: a display, an NVIDIA card, the libraries that Qt needs, an index that answers.

Each question is a function over what it is given (an environment, a folder, a runner), so that a test can ask it about
a machine that is not this one. Standard library only; nothing here is installed or changed but by `apt_install`.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, Iterable, Mapping, NamedTuple, Sequence

# What Qt 6's libraries and its xcb and offscreen platforms are linked against and PySide6 does not bring.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
CJK_FONT_PACKAGE = "fonts-wqy-microhei"
_CJK_FONT = re.compile(r"cjk|wqy|droidsansfallback|sourcehan|source-han|ipag|takao|nanum|uming|ukai|unifont", re.I)
_NOT_A_WINDOW = ("offscreen", "minimal", "vnc", "linuxfb")


def no_display_reason(
    environ: Mapping[str, str], system: str = sys.platform, reachable: Callable[[str], bool] | None = None
) -> str | None:
    """Why a window cannot be shown, or None where it can."""
    qpa = environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if qpa in _NOT_A_WINDOW:
        return "QT_QPA_PLATFORM is " + qpa
    if system in ("win32", "darwin"):
        return None
    wayland = environ.get("WAYLAND_DISPLAY")
    if wayland and (Path(environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / wayland).exists():
        return None
    display = environ.get("DISPLAY")
    if not display:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set" if not wayland else "WAYLAND_DISPLAY leads nowhere"
    if not (reachable or _x_server_answers)(display):
        return "nothing answers at DISPLAY " + display
    return None


def _x_server_answers(display: str) -> bool:
    host, _, rest = display.rpartition(":")
    number = rest.partition(".")[0]
    if not number.isdigit():
        return True  # something like a socket's path (XQuartz): let Qt judge
    if sys.platform != "win32" and host in ("", "unix"):
        for address in ("/tmp/.X11-unix/X" + number, "\0/tmp/.X11-unix/X" + number):
            try:
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(1)
                    client.connect(address)
                return True
            except OSError:
                continue
        return False
    try:
        socket.create_connection((host.strip("[]"), 6000 + int(number)), timeout=1).close()
    except OSError:
        return False
    return True


def nvidia_card_present() -> bool:
    """Whether an NVIDIA driver or its tool is here. A look at two names: it is asked at every start."""
    return nvidia_driver_loaded() or shutil.which("nvidia-smi") is not None


def nvidia_driver_loaded() -> bool:
    """Whether Linux has loaded NVIDIA's driver; elsewhere False."""
    return Path("/proc/driver/nvidia/version").exists()


class NvidiaFacts(NamedTuple):
    """What `nvidia-smi` says; None where it does not say it, both None where there is none or it finds no card."""

    driver_cuda: tuple[int, int] | None
    capability: tuple[int, int] | None


def nvidia_facts(command: Sequence[str] = ("nvidia-smi",)) -> NvidiaFacts:
    """The CUDA version that the driver offers and the compute capability of the oldest card."""
    banner = _said([*command])
    capabilities = _said([*command, "--query-gpu=compute_cap", "--format=csv,noheader"])
    cuda = re.search(r"CUDA Version:\s*(\d+)\.(\d+)", banner)
    cards = [(int(major), int(minor)) for major, minor in re.findall(r"^(\d+)\.(\d+)\s*$", capabilities, re.M)]
    return NvidiaFacts((int(cuda[1]), int(cuda[2])) if cuda else None, min(cards) if cards else None)


def _said(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return ""


def index_answers(url: str, timeout_s: float = 3.0) -> bool:
    """Whether a package index answers within `timeout_s`, all told: the time limits of a socket leave out the name's
    look-up and begin anew with every byte, so the question is asked on a thread that is not waited for."""
    import urllib.request  # here: it takes longer to load than all the rest of a start that installs nothing

    answered = threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(url, timeout=timeout_s) as reply:
                if reply.status == 200:
                    answered.set()
        except Exception:  # any failure at all means the same: not this index
            pass
        finally:
            ended.set()

    ended = threading.Event()
    threading.Thread(target=ask, name="index-probe", daemon=True).start()
    ended.wait(timeout_s)
    return answered.is_set()


def missing_qt_libraries(folders: Iterable[Path] | None = None) -> list[str]:
    """Those of QT_LIBRARIES that this Linux has not, by a look into the usual folders and, failing that, the loader's
    own list. Empty on other systems, where PySide6 brings all it needs."""
    if folders is not None:
        return [name for name in QT_LIBRARIES if not any((folder / name).exists() for folder in folders)]
    if not sys.platform.startswith("linux"):
        return []
    triplet = platform.machine() + "-linux-gnu"
    missing = missing_qt_libraries(
        [Path(top) / end for top in ("/lib", "/usr/lib", "/usr/lib64", "/lib64") for end in (triplet, "")]
    )
    if missing:
        known = _said([shutil.which("ldconfig") or "/sbin/ldconfig", "-p"])
        missing = [name for name in missing if name not in known]
    return missing


def has_cjk_font(folders: Iterable[Path] = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))) -> bool:
    """Whether a font with Chinese, Japanese and Korean letters is installed for everyone."""
    return any(_CJK_FONT.search(name) for folder in folders for _, _, files in os.walk(folder) for name in files)


def is_debian(root: Path = Path("/")) -> bool:
    return (root / "etc/debian_version").exists() and shutil.which("apt-get") is not None


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def apt_prefix(root: bool | None = None, terminal: bool | None = None) -> list[str] | None:
    """What comes before `apt-get` for it to be allowed: nothing for root, sudo where it will not hang, else None."""
    if is_root() if root is None else root:
        return []
    if shutil.which("sudo") is None:
        return None
    if sys.stdin.isatty() if terminal is None else terminal:
        return ["sudo"]
    quiet = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n"] if quiet else None


def apt_command(packages: Sequence[str], prefix: Sequence[str] = ("sudo",)) -> str:
    """The one command to print, for a person to run."""
    sudo = " ".join([*prefix, ""])
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def apt_install(packages: Sequence[str], prefix: Sequence[str]) -> bool:
    """Install Debian packages; what apt says goes to stderr. False where it failed."""
    environ = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive"]
    subprocess.run([*environ, "apt-get", "update", "-qq"], stdout=sys.stderr, check=False)  # an old list may still do
    install = [*environ, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(install, stdout=sys.stderr, check=False).returncode == 0
