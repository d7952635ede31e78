"""Kill -9 at random moments of the window and of an engine during a reply: nothing that was acknowledged is lost, and
it is said what happened. (A run's: ``tests/training/runs/test_faults.py``.) ``KILL_MOMENTS=50`` asks for fifty of each.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.protocol import Failed, Token
from tests.faults.lanes import MakeLane, script, until_end, until_speaks

MOMENTS = int(os.environ.get("KILL_MOMENTS", "3"))

CHATTERING = """
import sys
from PySide6.QtCore import QTimer
from bigmodel_studio import app
from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.protocol import Done, Generated, Load, Loaded, ModelFacts, Token

name = sys.argv[1]

def facts(ref):
    return ModelFacts(model=ref, name="fake", kind="causal-lm", architecture="Fake", parameters=1, weight_bytes=4,
                      dtype="float32", device="cpu", context_length=10_000, has_chat_template=True)

def answer(request):
    yield Loaded(facts=facts(request.model))
    if isinstance(request, Load):
        yield Done(result=facts(request.model))
        return
    words = ["reply ", "to ", request.turns[-1].content if request.turns else request.prompt]
    for word in words:
        yield Token(id=1, text=word, logprob=-1.0, processed_logprob=-1.0)
    yield Done(result=Generated(text="".join(words), prompt_tokens=3, new_tokens=3, finish_reason="stop", seed=1,
                                time_to_first_token_s=0.01, tokens_per_second=100.0, template=True))

class Chattering(app.Application):
    def __init__(self, *arguments, crash=None, **others):
        super().__init__(*arguments, lane=FakeLane(answer), crash=crash, **others)
        print("start", "crash" if crash is not None else "calm", flush=True)
        self.number, self.problems = 0, set()
        self.timer = QTimer(interval=1)
        self.timer.timeout.connect(self.chat)
        self.timer.start()

    def chat(self):
        page = self.window.pages.get("chat")
        if page is None:
            return
        for view in page.transcript.views:
            message = view.message
            if message.id not in self.problems and message.text and message.state == "done":
                self.problems.add(message.id)
                print("shown", message.role, message.text, flush=True)
        if not page.talk.busy and page.picker.ref() is not None:
            self.number += 1
            page.composer.sent.emit(f"message {name}-{self.number}")

app.Application = Chattering
sys.exit(app.main())
"""


def chatter(name: str, repository: Path, seconds: float) -> list[str]:
    """What a window said that talks without end, until it is killed so long after its first words were shown."""
    window = subprocess.Popen(
        [sys.executable, "-c", CHATTERING, name],
        cwd=repository, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said: list[str] = []
    shown = threading.Event()

    def read() -> None:
        assert window.stdout is not None
        for line in window.stdout:
            if not line.endswith("\n"):
                break  # killed in the middle of it
            said.append(line.rstrip("\n"))
            if line.startswith("shown"):
                shown.set()

    reader = threading.Thread(target=read, name="reader")
    reader.start()
    came = shown.wait(60)
    time.sleep(seconds)
    window.kill()
    window.wait()
    reader.join()
    assert window.stdout is not None
    window.stdout.close()
    assert came, said
    return said


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_window_that_is_killed_loses_nothing_that_it_showed(home: Path, repository: Path) -> None:
    shown: set[tuple[str, str]] = set()
    for moment in range(MOMENTS):
        said = chatter(str(moment), repository, random.Random().uniform(0.0, 0.6))
        assert said[0] == ("start calm" if moment == 0 else "start crash")
        shown |= {(role, text) for _, role, text in (line.split(" ", 2) for line in said[1:])}
    store = Conversations()
    kept = {
        (message.role, message.text)
        for conversation in store.all()
        for message in store.thread(conversation.id, limit=100_000)
    }
    problem = store.problem
    store.close()
    assert problem is None
    assert len(shown) > MOMENTS
    assert shown <= kept, f"lost: {shown - kept}"
    assert any(role == "assistant" for role, _ in shown)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_lane_that_is_killed_during_a_reply_says_so_and_comes_back(qtbot: QtBot, make_lane: MakeLane) -> None:
    for _ in range(MOMENTS):
        lane = make_lane()
        job = lane.submit(script("steps", 10_000, 0.001))
        heard = until_speaks(qtbot, job)
        qtbot.wait(random.Random().randrange(0, 150))
        before = len(heard.events)
        assert lane.pid is not None
        os.kill(lane.pid, 9)
        end = until_end(qtbot, job)
        assert isinstance(end, Failed)
        assert end.problem.code == "engine-lost"
        assert len(heard.events) >= before > 0
        assert not any(isinstance(event, Token) and not event.text for event in heard.events)
        again = lane.submit(script("steps", 2, 0.001))
        assert not isinstance(until_end(qtbot, again), Failed)
        lane.close()
