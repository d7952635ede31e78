"""llama.cpp's decode and prefill rates on a GGUF file, as one line of JSON; run by an interpreter that has xllamacpp.

``PYTHON benchmarks/llama_cpp.py FILE THREADS NEW_TOKENS PROMPT_TOKENS ROUNDS``
"""

from __future__ import annotations

import json
import statistics
import sys
from typing import Any


def main() -> int:
    import xllamacpp  # type: ignore[import-not-found]  # in that interpreter alone

    file, threads, new, prompt, rounds = sys.argv[1], *map(int, sys.argv[2:6])
    options: Any = xllamacpp.CommonParams()
    options.model.path = file
    options.cpuparams.n_threads = options.cpuparams_batch.n_threads = threads
    options.n_ctx, options.n_parallel, options.n_gpu_layers, options.warmup = 1024, 1, 0, True
    server = xllamacpp.Server(options)
    decode, prefill = [], []
    for number in range(rounds + 1):
        # Other ids each time, so that nothing of the prompt is in the cache already.
        ids = [300 + (number * 37 + place * 11) % 500 for place in range(prompt)]
        found = server.handle_completions(
            {"prompt": ids, "n_predict": new, "temperature": 0, "ignore_eos": True, "cache_prompt": False}
        )
        timings = found["timings"]
        if number:  # the first reads the file
            decode.append(timings["predicted_per_second"])
            prefill.append(timings["prompt_per_second"])
    result = {"decode": statistics.median(decode), "prefill": statistics.median(prefill)}
    print(json.dumps(result | {"system": xllamacpp.get_system_info().strip(), "version": xllamacpp.__version__}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
