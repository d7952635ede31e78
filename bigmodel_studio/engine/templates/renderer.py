"""Renders chat templates through a process that is kept for the next one, and killed where it takes too long.

One such process serves a whole engine, run or command. It ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import bigmodel_studio
from bigmodel_studio.core.system import limits, network
from bigmodel_studio.core.text.messages import StudioError

_MODULE = "bigmodel_studio.engine.templates.process"
_START_S = 30.0
"""Within which a fresh process must have answered its first, empty request: on a busy machine Python starts slowly."""
_READY = {"template": "", "messages": [], "variables": {}}


class TemplateRenderer:
    """Sends conversations to the process one at a time; any thread may ask. ``close`` ends the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader: threading.Thread | None = None

    def render(
        self, template: str, messages: Sequence[Mapping[str, Any]], variables: Mapping[str, Any], *, file: str
    ) -> str:
        """Return the text that ``template``, which stands in ``file``, makes of ``messages`` (each a role and a
        content).

        Raises ``StudioError``: "template-broken" with what it said against it; "template-slow" or "template-memory"
        where it went past ``limits``, and the process was killed.
        """
        with self._lock:
            answer = self._ask({"template": template, "messages": list(messages), "variables": dict(variables)})
        if answer is None:
            raise StudioError("template-slow", file=file, seconds=limits.TEMPLATE_S)
        if "text" in answer:
            return str(answer["text"])
        if "over" in answer:
            raise StudioError("template-memory", file=file, most=limits.TEMPLATE_BYTES >> 20)
        raise StudioError("template-broken", file=file, detail=str(answer.get("error"))[:200].rstrip("."))

    def close(self) -> None:
        """End the process, if there is one, and wait for it."""
        with self._lock:
            self._end()

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any] | None:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        line = self._exchange(json.dumps(request), limits.TEMPLATE_S)
        if line is None:
            self._end()
            return None
        if not line:  # it died: what it may use of memory ran out where Python could not say so
            self._end()
            return {"over": "memory"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _exchange(self, request: str, wait_s: float) -> str | None:
        """Return the answer's line; "" where the process ended, None where it did not answer in time."""
        process = self._process
        assert process is not None
        assert process.stdin is not None
        try:
            process.stdin.write(request + "\n")
            process.stdin.flush()
        except OSError:
            return ""
        try:
            return self._lines.get(timeout=wait_s)
        except queue.Empty:
            return None
        except BaseException:  # Ctrl+C: its answer would be taken for the next one's
            self._end()
            raise

    def _start(self) -> None:
        root = str(Path(bigmodel_studio.__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=network.child_environment({**network.OFFLINE, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}),
            start_new_session=True,  # Ctrl+C in a terminal is for the command, which ends this process itself
        )
        self._lines = queue.Queue()
        assert self._process.stdout is not None
        self._reader = threading.Thread(
            target=_read, args=(self._process.stdout, self._lines), name="template-answers", daemon=True
        )
        self._reader.start()
        if not self._exchange(json.dumps(_READY), _START_S):
            self._end()
            raise StudioError("template-process")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


RENDERER = TemplateRenderer()
"""The process's own."""
atexit.register(RENDERER.close)
