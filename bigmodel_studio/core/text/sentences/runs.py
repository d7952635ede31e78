"""Runs: their state, checkpoints, queue and memory."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "run-unknown": ("There is no run called {run}.", "Choose one from the list of runs."),
    "run-no-checkpoint": (
        "The run {run} has no complete checkpoint at this step (it has: {steps}).",
        "Choose one of these steps.",
    ),
    "step-unknown": ("The run {run} has no step {step}.", "Choose a step between its first and last."),
    "run-live": ("The run {run} is already running.", "Stop it first, or watch it."),
    "run-foreign": (
        "The run {run} is written by {writer}; this application only watches it.",
        "Stop or resume it from {writer}.",
    ),
    "events-none": (
        "{path} contains no TensorBoard scalars.",
        "Choose the folder of the logs, or a file with tfevents in its name.",
    ),
    "events-left-out": (
        "{path} has {count} values with an invalid time or name; they were skipped.",
        "The others are shown. Check the program that wrote them.",
    ),
    "run-lost": ("Run {run} ended unexpectedly at step {step}.", "Resume it from its last checkpoint."),
    "run-still-stopping": ("The run {run} hasn't ended after {seconds} s.", "Its log shows what it is doing."),
    "run-no-answer": ("The run {run} hasn't answered after {seconds} s.", "Its log shows what it is doing."),
    "run-not-at-work": ("{run} isn't running ({state}).", "Choose a running one."),
    "run-not-waiting": ("The run {run} is not queued.", "Check the queue in the list of runs."),
    "queue-busy": ("Another process is using the queue of runs.", "Try again in a moment."),
    "memory-never": (
        "Training needs at least {needs} on {device}, which has {total}.",
        "Choose a smaller model (model.width, model.layers) or another device.",
    ),
    "waits-for-memory": ("Waiting for memory on {device}: {needs} needed, {free} free.", "It starts automatically."),
    "waits-for-runs": (
        "Starts when {runs} ends (limit: {most} at a time).",
        "It starts automatically; the limit is in the settings.",
    ),
    "waits-behind": ("Queued behind {run}.", "It starts automatically."),
    "run-complete": (
        "The run {run} is finished, at step {step} of {steps}.",
        "Fork it with more steps, or start a new run.",
    ),
    "rank-lost": (
        "Rank {rank} of the run was lost ({how}); the other ranks were ended.",
        "Resume from the last checkpoint.",
    ),
    "loss-not-finite": (
        "The {what} at step {step} was NaN or infinite, so the run ended.",
        "Start again with a lower learning rate, or check the data; resuming won't help.",
    ),
    "training-memory": (
        "Out of memory on {device}: this training needs about {needs}.",
        "A batch of {batch} with gradient accumulation of {accumulate} is equivalent and needs about {smaller}.",
    ),
    "training-memory-recompute": (
        "Out of memory on {device}: this training needs about {needs}.",
        "Gradient checkpointing (launch.checkpointing) needs about {smaller} and takes a third longer.",
    ),
    "training-memory-context": (
        "Out of memory on {device}: this training needs about {needs}.",
        "A context of {context} tokens needs about {smaller}.",
    ),
    "training-memory-least": (
        "Out of memory on {device}: this training needs about {needs}.",
        "Choose a smaller model, or close other models and programs.",
    ),
    "stopped-early": (
        "Early stopping at step {step}: no improvement in {patience} evaluations.",
        "The best checkpoint is at step {best}.",
    ),
    "fork-lost": ("The checkpoint that this run was forked from is damaged: {detail}.", "Fork from another step."),
    "data-changed": (
        "The data of {run} changed since it began: {paths}. A resumed run would continue with other examples.",
        "Restore the data, or resume with the new data.",
    ),
    "folder-taken": ("The folder {path} is not empty.", "Choose a new folder."),
    "checkpoint-damaged": ("The checkpoint {path} is damaged: {detail}.", "Resume from an older one."),
    "checkpoint-foreign": (
        "The trainer state at {path} was not written by this installation and could run code.",
        "The weights beside it are safe: start a new run with that folder as its base model.",
    ),
    "disk-write": (
        "{path} couldn't be written: {detail}.",
        "Free up space or make the folder writable, then resume; earlier checkpoints are intact.",
    ),
}
