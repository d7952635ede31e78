"""A Hub for tests: what huggingface_hub asks of huggingface.co, answered on loopback, with faults where one is wanted.

Its answers have the fields that huggingface_hub 2.4 parses (``ModelInfo``, ``RepoFile``, ``get_hf_file_metadata``).
Large files are given, as the real one does it, by a redirect to a second origin that wants no token.
"""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

LARGE = (".safetensors", ".bin", ".gguf", ".parquet")
PIECE_BYTES = 16 * 1024
PAGE = 50


@dataclass
class Repo:
    """A repository. ``facts`` are those of a search's record; ``names`` stand in place of the files' own, for hostile
    answers; a gated or private one is given to those whose token is in ``readers``."""

    id: str
    files: dict[str, bytes]
    commit: str = ""
    gated: bool = False
    private: bool = False
    readers: set[str] = field(default_factory=set)
    facts: dict[str, Any] = field(default_factory=dict)
    siblings: list[dict[str, Any]] | None = None
    branches: set[str] = field(default_factory=lambda: {"main"})

    def __post_init__(self) -> None:
        sums = "".join(f"{name}{hashlib.sha256(data).hexdigest()}" for name, data in sorted(self.files.items()))
        self.commit = self.commit or hashlib.sha1(f"{self.id}{sums}".encode()).hexdigest()

    def record(self) -> dict[str, Any]:
        """What a search says of it."""
        facts = {"downloads": 0, "likes": 0, "tags": [], "private": self.private, "gated": self.gated and "auto"}
        return {"_id": "0", "id": self.id, "modelId": self.id, "lastModified": "2026-01-02T03:04:05.000Z"} | (
            facts | self.facts
        )

    def listed(self) -> list[dict[str, Any]]:
        """Its files with sizes and checksums."""
        return self.siblings if self.siblings is not None else [sibling(*each) for each in self.files.items()]


def git_sum(data: bytes) -> str:
    """Git's hash of a file."""
    return hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()


def sum_of(name: str, data: bytes) -> str:
    """Under which name the cache keeps a file."""
    return hashlib.sha256(data).hexdigest() if name.endswith(LARGE) else git_sum(data)


def sibling(name: str, data: bytes) -> dict[str, Any]:
    """A file as ``/api/models/ID?blobs=true`` lists it."""
    found: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": git_sum(data)}
    if name.endswith(LARGE):
        found["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return found


@dataclass
class Fault:
    """What goes wrong with requests whose path holds ``path``: a status, or how the body ends (``at`` that byte)."""

    path: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    how: str = ""
    """"stall", "cut", "flip" or "body" (``body`` in place of the right one)."""
    at: int = 0
    times: int = 1_000_000
    methods: tuple[str, ...] = ("GET",)


class LoopbackHub:
    """The Hub. ``requests`` are (method, path with query, headers) in the order of their coming."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.tokens: dict[str, str] = {}
        """By token, whose it is."""
        self.faults: list[Fault] = []
        self.called = ""
        """The address that it calls its own, where it is a mirror that hands on another's."""
        self.ranges = True
        """Whether a part of a file may be asked for."""
        self.bytes_per_s = 0
        """How fast files come; 0: at once."""
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.sent_bytes = 0
        """Of files."""
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._servers = [_Server(self), _Server(self)]
        self._threads = [threading.Thread(target=server.serve_forever, args=(0.02,)) for server in self._servers]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Its address, for HF_ENDPOINT."""
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def cdn(self) -> str:
        """Where the large files lie."""
        return f"http://127.0.0.1:{self._servers[1].server_port}"

    def add(self, name: str, files: Mapping[str, bytes], **more: Any) -> Repo:
        """Have a repository."""
        self.repos[name] = Repo(name, dict(files), **more)
        return self.repos[name]

    def asked(self, part: str) -> list[str]:
        """The paths that hold ``part``, as often as they were asked for."""
        return [path for _, path, _ in self.requests if part in path]

    def note(self, method: str, path: str, headers: dict[str, str]) -> None:
        with self._lock:
            self.requests.append((method, path, headers))

    def fault(self, method: str, path: str) -> Fault | None:
        """The fault of a request, counted."""
        with self._lock:
            for fault in self.faults:
                if fault.path in path and fault.times > 0 and method in fault.methods:
                    fault.times -= 1
                    return fault
        return None

    def hold(self, connection: socket.socket, *, open_: bool) -> None:
        with self._lock:
            (self._sockets.add if open_ else self._sockets.discard)(connection)

    def close(self) -> None:
        """End it, and whatever waits for it."""
        self.closing.set()
        for server in self._servers:
            server.shutdown()
        with self._lock:
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.server_close()
            thread.join()


@contextmanager
def serving() -> Iterator[LoopbackHub]:
    """A Hub while it is needed."""
    hub = LoopbackHub()
    try:
        yield hub
    finally:
        hub.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, hub: LoopbackHub) -> None:
        self.hub = hub
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.hub.hold(self.connection, open_=True)

    def finish(self) -> None:
        self.server.hub.hold(self.connection, open_=False)
        super().finish()

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.server.hub
        hub.note(self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        fault = hub.fault(self.command, self.path)
        if fault is not None and fault.status:
            self._answer(fault.status, fault.body, fault.headers)
            return
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)  # a proxy is asked by whole address
        if path == "/api/models":
            self._json(self._found(query), fault)
        elif path == "/api/whoami-v2":
            self._who()
        elif path.startswith("/api/models/"):
            self._about(path.removeprefix("/api/models/"), fault)
        elif path.startswith("/api/datasets/"):  # a dataset is kept under "datasets/ID"
            self._about(path.removeprefix("/api/"), fault)
        elif path.startswith("/cdn/"):
            wanted = path.rpartition("/")[2]
            for repo in hub.repos.values():
                for name, data in repo.files.items():
                    if name.endswith(LARGE) and sum_of(name, data) == wanted:
                        self._file(data, {"ETag": f'"{wanted}"'}, fault)
                        return
            self._answer(404)
        else:
            self._resolve(path, fault)

    # ------------------------------------------------------------------------------------------ what is asked

    def _found(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        records = [repo.record() for repo in self.server.hub.repos.values() if not repo.private]
        for words in query.get("search", []):
            records = [each for each in records if all(word in each["id"].lower() for word in words.lower().split())]
        for task in query.get("pipeline_tag", []):
            records = [each for each in records if each.get("pipeline_tag") == task]
        for wanted in query.get("filter", []):
            records = [each for each in records if wanted in (*each["tags"], each.get("library_name"))]
        for bounds in query.get("num_parameters", []):
            limits = {part.partition(":")[0]: int(part.partition(":")[2]) for part in bounds.split(",")}
            least, most = limits.get("min", 0), limits.get("max", 1 << 63)
            records = [each for each in records if least <= (each.get("safetensors") or {}).get("total", -1) <= most]
        key = query.get("sort", ["downloads"])[0]
        records.sort(key=lambda each: each.get(key) or 0, reverse=True)
        start, limit = int(query.get("cursor", ["0"])[0]), int(query.get("limit", [str(PAGE)])[0])
        self._next = ""
        if start + limit < len(records):
            rest = "&".join(f"{k}={quote(v)}" for k, vs in query.items() for v in vs if k != "cursor")
            address = self.server.hub.called or self.server.hub.url
            self._next = f'<{address}/api/models?{rest}&cursor={start + limit}>; rel="next"'
        expand = {"_id", "id", "modelId", *query.get("expand", [])}
        kept = [{k: v for k, v in each.items() if "expand" not in query or k in expand} for each in records]
        return kept[start : start + limit]

    def _who(self) -> None:
        token = self._token()
        if token not in self.server.hub.tokens:
            self._answer(401, b'{"error":"Invalid username or password."}')
        else:
            self._json({"type": "user", "name": self.server.hub.tokens[token], "auth": {"type": "access_token"}}, None)

    def _about(self, rest: str, fault: Fault | None) -> None:
        name, _, revision = rest.partition("/revision/")
        if "/tree/" in rest:
            name, _, revision = rest.partition("/tree/")
        repo = self._repo(name, unquote(revision) or "main", metadata=True)
        if repo is None:
            return
        if "/tree/" in rest:
            self._json([_tree_entry(each, data) for each, data in repo.files.items()], fault)
        else:
            self._json({**repo.record(), "sha": repo.commit, "siblings": repo.listed()}, fault)

    def _resolve(self, path: str, fault: Fault | None) -> None:
        name, _, rest = path[1:].partition("/resolve/")
        revision, _, file = rest.partition("/")  # of a branch with a stroke in its name, that is written as %2F
        repo, file = self._repo(name, unquote(revision)), unquote(file)
        if repo is None:
            return
        if file not in repo.files:
            self._answer(404, headers={"X-Error-Code": "EntryNotFound", "X-Repo-Commit": repo.commit})
            return
        data = repo.files[file]
        etag = sum_of(file, data)
        about = {"X-Repo-Commit": repo.commit, "X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{etag}"'}
        if file.endswith(LARGE) and fault is None:
            self._answer(302, headers={**about, "Location": f"{self.server.hub.cdn}/cdn/{etag}"})
        else:
            self._file(data, {**about, "ETag": f'"{etag}"'}, fault)

    def _token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def _repo(self, name: str, revision: str, *, metadata: bool = False) -> Repo | None:
        """The repository, where whoever asks may have it; else it is answered why not."""
        repo, token = self.server.hub.repos.get(name), self._token()
        if token and token not in self.server.hub.tokens:
            self._answer(401, headers={"X-Error-Message": "Invalid credentials in Authorization header"})
        elif repo is None or (repo.private and token not in repo.readers):
            self._answer(404 if token else 401, headers={"X-Error-Code": "RepoNotFound"})
        elif revision not in {*repo.branches, repo.commit}:
            self._answer(404, headers={"X-Error-Code": "RevisionNotFound"})
        elif repo.gated and token not in repo.readers and not metadata:
            self._answer(403 if token else 401, headers={"X-Error-Code": "GatedRepo"})
        else:
            return repo
        return None

    # ------------------------------------------------------------------------------------------ how it is answered

    def _json(self, value: Any, fault: Fault | None) -> None:
        headers = {"Content-Type": "application/json"}
        if getattr(self, "_next", ""):
            headers["Link"] = self._next
            self._next = ""
        self._file(json.dumps(value).encode(), headers, fault, counted=False)

    def _answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _file(self, data: bytes, headers: Mapping[str, str], fault: Fault | None, *, counted: bool = True) -> None:
        start, end = 0, len(data)
        wanted = self.headers.get("range", "") if self.server.hub.ranges else ""
        if fault is not None and fault.how == "body":
            data, end = fault.body, len(fault.body)
        if fault is not None and fault.how == "flip":
            data = data[: fault.at] + bytes([data[fault.at] ^ 1]) + data[fault.at + 1 :]
        if wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last) + 1 if last else len(data), len(data))
            if start >= len(data):
                self._answer(416, headers={"Content-Range": f"bytes */{len(data)}"})
                return
        self.send_response(206 if wanted else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command == "GET":
            self._send(data, start, end, fault, counted=counted)

    def _send(self, data: bytes, start: int, end: int, fault: Fault | None, *, counted: bool) -> None:
        hub = self.server.hub
        ends_at = fault.at if fault is not None and fault.how in ("stall", "cut") else end
        at = start
        while at < min(end, max(ends_at, start)):
            piece = data[at : min(at + PIECE_BYTES, end, max(ends_at, start))]
            self.wfile.write(piece)
            at += len(piece)
            if counted:
                with hub._lock:
                    hub.sent_bytes += len(piece)
            if hub.bytes_per_s and counted:
                time.sleep(len(piece) / hub.bytes_per_s)
        if fault is not None and fault.how == "stall":
            self.wfile.flush()
            hub.closing.wait()
        if fault is not None and fault.how in ("stall", "cut"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)


def _tree_entry(name: str, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "file", "oid": git_sum(data), "size": len(data), "path": name}
    if name.endswith(LARGE):
        found["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
    return found
