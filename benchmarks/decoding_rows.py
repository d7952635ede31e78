"""The rows of ``decoding.py``: each measures ours and what it is compared with by turns, and has its goal."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.measuring import Row, memory_mb
from benchmarks.packed_decoding import (
    CONTEXT,
    NEW_TOKENS,
    PROMPT_TOKENS,
    SHAPES,
    Files,
    batch_ratio,
    load,
    ours,
    share_of_stream,
    theirs,
)
from bigmodel_studio.engine.generation.decoding import decode
from bigmodel_studio.engine.generation.drafts import PromptLookup, Speculation
from bigmodel_studio.engine.generation.kept_caches import KeptCaches
from bigmodel_studio.engine.generation.reference import TransformersDecoder
from bigmodel_studio.engine.generation.sampling import settle
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.protocol import Sampling

CONVERSATION_TOKENS = 2000
MESSAGE_TOKENS = 40
EDITED_TOKENS = 300
ONE_EDIT_IN = 25
REFERENCE_CONTEXT = 2048
_HOG = "while True: pass"
_MISSING = "llama.cpp not measured"


def compared(
    files: Files, size: str, kind: str, goal: float, *, prefill: float = 0.0, stream: float = 0.0
) -> list[Row]:
    """Decoding a file beside llama.cpp on it: ``goal`` times as fast; ``prefill`` and ``stream`` add their rows."""
    model, us, them = files.model(size, kind), list[tuple[float, float]](), list[tuple[float, float]]()
    for _ in range(files.turns):
        us.append(ours(model, files.threads, files.rounds))
        peer = theirs(files.file(size, kind), files.threads, files.rounds)
        if peer is not None:
            them.append((peer["decode"], peer["prefill"]))
            say(f"llama.cpp {peer['version']}: {peer['system']}")
    decoded, read = (statistics.mean(values) for values in zip(*us, strict=True))
    peers = [statistics.mean(values) for values in zip(*them, strict=True)] if them else [None, None]
    name = f"{size} {kind}, {files.threads} threads"
    rows = [beside(f"decode {name}", decoded, "tok/s", peers[0], goal)]
    if prefill:
        rows.append(beside(f"prefill of {PROMPT_TOKENS}, {name}", read, "tok/s", peers[1], prefill))
    if stream:
        share, rate, around = share_of_stream(model, files.threads, max(3, files.rounds))
        remark = f"{rate / 1e9:.1f} of {around / 1e9:.1f} GB/s, read just before and after"
        rows.append(Row(f"share of the memory stream, {name}", share, "", stream, remark, more_is_better=True))
    return rows


def beside(name: str, value: float, unit: str, peer: float | None, goal: float) -> Row:
    """A rate and its goal, ``goal`` times that of ``peer``."""
    if peer is None:
        return Row(name, value, unit, None, _MISSING, more_is_better=True)
    remark = f"llama.cpp {peer:.1f}: {value / peer:.2f}x, goal {goal}x"
    return Row(name, value, unit, goal * peer, remark, peer, more_is_better=True)


_said: set[str] = set()


def say(text: str) -> None:
    """Print a line once."""
    if text not in _said:
        _said.add(text)
        print(text, file=sys.stderr, flush=True)


@contextmanager
def busy_core() -> Iterator[None]:
    """A process that keeps one core busy, on the first core where it can be chosen."""
    hog = subprocess.Popen([sys.executable, "-c", _HOG])
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(hog.pid, {min(os.sched_getaffinity(0))})
        yield
    finally:
        hog.kill()
        hog.wait()


def beside_a_busy_core(files: Files) -> list[Row]:
    """Decode while another process holds one core; each with the threads that it chooses itself."""
    model, file = files.model("135M", "Q4_0"), files.file("135M", "Q4_0")
    us, them = [], []
    with busy_core():
        for _ in range(files.turns):
            us.append(ours(model, 0, files.rounds)[0])
            peer = theirs(file, 0, files.rounds)
            if peer is not None:
                them.append(peer["decode"])
    value = statistics.mean(us)
    return [beside("decode 135M Q4_0 beside a busy core", value, "tok/s", statistics.mean(them) if them else None, 1.5)]


def second_turn(files: Files) -> list[Row]:
    """Time to the first token of a second turn, whose cache was kept, beside a prompt of that length read anew."""
    model = files.model("135M", "Q4_0")
    cold_s, warm_s = [], []
    for number in range(files.rounds):
        ids = [300 + (number * 37 + place * 11) % 5000 for place in range(CONVERSATION_TOKENS + 3 * MESSAGE_TOKENS)]
        kept = KeptCaches(lambda _: 10**12)
        started = time.perf_counter()
        cold = PackedDecoder(model)
        list(cold.prefill(ids))
        cold_s.append(time.perf_counter() - started)
        cold.release()
        first = PackedDecoder(model)
        list(first.prefill(ids[:CONVERSATION_TOKENS]))
        for id_ in ids[CONVERSATION_TOKENS : CONVERSATION_TOKENS + MESSAGE_TOKENS]:
            first.step(id_)
        kept.keep(ids[: first.length], first)
        started = time.perf_counter()
        begun = kept.begin(ids)
        assert begun is not None
        list(begun.prefill(ids[begun.length :]))
        warm_s.append(time.perf_counter() - started)
        begun.release()
        kept.clear()
    cold_time, warm_time = statistics.median(cold_s), statistics.median(warm_s)
    remark = f"{warm_time:.3f} s, cold {cold_time:.3f} s; 135M Q4_0, {2 * MESSAGE_TOKENS} new tokens"
    name = f"second turn of {CONVERSATION_TOKENS} tokens, share of a cold prefill"
    return [Row(name, warm_time / cold_time, "", 0.2, remark)]


class Forced:
    """A rule that leaves one token at each place: the weights are random, so the text is given."""

    name = "forced"

    def __init__(self, text: Sequence[int]) -> None:
        self._text, self._at = text, 0

    def apply(self, logits: Tensor) -> Tensor:
        return torch.full_like(logits, -torch.inf).index_fill(0, torch.tensor([self._text[self._at]]), 0.0)

    def accept(self, id_: int) -> None:
        self._at += 1

    def rollback(self, n: int) -> None:
        self._at -= n


def lookup_rates(files: Files, size: str, prompt: list[int], text: list[int]) -> tuple[float, float, Speculation]:
    """Tokens a second with prompt lookup and without, by turns: medians."""
    model = files.model(size, "Q4_0")
    greedy = settle(Sampling(greedy=True), None)
    rates: dict[bool, list[float]] = {True: [], False: []}
    speculation = Speculation(PromptLookup(prompt))
    for _ in range(files.rounds):
        for guessed in (True, False):
            decoder = PackedDecoder(model)
            list(decoder.prefill(prompt))
            speculation = Speculation(PromptLookup(prompt)) if guessed else speculation
            started = time.perf_counter()
            tokens = decode(
                decoder,
                prompt,
                greedy,
                most=len(text),
                ends=frozenset(),
                speculation=speculation if guessed else None,
                rules=[Forced(text)],
            )
            assert [chosen.id for chosen, _ in tokens] == text
            rates[guessed].append(len(text) / (time.perf_counter() - started))
            decoder.release()
    return statistics.median(rates[True]), statistics.median(rates[False]), speculation


def prompt_lookup(files: Files) -> list[Row]:
    """Editing a text that is in the prompt (a token in 25 is another), and writing one that is not, with lookup."""
    generator = torch.Generator().manual_seed(4)
    draw = lambda n: torch.randint(300, 30000, (n,), generator=generator).tolist()  # noqa: E731
    prompt = draw(EDITED_TOKENS + 20)
    edited = [id_ + 1 if at % ONE_EDIT_IN == ONE_EDIT_IN - 1 else id_ for at, id_ in enumerate(prompt[:EDITED_TOKENS])]
    rows = []
    for size in ("135M", "1B"):
        for what, text, goal in (("editing the prompt", edited, 1.5), ("new text", draw(EDITED_TOKENS // 2), 0.97)):
            guessed, plain, speculation = lookup_rates(files, size, prompt, text)
            remark = f"{guessed:.1f} tok/s, plain {plain:.1f}; {speculation.accepted} of {speculation.drafted} accepted"
            name = f"prompt lookup, {what}, {size} Q4_0, times plain"
            rows.append(Row(name, guessed / plain, "x", goal, remark, more_is_better=True))
    return rows


def four_sequences(files: Files) -> list[Row]:
    """Four sequences at once, tokens a second in all, beside one."""
    ratio = batch_ratio(files.model("1B", "Q4_0"), files.threads)
    return [Row("four sequences at once, 1B Q4_0, times one", ratio, "x", 2.5, more_is_better=True)]


def resident_growth(files: Files) -> list[Row]:
    """Growth of resident memory after imports, in a process of its own that fills a context of 2,048 tokens."""
    file = files.file("1B", "Q4_0")
    files.close()
    command = [sys.executable, "-m", "benchmarks.decoding_rows", str(file), str(files.threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent)
    before, after, cache = map(float, done.stdout.split()[-3:])
    allowed = file.stat().st_size / 1e6 + cache
    remark = f"{after - before:.0f} MB; file and cache {allowed:.0f} MB"
    name = f"resident growth, 1B Q4_0, context {REFERENCE_CONTEXT}, times file and cache"
    return [Row(name, (after - before) / allowed, "x", 1.15, remark)]


def fill(file: Path, threads: int) -> int:
    """Print resident MB before loading and with a full context, and the cache's MB."""
    from bigmodel_studio.engine.packed import compiling

    compiling.kernels()
    before = memory_mb().get("Rss", 0.0)
    model = load(file, threads)
    decoder = PackedDecoder(model)
    list(decoder.prefill([300 + place % 5000 for place in range(REFERENCE_CONTEXT)]))
    print(before, memory_mb().get("Rss", 0.0), decoder.cache_bytes / 1e6)
    model.close()
    return 0


def load_to_first_token(files: Files) -> list[Row]:
    """From opening the file to the first token, in a process that has loaded it before."""
    file, seconds, them = files.file("1B", "Q4_0"), [], []
    files.close()
    for _ in range(files.turns + 1):
        started = time.perf_counter()
        model = load(file, files.threads)
        decoder = PackedDecoder(model)
        decoder.step(5)
        seconds.append(time.perf_counter() - started)
        model.close()
        del model, decoder
        peer = theirs(file, files.threads, 1)
        if peer is not None:
            them.append(peer["load"])
    value = statistics.median(seconds[1:])
    if not them:
        return [Row("load to first token, 1B Q4_0", value, "s", None, _MISSING)]
    theirs_s = statistics.median(them)
    remark = f"llama.cpp {theirs_s:.2f} s: {value / theirs_s:.2f}x, goal 2x"
    return [Row("load to first token, 1B Q4_0", value, "s", 2 * theirs_s, remark, theirs_s)]


def window_beside(files: Files) -> list[Row]:
    """Gaps of the window's event loop while a 1B model streams in the chat at 4 bits, on all cores."""
    file = files.file("1B", "Q4_0")
    files.close()
    command = [sys.executable, "benchmarks/event_loop.py", "--model", str(file), "--seconds", str(10 * files.turns)]
    environment = {**os.environ, "BIGMODEL_STUDIO_BENCH_JSON": "1"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent.parent, env=environment
    )
    records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not records:
        raise RuntimeError(done.stderr[-2000:])
    return [Row(**{field: record[field] for field in Row._fields}) for record in records]


def on_a_gpu(files: Files) -> list[Row]:
    """The share of a GPU's bandwidth that decoding one sequence reaches; bytes copied count twice, read and written."""
    name = "GPU, 1B bfloat16, batch 1, share of its bandwidth"
    if not torch.cuda.is_available():
        return [Row(name, None, "", 0.8, "no GPU", more_is_better=True)]
    device = torch.device("cuda")
    with torch.device(device):
        model = LlamaForCausalLM(LlamaConfig(max_position_embeddings=CONTEXT, **SHAPES["1B"])).bfloat16().eval()
    decoder = TransformersDecoder(model, device)
    list(decoder.prefill(list(range(5, 37))))
    decoded = max(rate_of(lambda: decoder.step(5), NEW_TOKENS) for _ in range(files.rounds + 1))
    memory = torch.empty(1 << 30, dtype=torch.uint8, device=device)
    other = torch.empty_like(memory)
    copied = max(rate_of(lambda: other.copy_(memory), 20) for _ in range(files.rounds + 1))
    weights = sum(each.nbytes for each in model.parameters()) - model.get_input_embeddings().weight.nbytes
    share, bandwidth = decoded * weights / (2 * memory.nbytes * copied), 2 * memory.nbytes * copied / 1e9
    return [Row(name, share, "", 0.8, f"{decoded:.1f} tok/s; {bandwidth:.0f} GB/s", more_is_better=True)]


def rate_of(work: Callable[[], object], times: int) -> float:
    """How often a second something is done on a GPU."""
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(times):
        work()
    torch.cuda.synchronize()
    return times / (time.perf_counter() - started)


ROWS: dict[str, Callable[[Files], list[Row]]] = {
    "135M-F32": lambda files: compared(files, "135M", "F32", 1.2),
    "135M-BF16": lambda files: compared(files, "135M", "BF16", 1.4),
    "135M-Q8_0": lambda files: compared(files, "135M", "Q8_0", 1.4, prefill=1.2),
    "135M-Q4_0": lambda files: compared(files, "135M", "Q4_0", 1.4, prefill=1.2),
    "busy-core": beside_a_busy_core,
    "second-turn": second_turn,
    "1B-Q8_0": lambda files: compared(files, "1B", "Q8_0", 1.1, prefill=1.2, stream=0.85),
    "1B-Q4_K_M": lambda files: compared(files, "1B", "Q4_K_M", 1.1),
    "1B-Q4_0": lambda files: compared(files, "1B", "Q4_0", 1.1, prefill=1.2, stream=0.85),
    "four-sequences": four_sequences,
    "prompt-lookup": prompt_lookup,
    "resident-growth": resident_growth,
    "load": load_to_first_token,
    "window": window_beside,
    "gpu": on_a_gpu,
}
"""The table, in an order that loads each model few times."""


def measured(files: Files, names: Iterable[str]) -> Iterator[Row]:
    """The rows of those names, each as soon as it is measured."""
    for name in names:
        yield from ROWS[name](files)


if __name__ == "__main__":
    raise SystemExit(fill(Path(sys.argv[1]), int(sys.argv[2])))
