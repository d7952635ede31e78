"""llama.cpp's decode and prefill rates on a GGUF file, as one line of JSON; run by an interpreter that has xllamacpp.

``PYTHON benchmarks/llama_cpp.py FILE THREADS NEW_TOKENS PROMPT_TOKENS ROUNDS``; 0 threads: as many as it chooses.
``load`` is the time from opening the file to the first token, in a process that has loaded it before.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import Any


def server_of(xllamacpp: Any, file: str, threads: int, *, warmup: bool) -> Any:
    """A server of one slot."""
    options: Any = xllamacpp.CommonParams()
    options.model.path = file
    if threads:
        options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
    options.n_ctx, options.n_parallel, options.n_gpu_layers, options.warmup = 1024, 1, 0, warmup
    return xllamacpp.Server(options)


def timings(server: Any, ids: list[int], new: int) -> Any:
    """What a greedy completion took; nothing of its prompt is taken from a cache."""
    request = {"prompt": ids, "n_predict": new, "temperature": 0, "ignore_eos": True, "cache_prompt": False}
    return server.handle_completions(request)["timings"]


def main() -> int:
    import xllamacpp  # type: ignore[import-not-found]  # in that interpreter alone

    file, threads, new, prompt, rounds = sys.argv[1], *map(int, sys.argv[2:6])
    server = server_of(xllamacpp, file, threads, warmup=True)
    decode, prefill = [], []
    for number in range(rounds + 1):
        ids = [300 + (number * 37 + place * 11) % 500 for place in range(prompt)]
        found = timings(server, ids, new)
        if number:  # the first reads the file
            decode.append(found["predicted_per_second"])
            prefill.append(found["prompt_per_second"])
    del server
    started = time.perf_counter()
    timings(server_of(xllamacpp, file, threads, warmup=False), [5], 1)
    load = time.perf_counter() - started
    result = {"decode": statistics.median(decode), "prefill": statistics.median(prefill), "load": load}
    print(json.dumps(result | {"system": xllamacpp.get_system_info().strip(), "version": xllamacpp.__version__}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
