"""An engine whose tasks do what they are told, in the words of a prompt: the ways in which real ones go wrong.

It is started by a real lane in place of the real engine, so that everything but the tasks is the product's own. A mode
on its command line misbehaves before or instead of the greeting.
"""

import ctypes
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator

import psutil

from bigmodel_studio.core.system import process
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.__main__ import set_up
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.server import leave, serve
from bigmodel_studio.engine.tasks import guarded
from bigmodel_studio.protocol import (
    PROTOCOL_VERSION,
    Done,
    Event,
    Generate,
    Generated,
    Hello,
    JobEvent,
    Progress,
    Request,
    Token,
    encode,
)


def token(number: int, text: str = "") -> Token:
    return Token(id=number, text=text or f"t{number} ", logprob=-1.0, processed_logprob=-1.0)


def answer(text: str) -> Done:
    return Done(
        result=Generated(
            text=text,
            prompt_tokens=1,
            new_tokens=1,
            finish_reason="stop",
            seed=0,
            time_to_first_token_s=0.0,
            tokens_per_second=1.0,
        )
    )


def steps(count: str, seconds: str) -> Iterator[Event]:
    """``count`` tokens, each after ``seconds``; stopped, it says how far it came and when its last step ended."""
    last = time.time()
    number = 0
    try:
        for number in range(int(count)):
            time.sleep(float(seconds))
            last = time.time()
            yield token(number)
    except Stopped:
        yield answer(f"stopped {number} {last}")
        return
    yield answer(f"all {count}")


def progress(count: str) -> Iterator[Event]:
    for number in range(int(count)):
        yield Progress(what="loading", done=number + 1, total=int(count))
    yield answer("done")


def raises() -> Iterator[Event]:
    yield token(0)
    raise ValueError("a bug of ours")


def refuses() -> Iterator[Event]:
    raise StudioError("run-unknown", run="no such run")
    yield


def unsendable() -> Iterator[Event]:
    yield Done(result=object())  # type: ignore[arg-type]


def endless() -> Iterator[Event]:
    """No end: the generator just stops."""
    yield token(0)


def segfault() -> Iterator[Event]:
    yield token(0)
    ctypes.string_at(0)


def leaves(code: str) -> Iterator[Event]:
    yield token(0)
    os._exit(int(code))


def busy() -> Iterator[Event]:
    """Computes and never yields again: deaf to a cancel."""
    yield token(0)
    while True:
        pass


def sleeps() -> Iterator[Event]:
    yield token(0)
    time.sleep(3600)


def stubborn() -> Iterator[Event]:
    """Swallows the stop and goes on."""
    while True:
        try:
            time.sleep(0.01)
            yield token(0)
        except Stopped:
            continue


def prints(megabytes: str) -> Iterator[Event]:
    """To Python's stdout, and to the file descriptors below it, as C libraries do."""
    for _ in range(int(megabytes)):
        print("o" * 1_000_000)
        print("e" * 1_000_000, file=sys.stderr)
        os.write(1, b"raw\n" * 1000)
        os.write(2, b"raw\n" * 1000)
        yield token(0)
    yield answer("printed")


def reads() -> Iterator[Event]:
    yield answer(f"read {sys.stdin.read()!r}")


def pid() -> Iterator[Event]:
    yield answer(f"{os.getpid()} {os.getppid()} {psutil.Process().nice()} {os.environ.get('HF_HUB_OFFLINE')}")


def grandchild() -> Iterator[Event]:
    """Starts a process of its own, says its number, and dies without a word to it."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    yield token(child.pid, str(child.pid))
    time.sleep(0.3)
    ctypes.string_at(0)


def send_raw(payload: bytes) -> Iterator[Event]:
    os.write(channel().fileno(), payload)
    time.sleep(3600)
    yield token(0)


def broken_frame() -> Iterator[Event]:
    channel().send_bytes(b"\xc1 this is not msgpack")
    time.sleep(3600)
    yield token(0)


def empty_frame() -> Iterator[Event]:
    channel().send_bytes(b"")
    time.sleep(3600)
    yield token(0)


def wrong_frame() -> Iterator[Event]:
    """Well-formed msgpack that is no envelope."""
    channel().send_bytes(encode(Generate(model=None, prompt="?")))  # type: ignore[arg-type]
    time.sleep(3600)
    yield token(0)


def half_frame() -> Iterator[Event]:
    os.write(channel().fileno(), struct.pack("!i", 1000) + b"half")
    os._exit(7)
    yield token(0)


def huge_length() -> Iterator[Event]:
    """A header that promises 16 exabytes."""
    return send_raw(struct.pack("!iQ", -1, 2**64 - 1) + b"x")


def lying_array() -> Iterator[Event]:
    """A small, whole frame whose msgpack claims a tuple of four thousand million elements."""
    real = encode(JobEvent(1, token(0)))
    lie = real.replace(b"\xacalternatives\x90", b"\xacalternatives\xdd\xff\xff\xff\xff")
    assert lie != real
    channel().send_bytes(lie)
    time.sleep(3600)
    yield token(0)


def closes() -> Iterator[Event]:
    """Says that nothing more will come, and lives on."""
    socket.socket(fileno=os.dup(channel().fileno())).shutdown(socket.SHUT_WR)
    time.sleep(3600)
    yield token(0)


def strangers() -> Iterator[Event]:
    """Speaks for jobs that nobody asked for."""
    for number in (0, 999_999, 2**40):
        channel().send_bytes(encode(JobEvent(number, token(1))))
        channel().send_bytes(encode(JobEvent(number, Done())))
    yield answer("mine")


def echoes(job: str) -> Iterator[Event]:
    """Ends, and then goes on talking about the same job."""
    channel().send_bytes(encode(JobEvent(int(job), answer("first"))))
    channel().send_bytes(encode(JobEvent(int(job), token(5))))
    yield answer("second")


def flood(count: str) -> Iterator[Event]:
    for number in range(int(count)):
        yield token(number)
    yield answer("flooded")


def say(*words: str) -> Iterator[Event]:
    yield answer(" ".join(words))


SCRIPTS: dict[str, Callable[..., Iterator[Event]]] = {
    script.__name__: script
    for script in (
        *(steps, progress, raises, refuses, unsendable, endless, segfault, leaves, busy, sleeps, stubborn, prints),
        *(reads, pid, grandchild, broken_frame, empty_frame, wrong_frame, half_frame, huge_length, lying_array),
        *(closes, strangers, echoes, flood, say),
    )
}

_channels: "list[process.Channel]" = []


def channel() -> "process.Channel":
    return _channels[0]


def run(request: Request) -> Generator[Event, None, None]:
    assert isinstance(request, Generate)
    name, *arguments = request.prompt.split()
    return guarded(lambda: SCRIPTS[name](*arguments))


def greet_wrongly() -> None:
    channel().send_bytes(encode(Hello(PROTOCOL_VERSION + 1, os.getpid())))
    time.sleep(3600)


def hang() -> None:
    time.sleep(3600)


def die() -> None:
    sys.exit("the scripted reason")


def babble() -> None:
    channel().send_bytes(b"hello?")
    time.sleep(3600)


MODES: dict[str, Callable[[], None]] = {"version": greet_wrongly, "hang": hang, "die": die, "babble": babble}


def main() -> None:
    _channels.append(set_up())
    mode = MODES.get(sys.argv[1])
    if mode is not None:
        mode()
    serve(channel(), run)
    leave(0)


if __name__ == "__main__":
    main()
