"""Runs: their state, checkpoints, queue and memory."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "run-unknown": ("There is no run called {run}.", "“bigmodel-studio runs” lists them."),
    "run-no-checkpoint": (
        "The run {run} has no such whole checkpoint (it has: {steps}).",
        "Choose one of those steps.",
    ),
    "step-unknown": ("The run {run} has no step {step}.", "Choose one between its first and its last."),
    "run-live": ("The run {run} is at work already.", "Stop it first, or watch it."),
    "run-foreign": (
        "The run {run} is written by {writer}, and only watched here.",
        "What wrote it can stop it or go on with it.",
    ),
    "events-none": (
        "There are no scalars of TensorBoard in {path}.",
        "Give the folder of its logs, or a file with tfevents in its name.",
    ),
    "run-lost": (
        "The process of the run {run} ended without a word at step {step}.",
        "“bigmodel-studio resume {run}” goes on from its newest checkpoint.",
    ),
    "run-still-stopping": ("The run {run} has not ended after {seconds} s.", "Its log says what it is doing."),
    "run-no-answer": ("The run {run} has not answered after {seconds} s.", "Its log says what it is doing."),
    "run-not-at-work": ("The run {run} is not at work: it is {state}.", "“bigmodel-studio runs” lists those that are."),
    "run-not-waiting": ("The run {run} does not wait in the queue.", "“bigmodel-studio runs” shows the queue."),
    "queue-busy": ("The queue of runs is held by another process.", "Try again in a moment."),
    "memory-never": (
        "It needs at least {needs} on {device}, which has {total}.",
        "Take a smaller model (model.width, model.layers) or another device.",
    ),
    "waits-for-memory": (
        "It waits for memory on {device}: it needs {needs}, and {free} are free.",
        "It starts by itself when there is room.",
    ),
    "waits-for-runs": (
        "It waits until fewer than {most} run at once: {runs}.",
        "It starts by itself; the settings say how many may run at once.",
    ),
    "waits-behind": ("It waits for its turn, behind {run}.", "It starts by itself."),
    "run-complete": (
        "The run {run} has finished, at step {step} of {steps}.",
        "Fork it with more steps, or start a new run.",
    ),
    "rank-lost": (
        "Process {rank} of the run was lost ({how}), and the others were ended.",
        "Resume goes on from the last checkpoint.",
    ),
    "loss-not-finite": (
        "The {what} at step {step} was not a finite number, so that the run ended.",
        "Resume from the last checkpoint is of no use: start again with a lower learning rate, or look at the data.",
    ),
    "training-memory": (
        "There was not enough memory on {device} to train this, which takes about {needs}.",
        "With a batch of {batch}, accumulated {accumulate} times, it takes about {smaller} and learns the same.",
    ),
    "training-memory-recompute": (
        "There was not enough memory on {device} to train this, which takes about {needs}.",
        "With gradient checkpointing (launch.checkpointing) it takes about {smaller}, and a third more time.",
    ),
    "training-memory-context": (
        "There was not enough memory on {device} to train this, which takes about {needs}.",
        "With a context of {context} tokens it takes about {smaller}.",
    ),
    "training-memory-least": (
        "There was not enough memory on {device} to train this, which takes about {needs}.",
        "Take a smaller model, or close other models and programs.",
    ),
    "stopped-early": (
        "The evaluation was no better {patience} times in a row, so that the run ended at step {step}.",
        "The best checkpoint is that of step {best}.",
    ),
    "fork-lost": (
        "The checkpoint that this run was forked from is damaged: {detail}.",
        "Fork it from another step.",
    ),
    "folder-taken": ("The folder {path} is not empty.", "Name one that is not there yet."),
    "checkpoint-damaged": ("The checkpoint is damaged at {path}: {detail}.", "Resume takes an older one."),
    "checkpoint-foreign": (
        "The trainer's state at {path} is not this installation's own, and files of its kind could run code.",
        "The weights beside it are safe to use: begin a new run with that folder as its base model.",
    ),
    "disk-write": (
        "{path} could not be written: {detail}.",
        "Make room (or make the folder writable) and resume; the checkpoints before it are whole.",
    ),
}
