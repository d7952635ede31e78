"""How well is a small encoder fine-tuned to tell 77 intents apart (Banking77), and to tag names (WNUT17)?

``python benchmarks/reading.py [--threads 2] [--method full] [--only banking77|wnut17]``. Runs from their specs to their
ends, as ``train`` makes them, on MiniLM; the test files are evaluated once, by the finished model, and no choice was
made on them (the rate of 3e-4 is what is usual for an encoder of 22 M parameters). Beside Banking77 a linear probe: a
logistic regression on the mean of the frozen model's last states. F1 is of entities, as ``conlleval`` counts it. Needs
``../shared/assets``, and says so where it is not there.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer

from benchmarks.measuring import REPOSITORY, Row, own_home, print_table
from bigmodel_studio.core.data.labelled_tables import Labelled
from bigmodel_studio.core.data.labelled_texts import labels_of, read_labelled
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs.spec import make_spec
from bigmodel_studio.training.loop.run import FINISHED, run

ASSETS = REPOSITORY.parent / "shared" / "assets"
MODEL = ASSETS / "minilm-l6-v2-fp16" / "hf"
LEAST_ACCURACY = 0.90
TASKS: dict[str, dict[str, Any]] = {
    "banking77": {
        "objective": "classify-text",
        "data": {
            "train": [str(ASSETS / "text-banking77" / "train.csv")],
            "evaluation": [str(ASSETS / "text-banking77" / "test.csv")],
        },
        "model": {"base": str(MODEL), "context": 64},
        "schedule": {"steps": 1100, "batch": 32},
    },
    "wnut17": {
        "objective": "tag",
        "data": {
            "train": [str(ASSETS / "ner-wnut17" / "train.conll")],
            "evaluation": [str(ASSETS / "ner-wnut17" / "test.conll")],
        },
        "model": {"base": str(MODEL)},
        "schedule": {"steps": 850, "batch": 16},
    },
}


def trained(name: str, method: str, threads: int) -> tuple[dict[str, float], float]:
    """What the finished run's evaluation found, and its seconds. Raises ``SystemExit`` where it ended otherwise."""
    tables = TASKS[name]
    steps = tables["schedule"]["steps"]
    ends = {"evaluate_every": steps, "checkpoint_every": steps, "evaluation_batches": 10_000}
    rate = {"full": 3e-4, "lora": 1e-3, "frozen": 1e-2}[method]
    spec = make_spec(
        {
            **tables,
            "name": name,
            "method": {"kind": method},
            "optimizer": {"learning_rate": rate},
            "schedule": {**tables["schedule"], **ends},
            "launch": {"device": "cpu", "threads": threads},
        }
    )
    folder, started = create_run(spec), time.perf_counter()
    if run(folder.path, resume=False) != FINISHED:
        raise SystemExit(f"error: {folder.status().message}")
    return {k: v for k, v in folder.status().last.items() if v is not None}, time.perf_counter() - started


def probed() -> float:
    """The test accuracy of a logistic regression on what the frozen model makes of each text."""
    train, test = (read_labelled([str(ASSETS / "text-banking77" / f"{part}.csv")]) for part in ("train", "test"))
    numbers = {label: number for number, label in enumerate(labels_of(train))}
    tokenizer: Any = AutoTokenizer.from_pretrained(str(MODEL))
    model: Any = AutoModel.from_pretrained(str(MODEL), dtype=torch.float32).eval()

    @torch.no_grad()
    def seen(texts: list[Labelled]) -> torch.Tensor:
        found = []
        for first in range(0, len(texts), 64):
            part = [each.text for each in texts[first : first + 64]]
            given = tokenizer(part, padding=True, truncation=True, max_length=64, return_tensors="pt")
            states, mask = model(**given).last_hidden_state, given["attention_mask"][..., None]
            found.append((states * mask).sum(1) / mask.sum(1))
        return F.normalize(torch.cat(found), dim=-1)

    features, wanted = seen(train), torch.tensor([numbers[each.label] for each in train])
    weight = torch.zeros(len(numbers), features.shape[1], requires_grad=True)
    bias = torch.zeros(len(numbers), requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(features @ weight.T + bias, wanted) + 1e-5 * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[arg-type, no-untyped-call]
    said = (seen(test) @ weight.T + bias).argmax(-1)
    return float((said == torch.tensor([numbers[each.label] for each in test])).float().mean())


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--method", choices=["full", "lora", "frozen"], default="full")
    parser.add_argument("--only", choices=list(TASKS), default="")
    given = parser.parse_args()
    if not MODEL.is_dir():
        print(f"not run: there is no {MODEL}", file=sys.stderr)
        return 0
    rows = []
    torch.set_num_threads(given.threads)
    with own_home():
        if given.only in ("", "banking77"):
            probe = probed()
            last, seconds = trained("banking77", given.method, given.threads)
            told = f"linear probe {probe:.1%}; macro F1 {last['f1']:.1%}; {seconds:.0f} s"
            accuracy = last["accuracy"]
            rows.append(Row("Banking77, test accuracy", accuracy, "", LEAST_ACCURACY, told, probe, more_is_better=True))
        if given.only in ("", "wnut17"):
            last, seconds = trained("wnut17", given.method, given.threads)
            told = f"precision {last['precision']:.1%}, recall {last['recall']:.1%}; {seconds:.0f} s"
            rows.append(Row("WNUT17, test F1 of entities", last["f1"], "", None, told, more_is_better=True))
    return print_table(rows)


if __name__ == "__main__":
    sys.exit(main())
