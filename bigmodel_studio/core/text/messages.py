"""Every sentence that says what went wrong and what to do next, in one table, by code.

An error travels as a code with arguments (``protocol.Problem``), so that the window can translate its sentence and
the command line can print it. ``SENTENCES[code]`` is (what happened, the way out); both are ``str.format`` templates
over the arguments. Engine code raises ``StudioError``; anything else that escapes a task becomes ``internal``.
"""

from __future__ import annotations

from typing import Literal

from bigmodel_studio.protocol import Problem

Blame = Literal["input", "work"]


class StudioError(Exception):
    """A problem with a sentence. ``blame``: "input" is a user's mistake (exit 2), "work" a failure of it (exit 1)."""

    def __init__(self, code: str, *, blame: Blame = "input", **arguments: str | int | float) -> None:
        super().__init__(code, arguments)
        self.problem = Problem(code=code, arguments=arguments)
        self.blame: Blame = blame

    @classmethod
    def of(cls, problem: Problem) -> StudioError:
        """The error that says this problem, a user's mistake."""
        made = cls(problem.code)
        made.problem = problem
        return made

    def __str__(self) -> str:
        return sentence(self.problem)


SENTENCES: dict[str, tuple[str, str]] = {
    "internal": ("Something went wrong inside: {detail}", "The log has the details under {id}."),
    "engine-lost": ("The engine ended unexpectedly ({how}).", "It has been started again; try once more."),
    "engine-start": (
        "The engine could not be started: {detail}",
        "Run “bigmodel-studio doctor” to see what is missing.",
    ),
    "engine-frame": (
        "The engine sent something that could not be understood, and was ended.",
        "Try once more; the log has the details.",
    ),
    "engine-version": (
        "The engine is of another version ({theirs}, not {ours}).",
        "Close the application and start it again.",
    ),
    "engine-broken": (
        "The engine ended {times} times within {seconds} seconds and was not started again.",
        "The log has the details; trying again starts it once more.",
    ),
    "engine-closed": ("The application is closing.", "Start it again to go on."),
    "spec-toml": ("The spec is not valid TOML: {detail}.", "Mend that line and try again."),
    "spec-field": ("{field} is {was}.", "It may be: {may_be}."),
    "spec-missing": ("{field} is missing from the spec.", "Add it, as in the example of the README."),
    "spec-unknown": ("The spec has a field that is not known: {field}.", "{may_be}"),
    "run-unknown": ("There is no run called {run}.", "“bigmodel-studio runs” lists them."),
    "run-no-checkpoint": (
        "The run {run} has no such whole checkpoint (it has: {steps}).",
        "Choose one of those steps.",
    ),
    "parameter-unknown": ("{parameter} is no parameter that is trained.", "There is: {known}."),
    "step-unknown": ("The run {run} has no step {step}.", "Choose one between its first and its last."),
    "device-unknown": ("There is no device called {device} here.", "There is: {devices}."),
    "dtype-unknown": ("{dtype} is not used on {device}.", "It may be: {dtypes}."),
    "model-unknown": (
        "There is no model called {model} on this machine.",
        "{near}“bigmodel-studio models” lists them; a folder is written with a / in it.",
    ),
    "model-not-on-disk": ("{model} is not on this machine.", "Choose one that “bigmodel-studio models” lists."),
    "reference-unknown": (
        "There is no {model} in the catalogue.",
        "{near}“bigmodel-studio catalog” lists what there is.",
    ),
    "folder-missing": ("There is no folder {path}.", "See whether it was moved, or is spelt differently."),
    "folder-is-file": (
        "{path} is a file, and a model is a folder.",
        "Give the folder that holds config.json and model.safetensors.",
    ),
    "folder-empty": ("The folder {path} is empty.", "Its download was probably not finished: fetch it again."),
    "folder-unreadable": ("The folder {path} cannot be read: {detail}.", "See to its permissions."),
    "config-missing": (
        "{path} has no config.json, so it is no model folder.",
        "Give the folder that holds config.json; if that is this one, its download was not finished.",
    ),
    "hub-not-here": (
        "There is no folder {model} here, and no such model in the Hub's cache.",
        "“bigmodel-studio pull {model}” fetches it from the Hub; so does the Models page.",
    ),
    "hub-unfinished": (
        "Its download was not finished: {size} of what {model} still lacks are here.",
        "Fetch it again, which goes on where it stopped, or remove it.",
    ),
    "hub-files-missing": (
        "The copy is not whole: the Hub's cache lacks {files} of {model}.",
        "Fetch it again, or remove it.",
    ),
    "hub-empty": (
        "There are no files: the Hub's cache has only a folder for {model}.",
        "Fetch it again, or remove it.",
    ),
    "hub-locked": (
        "The application is offline, so that the Hub was not asked.",
        "Go online (at the window's foot, in the settings, or without HF_HUB_OFFLINE), then try again.",
    ),
    "hub-sign-in": (
        "The Hub wants to know who asks for {model}: it is private, or there is no such model.",
        "Sign in with an access token that may read it, or see how it is spelt.",
    ),
    "hub-gated": (
        "{model} is given only to those who have accepted its conditions.",
        "Accept them on {page}, then sign in with an access token and try again.",
    ),
    "hub-forbidden": (
        "The Hub does not give {model} to this account.",
        "See {page} for who may have it, or sign in with another access token.",
    ),
    "hub-not-found": (
        "{host} has no {model}.",
        "See how it is spelt; a private one is found after signing in.",
    ),
    "hub-busy": ("{host} wants fewer requests for now.", "Wait {seconds} s, then try again; what came is kept."),
    "hub-broken": (
        "{host} has trouble of its own (status {status}).",
        "Try again later; what came is kept, and is gone on from.",
    ),
    "hub-refused": ("{host} did not take the request (status {status}).", "See whether the address is right."),
    "hub-nonsense": (
        "{host} does not answer as the Hub does.",
        "See whether the network wants you to sign in on a page of its own first, and which mirror the settings name.",
    ),
    "hub-name": (
        "{model} cannot be a model's name on the Hub.",
        "A name is written as ORGANISATION/NAME, in letters, digits, “-”, “_” and “.”.",
    ),
    "hub-no-revision": (
        "{model} has no such revision.",
        "Leave it out for the newest.",
    ),
    "hub-too-many-files": (
        "{model} has {count} files that a model would need, and at most {most} are fetched.",
        "Name the files that are wanted.",
    ),
    "hub-token-old": (
        "{host} does not know the access token that is kept here.",
        "Sign in anew, or sign out: what is public needs no token.",
    ),
    "hub-tls": (
        "The connection to {host} is not safe: {detail}.",
        "See to the computer's date, and to what stands between: a proxy, a mirror, a hotel's page.",
    ),
    "hub-stalled": (
        "{host} has stopped answering.",
        "Try again when the connection is better; what came is kept, and is gone on from.",
    ),
    "hub-cut": (
        "The connection to {host} broke off.",
        "Try again; what came is kept, and is gone on from.",
    ),
    "hub-no-network": (
        "{host} cannot be reached: {detail}.",
        "See to the network, the proxy and the mirror in the settings. What is on this computer works without.",
    ),
    "hub-disk-full": (
        "{model} needs {needs}, and the disk of {path} has {free} free.",
        "Free some room, or move the Hub's cache with HF_HOME.",
    ),
    "hub-disk-full-now": ("The disk is full.", "Free some room, then go on: what came is kept."),
    "hub-no-file": ("{model} has no file {file}.", "See its list of files."),
    "hub-no-model": (
        "{model} has no config.json, so it is no model of transformers.",
        "If it was made for another library (diffusers, GGUF), it is not used here.",
    ),
    "hub-no-safetensors": (
        "{model} has no weights as safetensors, and others are not used here.",
        "Look for a copy with model.safetensors, or name the files that are wanted.",
    ),
    "hub-wrong-sum": (
        "{file} came wrong twice: its checksum is not the Hub's.",
        "Something on the way changes it. Try again later, or without the mirror or proxy.",
    ),
    "hub-token": (
        "The Hub does not know this access token.",
        "Copy it whole from https://huggingface.co/settings/tokens; it begins with hf_.",
    ),
    "hub-no-config": (
        "There is no config.json: transformers cannot load {model} from the Hub's cache.",
        "Fetch all of it. If it was made for another library (diffusers, GGUF), it is not used here.",
    ),
    "config-broken": ("{file} cannot be used: {detail}.", "Fetch that file again."),
    "config-invalid": ("config.json does not make a model: {detail}.", "Fetch the folder again from its source."),
    "config-unknown-type": (
        "This is a “{model_type}” model, and transformers {version} knows no such kind.",
        "It may need a newer version, or its config.json is damaged.",
    ),
    "config-no-type": ("config.json does not say what kind of model this is.", "Fetch that file again."),
    "remote-code": (
        "This model wants to run its own program code ({files}), and that is never done here.",
        "Look for a version of the model that transformers knows without it.",
    ),
    "kind-wrong": ("{model} is a model of kind “{kind}”, and this needs one of kind “{wanted}”.", "{others}"),
    "weights-missing": (
        "{folder} has no weights (no model.safetensors).",
        "Its download was probably not finished: fetch it again.",
    ),
    "weights-not-safetensors": (
        "The weights are only in a format that can run code when it is opened ({files}), and that is refused.",
        "Take a copy with model.safetensors, or convert it first: https://huggingface.co/spaces/safetensors/convert.",
    ),
    "weights-empty": ("{file} is empty (0 bytes).", "Its download was not finished: fetch it again."),
    "weights-no-tensors": ("{file} holds no tensors.", "Fetch it again."),
    "weights-lfs": (
        "{file} is only a Git LFS pointer, not the weights.",
        "Run “git lfs pull” in that folder, or download the file itself.",
    ),
    "weights-format": (
        "{file} is not a safetensors file but {format}; it was not opened.",
        "Take a copy of the model with real safetensors weights.",
    ),
    "weights-header": ("{file} is damaged, or not a safetensors file: {detail}.", "Fetch it again."),
    "weights-truncated": (
        "{file} is cut off: it has {has:,} bytes and needs {needs:,}.",
        "Its download was not finished: fetch it again.",
    ),
    "weights-index": ("model.safetensors.index.json cannot be used: {detail}.", "Fetch that file again."),
    "weights-shard-missing": ("A part of the weights is missing: {file}.", "Fetch that file again."),
    "gguf-magic": ("{file} is not a GGUF file.", "Fetch it again, or take another."),
    "gguf-version": (
        "{file} is of GGUF version {version}; versions 2 and 3 are read.",
        "Take a newer copy of the model.",
    ),
    "gguf-counts": (
        "{file} says that it has {tensors:,} tensors and {entries:,} entries, more than fit into it.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-header": (
        "The header of {file} is larger than any model needs, so that it was not read to its end.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-length": (
        "{file} says that a part of it is {length:,} bytes long, which cannot be.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-list": (
        "{file} says that it has a list of {count:,} texts, more than it can hold.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-name": (
        "{file} has a name of {length:,} bytes, and names are short.",
        "It is damaged, or made to do harm: fetch it from another source.",
    ),
    "gguf-text": ("{file} holds a text that is not UTF-8.", "It is damaged: fetch it again."),
    "gguf-nested": ("{file} holds a list of lists ({name}), which no model needs.", "Take another copy of the model."),
    "gguf-twice": ("{file} has the name {name} twice.", "It is damaged: fetch it again."),
    "gguf-value-type": (
        "{file} gives {name} a value of a type that does not exist ({type}).",
        "It is damaged: fetch it again.",
    ),
    "gguf-alignment": (
        "{file} says that its tensors are aligned to {was}, and that must be a power of two.",
        "It is damaged: fetch it again.",
    ),
    "gguf-shape": (
        "The tensor {name} of {file} has a shape that makes no sense ({shape}).",
        "It is damaged: fetch it again.",
    ),
    "gguf-tensor-type": (
        "The tensor {name} of {file} is of a type that is not known here ({type}).",
        "The file may be newer than this application; else it is damaged: fetch it again.",
    ),
    "gguf-overlap": (
        "The tensor {name} of {file} lies over another, or where none may begin.",
        "It is damaged: fetch it again.",
    ),
    "gguf-no-model": ("{file} is a GGUF file without tensors, so it is no model.", "Take the file with the weights."),
    "ollama-manifest": (
        "Ollama’s entry for {model} leads to no model that can be read.",
        "“ollama pull {model}” fetches it again.",
    ),
    "task-unknown": ("There is no task called {task}.", "There are: {tasks}."),
    "size-unknown": ("“{was}” is not a size.", "It may be: 512MB, 4GB, 1.5GiB."),
    "count-unknown": ("“{was}” is not a number of parameters.", "It may be: 500M, 7B, 1.5B."),
    "task-not-tried": ("What is asked here cannot be tried on examples: {task}.", "These can: {tasks}."),
    "try-nothing": ("There is nothing to try: {detail}.", "Add an example, and choose a model that is here."),
    "advice-here": ("It is on this computer.", ""),
    "advice-fetch": ("It can be fetched from the Hub: about {size}.", ""),
    "advice-fits": ("It takes {needs} of the {free} that it may take.", ""),
    "advice-too-large": ("It takes {needs}, and it may take only {free}.", ""),
    "advice-largest": ("With {parameters} parameters it is the largest that fits.", ""),
    "advice-no-chat": ("It continues text, and was not made for conversation.", ""),
    "advice-tokens": ("It gives about {rate} tokens a second.", ""),
    "advice-pictures": ("It looks at about {rate} pictures a second.", ""),
    "advice-inputs": ("It takes in about {rate} texts a second.", ""),
    "advice-slow": ("It is slower than was asked for: about {rate} a second.", ""),
    "advice-speed-unknown": ("How fast it is here is not known.", ""),
    "gguf-not-run": (
        "{model} is a GGUF file: it can be looked at and planned with here, but not run yet.",
        "To use the model here, take it with safetensors weights; llama.cpp, LM Studio and Ollama run this file.",
    ),
    "tensors-missing": (
        "The weights lack {count} of the model's tensors: {names}.",
        "They belong to another model, or are damaged: fetch them again.",
    ),
    "tensors-mismatched": (
        "{count} tensors have another shape than config.json says: {names}.",
        "Weights and config.json do not belong together: fetch both again.",
    ),
    "tokenizer-missing": (
        "{model} has no tokenizer.json, so text cannot be turned into tokens.",
        "Fetch that file from the model's source, beside its weights.",
    ),
    "tokenizer-broken": ("The tokenizer cannot be used: {detail}.", "Fetch tokenizer.json again."),
    "tokenizer-mismatch": (
        "The tokenizer has {tokens:,} tokens and the model only {vocabulary:,}.",
        "They do not belong together: fetch both again.",
    ),
    "template-broken": (
        "The model's chat template cannot be used: {detail}.",
        "Use plain continuation (without chat) with this model.",
    ),
    "logits-not-finite": (
        "The model computed something that is not a number, so no token could be chosen.",
        "Its weights may be damaged, or too large for this dtype: try float32.",
    ),
    "processor-missing": (
        "{path} has no preprocessor_config.json, so pictures cannot be made into what the model takes.",
        "Fetch that file from the model's source, beside its weights.",
    ),
    "processor-broken": (
        "{file} cannot be used: {detail}.",
        "Fetch that file again from the model's source.",
    ),
    "prompt-empty": ("There is no prompt, and this model has no token to begin with.", "Give it some text."),
    "prompt-unknown-tokens": (
        "This model's tokenizer does not know anything in that prompt.",
        "Use characters that it knows, for example: {examples}",
    ),
    "context-full": (
        "The text has {tokens:,} tokens, and this model sees only {context:,}.",
        "Shorten it to {context:,} tokens or fewer.",
    ),
    "context-trimmed": (
        "The conversation is longer than the model can see: its oldest {turns} messages were left out.",
        "Start a new conversation to make room.",
    ),
    "sampling-invalid": ("{field} is {was}.", "It may be: {may_be}."),
    "picture-missing": ("There is no such file.", "See whether it was moved."),
    "picture-unreadable": ("The file cannot be read: {detail}.", "See to its permissions, or open another."),
    "picture-empty": ("The file is empty.", "Copy it again."),
    "picture-format": ("This is not a picture of a known kind.", "Known are {formats}."),
    "picture-damaged": ("The picture is cut off or damaged.", "Copy it again, or open another."),
    "picture-too-large": (
        "The picture has {width:,} × {height:,} pixels; at most {most} megapixels are opened.",
        "Make it smaller first.",
    ),
    "no-pictures-read": ("None of the pictures could be read.", "The reasons are listed with each."),
    "settings-damaged": (
        "The settings file was damaged; the settings are as they were at first.",
        "The damaged file was kept as {path}.",
    ),
    "settings-unreadable": ("The settings could not be read from {path}: {detail}.", "They are as they were at first."),
    "settings-unwritable": ("The settings could not be saved in {path}: {detail}.", "They hold until you close."),
    "settings-field": ("The setting “{field}” was {was}, which it cannot be.", "It has its first value again."),
    "config-no-architecture": (
        "No architecture that is used here is named by config.json in {path}.",
        'Add its “architectures” entry, for example ["LlamaForCausalLM"].',
    ),
    "adapter-folder": (
        "{path} holds an adapter, not a whole model.",
        "Merge the adapter into its base model and save that.",
    ),
    "quantised-weights": (
        "The weights are quantised ({method}), which is not read here.",
        "Take the model in float16, bfloat16 or float32.",
    ),
    "weights-fewer-layers": (
        "The weights are those of {has} layers, and config.json asks for {wants}.",
        "Fetch the folder again from its source: its files do not belong together.",
    ),
    "weights-too-few": (
        "config.json describes a model of {wants:,} parameters, and the weights hold only {has:,}.",
        "They do not belong together: fetch both again.",
    ),
    "tokenizer-file": ("{file} cannot be used: {detail}.", "Fetch that file again."),
    "torch-cpu-build": (
        "The installed torch {torch} is a build for the CPU alone and cannot use the {card}.",
        "To use it: {command}",
    ),
    "torch-other-build": (
        "The installed torch {torch} is built for CUDA {cuda}, which the {card} or its driver cannot run.",
        "To use it: {command}",
    ),
    "torch-driver": (
        "The installed torch {torch} (CUDA {cuda}) fits the {card}, but the card does not start.",
        "“nvidia-smi” tells what the driver is missing; a new driver or a restart mostly mends it.",
    ),
    "torch-no-build": (
        "No build of torch {torch} fits the {card} and its driver, so that the CPU is used.",
        "A newer driver from nvidia.com may change that.",
    ),
    "open-missing": ("There is nothing at {path}.", "Choose another file or folder."),
    "open-unknown": (
        "“{name}” is nothing that can be opened here.",
        "Drop pictures, texts to learn from, a model’s folder (with a config.json), a run’s or TensorBoard’s.",
    ),
    "open-not-local": ("Only files and folders on this computer can be dropped here.", "Save it first, then drop it."),
    "paste-nothing": ("There is neither a picture nor a file on the clipboard.", "Copy one first."),
    "paste-unwritable": ("The pasted picture could not be kept in {path}.", "Make room there, then paste again."),
    "pictures-none": ("The folder “{folder}” holds no pictures.", "Drop pictures, or a folder with some in it."),
    "pictures-many": ("Only the first {most} pictures were taken.", "Drop the rest when these are done."),
    "run-bundled": ("The run {run} came with the application and stays.", "Runs of your own can be removed."),
    "model-bundled": ("{model} came with the application and stays.", "Models of your own can be removed."),
    "model-of-run": (
        "{model} is what the run {run} has made, and goes only with it.",
        "Remove the run, on the Train page: it can be brought back as well.",
    ),
    "model-not-listed": ("{path} is not among the folders that are remembered.", "Its files are never touched."),
    "model-of-others": (
        "{model} belongs to LM Studio or Ollama, and stays.",
        "Remove it there; this application only looks at it.",
    ),
    "model-loaded": (
        "{model} is loaded now, so it was not removed.",
        "Unload it on the Models page, or wait until the command that uses it has ended.",
    ),
    "model-in-training": (
        "The run {run} is training on {model}, so it was not removed.",
        "Wait until the run has ended, or stop it first.",
    ),
    "model-there-again": (
        "{model} is in the Hub's cache again, so that what was removed stays in the trash.",
        "Remove the new copy first, or let the old one go.",
    ),
    "trash-other-disk": (
        "{model} lies on another disk than the trash, so that it cannot be kept there.",
        "“bigmodel-studio remove {model} --for-good” deletes it, which frees {size}.",
    ),
    "folder-not-shown": ("There is no program here that shows folders.", "The folder is {path}."),
    "delete-failed": ("{path} could not be deleted whole: {detail}.", "What is left of it is listed; try once more."),
    "trash-failed": ("{path} could not be moved: {detail}.", "It is where it was; the log has the details."),
    "trash-gone": ("“{name}” is not in the trash any more.", "Its time was up, or it was brought back already."),
    "window-hangs": (
        "Another window of this application is open and does not answer.",
        "Close one of the two: what is changed in both is kept as the last to close has it.",
    ),
    "page-broken": ("This page could not be shown: {detail}.", "The log has the details."),
    "conversations-damaged": (
        "The file of conversations was damaged; a new one was begun.",
        "The damaged file was kept as {path}.",
    ),
    "conversations-unwritable": ("This conversation cannot be kept: {detail}.", "It stays here until you close."),
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
    "plan-batch": ("With a batch of {to} it takes {size}.", ""),
    "plan-context": ("With a context of {to} tokens it takes {size}.", ""),
    "plan-dtype": ("With its weights in {to} it takes {size}.", ""),
    "plan-checkpointing": ("With gradient checkpointing, which computes activations twice, it takes {size}.", ""),
    "plan-lora": ("With LoRA of rank {to} in place of all weights it takes {size}.", ""),
    "plan-frozen": ("Training only its last layer takes {size}.", ""),
    "plan-optimizer": ("With SGD, which keeps one number a weight and not two, it takes {size}.", ""),
    "plan-smaller-model": (
        "It takes {size} and {free} are free: no single change is enough.",
        "Choose a smaller model, a device with more memory, or several of these changes.",
    ),
    "plan-none": ("{model} cannot be planned with: its structure cannot be run without its weights.", ""),
    "measure-killed": (
        "What was to be measured was ended by the system ({how}), most likely for want of memory.",
        "Take a smaller batch or a shorter context.",
    ),
    "measure-failed": ("It could not be measured: {detail}.", "Try another batch, context or method."),
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
    "spec-file": ("The spec {path} cannot be read: {detail}.", "Give the path of a TOML file."),
    "run-complete": (
        "The run {run} has finished, at step {step} of {steps}.",
        "Fork it with more steps, or start a new run.",
    ),
    "objective-not-built": ("The objective {objective} cannot be trained yet.", "What can be trained: {built}."),
    "method-not-built": (
        "The method {method} cannot be used with {objective}.",
        "Set method.kind to one of: {built}.",
    ),
    "lora-no-target": (
        "The model has no module called {targets} to put an adapter on.",
        "Name some in method.targets; it has: {there}.",
    ),
    "data-no-labels": (
        "{path} is not a table of texts with their classes.",
        "It may be a folder with a folder of texts for each class, or a file that ends in {suffixes}.",
    ),
    "data-row": ("{path}, line {line}: {detail}.", "Mend that line, or leave it out."),
    "data-record": ("{path}, row {line}: {detail}.", "Mend that row, or choose other columns or another file."),
    "data-parquet": ("{path} cannot be read as Parquet: {detail}.", "Fetch or write it again."),
    "parquet-missing": (
        "{path} is Parquet, and the optional library that reads it is not installed.",
        "Install it with: {command}",
    ),
    "data-column": (
        "{path} has no column {column}; it has: {columns}.",
        "Say which in data.text_column and data.label_column.",
    ),
    "data-many-classes": (
        "There are {count} classes, and at most {most} are learnt.",
        "See whether the column of the class is the right one.",
    ),
    "data-not-utf8": ("{path}, line {line} is not UTF-8.", "Save the file as UTF-8."),
    "preview-rows": (
        "{count:,} rows cannot be used: {detail}.",
        "A run ends at the first of them: mend them, or leave them out.",
    ),
    "preview-rows-not-utf8": (
        "{count:,} lines are not UTF-8.",
        "A run ends at the first of them: save the file as UTF-8.",
    ),
    "preview-empty": ("{count:,} rows have no text, and are left out.", "See whether something is missing there."),
    "preview-shared": (
        "{count:,} of the {examples:,} examples to evaluate on ({share}) are learnt from, too.",
        "The evaluation then measures what was learnt by heart: take them out of one of the two.",
    ),
    "preview-shared-nearly": (
        "{count:,} more of the {examples:,} examples to evaluate on ({share}) are, too, but for spaces and capitals.",
        "The evaluation then measures what was learnt by heart: take them out of one of the two.",
    ),
    "preview-conflicts": (
        "{count:,} examples are the same as one before them, and labelled otherwise.",
        "No model can say both: settle on one, or leave them out.",
    ),
    "preview-doubles": (
        "{count:,} of the {examples:,} examples to learn from ({share}) repeat an earlier one exactly.",
        "What is repeated is learnt more than the rest: leave it out, unless it is meant.",
    ),
    "preview-doubles-nearly": (
        "{count:,} more of the {examples:,} examples to learn from ({share}) repeat one but for spaces and capitals.",
        "What is repeated is learnt more than the rest: leave it out, unless it is meant.",
    ),
    "preview-uneven": (
        "The largest class, {label}, has {share} of the examples, {ratio} times as many as the smallest, {least}.",
        "Always saying {label} is right {share} of the time: look at F1 and at each class, not at accuracy alone.",
    ),
    "preview-tags-outside": (
        "{share} of the words have the tag {label}.",
        "Always saying it is right that often: look at F1, which counts what is found, not at accuracy.",
    ),
    "preview-few": (
        "{count:,} classes have fewer than {few} examples to learn from: {labels}.",
        "Add examples of them, or leave these classes out.",
    ),
    "preview-unevaluated": (
        "{count:,} classes have no example to evaluate on: {labels}.",
        "How well they are learnt will not be seen: add some, or evaluate on a larger share.",
    ),
    "preview-cut": (
        "{count:,} of the {examples:,} examples are cut off: the model is given {context:,} tokens.",
        "Take a larger model.context where the model allows it, or shorten them.",
    ),
    "preview-unknown": (
        "{share} of the tokens stand for characters or words that the tokenizer does not know.",
        "The model cannot tell these apart: take a base model of this language, or a larger vocabulary.",
    ),
    "preview-not-utf8": (
        "{count:,} lines are not UTF-8; what cannot be read there is learnt as “\ufffd”.",
        "Save the file as UTF-8.",
    ),
    "preview-pictures-unread": (
        "{count:,} pictures cannot be read and are left out: {reason}",
        "Replace them, or remove them.",
    ),
    "preview-class-empty": (
        "{count:,} folders hold no pictures, and are no classes: {labels}.",
        "Put pictures into them, or remove them.",
    ),
    "preview-chats-unusable": (
        "{count:,} entries are no conversations to learn from, and are left out: {detail}.",
        "Mend them, or leave them out.",
    ),
    "preview-chats-unanswered": (
        "{count:,} conversations are left out: no answer in them begins within the {context:,} tokens that are read.",
        "Take a larger model.context where the model allows it, or shorten what comes before the answers.",
    ),
    "preview-no-evaluation": (
        "There is nothing to evaluate on.",
        "Set data.evaluation: else it is not seen when a model learns by heart.",
    ),
    "preview-excerpt": (
        "Only the first {share} of the data were looked at.",
        "Examples, counts and findings are of these; a training learns from everything.",
    ),
    "frozen-from-scratch": (
        "A model that begins from scratch has nothing to be kept frozen.",
        "Set method.kind to full, or model.base to a model.",
    ),
    "experiment-unknown": ("There is no experiment called {experiment}.", "There are: {known}."),
    "experiment-parameter": (
        "The experiment {experiment} has no {parameter} to choose.",
        "It has: {known}.",
    ),
    "scaling-few": (
        "No power law: only {points} of the runs that have ended lie on the frontier, and it takes {least}.",
        "Add runs with more compute, or wait for those that are at work.",
    ),
    "base-needed": (
        "{objective} does not begin from scratch.",
        "Set model.base to a model to train on from.",
    ),
    "architecture-not-built": (
        "{objective} cannot be trained with the architecture {architecture} from scratch.",
        "Set model.architecture to one of: {built}.",
    ),
    "processes-cards": (
        "{processes} processes want a card each, and this computer has {cards}.",
        "Set launch.processes to {cards} or fewer, or launch.device to cpu.",
    ),
    "rank-lost": (
        "Process {rank} of the run was lost ({how}), and the others were ended.",
        "Resume goes on from the last checkpoint.",
    ),
    "dataset-address": (
        "“{was}” is no address of a dataset.",
        "It is written as OWNER/NAME, with @REVISION, /CONFIG and :SPLIT behind it where they are wanted.",
    ),
    "dataset-no-files": (
        "{dataset} has no files that can be learnt from.",
        "Such files end in {suffixes}; a dataset that only a script of its own makes is not used here.",
    ),
    "dataset-config": ("{dataset} has no configuration “{config}”.", "Choose one of: {configs}."),
    "dataset-split": ("{dataset} has no split “{split}”.", "Choose one of: {splits}."),
    "dataset-unknown": (
        "There is no dataset {dataset} on this computer.",
        "“bigmodel-studio datasets” lists those that there are.",
    ),
    "dataset-in-training": (
        "The run {run} is learning from {dataset}, so it was not removed.",
        "Wait until the run has ended, or stop it first.",
    ),
    "data-on-hub": (
        "{path} is on the Hub, and a training reads only files of this computer.",
        "Fetch it once with “bigmodel-studio pull-dataset”, or with “From the Hub…” in the window, which say its path.",
    ),
    "data-missing": ("There is no file or folder {path}.", "Mend data.train or data.evaluation."),
    "data-unreadable": ("{path} cannot be read: {detail}.", "See to its permissions."),
    "data-no-text": ("The folder {path} holds no text files.", "Files that end in {suffixes} are taken."),
    "data-empty": ("There is no text in {path}.", "Choose files with something in them."),
    "data-not-a-folder": (
        "{path} is a file, and no table of pictures.",
        "Choose a folder with a folder for each class, or a table (CSV, TSV, JSON lines, Parquet) of their paths.",
    ),
    "data-no-classes": (
        "The folder {path} holds no folders of pictures.",
        "Make a folder in it for each class, named as the class is, with its pictures inside.",
    ),
    "data-one-class": (
        "There are pictures of one class only ({label}).",
        "Add a folder with pictures of another class: there must be two to be told apart.",
    ),
    "data-split-folder": (
        "The folder {path} is not a class folder’s parent: it holds {parts}.",
        "Choose the folders in it: {train} to learn from, the other to evaluate on.",
    ),
    "data-strange-class": (
        "There is a class to be evaluated on that is not learnt: {label}.",
        "Give both folders the same classes.",
    ),
    "data-no-pictures": (
        "None of the {count:,} pictures in {path} could be read.",
        "The log has the reason for each.",
    ),
    "labels-changed": (
        "The classes in the data are not those that the run began with ({were}).",
        "Put the folders back as they were, or start a new run.",
    ),
    "processor-size-varies": (
        "{model} takes pictures of many shapes, and training needs one.",
        "Choose a model whose preprocessor_config.json crops to a fixed size.",
    ),
    "processor-own-way": (
        "{model} makes its input from pictures in a way that training does not know.",
        "Choose another model to fine-tune.",
    ),
    "data-no-sentences": (
        "The text has no two sentences that follow each other.",
        "A document ends at a blank line: add texts of several sentences, or set masking.next_sentence to false.",
    ),
    "tokenizer-no-mask": (
        "The tokenizer has no token to hide words with.",
        "Choose one with the tokens [CLS], [SEP], [PAD] and [MASK], or have one learnt: model.tokenizer = train:4096.",
    ),
    "no-next-sentence": (
        "{model} does not tell whether a sentence follows another.",
        "Choose a BERT that was trained for it (masking.next_sentence).",
    ),
    "mask-none": ("There is nothing hidden in the text.", "Write [MASK] in place of a word."),
    "text-empty": ("There is no text.", "Write something to be read."),
    "language-unknown": ("The model does not translate into “{to}”.", "It knows: {known}."),
    "text-pairs": (
        "{count} texts are no pairs: each first sentence needs a second.",
        "Give two texts for each pair.",
    ),
    "text-task": ("There is no such task for texts: {task}.", "There are: {known}."),
    "next-sentence-none": (
        "{model} has no output that tells whether a sentence follows another.",
        "Set masking.next_sentence to false.",
    ),
    "chat-none": (
        "There is no conversation to learn from in {path}: {detail}.",
        "One JSON entry a line, or one array, with messages, conversations, or instruction and output.",
    ),
    "data-too-little": (
        "There are only {tokens:,} {part} tokens; {needed:,} are needed.",
        "Add text, or take a smaller model.context (or another data.evaluation).",
    ),
    "vocabulary-mismatch": (
        "The tokenizer has {tokens:,} entries, and the model knows {known:,}.",
        "Leave model.tokenizer out: a model is trained on with its own.",
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
    "checkpointing-unknown": (
        "Gradient checkpointing cannot be used with {architecture}.",
        "Set launch.checkpointing to false; a smaller batch with schedule.accumulate saves memory too.",
    ),
    "stopped-early": (
        "The evaluation was no better {patience} times in a row, so that the run ended at step {step}.",
        "The best checkpoint is that of step {best}.",
    ),
    "fork-fixed": (
        "A fork goes on with the model of its checkpoint, so that {field} stays as it is.",
        "Start a new run to change it.",
    ),
    "fork-lost": (
        "The checkpoint that this run was forked from is damaged: {detail}.",
        "Fork it from another step.",
    ),
    "change-form": (
        "“{text}” is no change.",
        "It is written as field=value, for example optimizer.learning_rate=3e-4.",
    ),
    "folder-taken": ("The folder {path} is not empty.", "Name one that is not there yet."),
    "spec-sweep": (
        "This spec is of a sweep: its table [sweep] names the values that are tried.",
        "“bigmodel-studio sweep SPEC.toml” starts a run for each.",
    ),
    "sweep-empty": (
        "There is nothing to sweep over.",
        "Name a field with several values: --over optimizer.learning_rate=1e-3,3e-4, or a [sweep] table in the spec.",
    ),
    "sweep-large": (
        "That would be {count:,} runs, and a sweep has at most {most:,}.",
        "Leave out some of the values.",
    ),
    "sweep-unknown": (
        "There are no runs of a sweep called {sweep}.",
        "“bigmodel-studio runs --json” says of which each is.",
    ),
    "checkpoint-damaged": ("The checkpoint is damaged at {path}: {detail}.", "Resume takes an older one."),
    "checkpoint-foreign": (
        "The trainer's state at {path} is not this installation's own, and files of its kind could run code.",
        "The weights beside it are safe to use: begin a new run with that folder as its base model.",
    ),
    "disk-write": (
        "{path} could not be written: {detail}.",
        "Make room (or make the folder writable) and resume; the checkpoints before it are whole.",
    ),
    "torch-missing": ("torch cannot be used: {detail}.", "Run “python3 packaging/dev.py run” again."),
    "qt-broken": (
        "The window's toolkit (Qt) cannot be used: {detail}.",
        "“python3 packaging/dev.py run” installs the shared libraries that it needs.",
    ),
    "file-not-saved": ("{path} could not be saved: {detail}.", "Choose another folder, or make room there."),
    "bench-missing": (
        "There are no benchmarks here: they are part of a checkout of the project, not of an installed package.",
        "Run this from a checkout.",
    ),
    "bench-unknown": ("There is no benchmark called {name!r}.", "There are: {known}."),
    "home-not-writable": ("{path} cannot be written to.", "Set BIGMODEL_STUDIO_HOME to a folder that can."),
    "disk-almost-full": ("Only {free} are free at {path}.", "Make room before training or downloading."),
    "out-of-memory": ("There was not enough memory on {device}.", "Close other models, or take a smaller one."),
}


def sentence(problem: Problem) -> str:
    """What happened, in English."""
    return filled(SENTENCES.get(problem.code, (problem.code, ""))[0], problem)


def hint(problem: Problem) -> str:
    """What to do next, in English ("" where there is nothing to say)."""
    return filled(SENTENCES.get(problem.code, ("", ""))[1], problem)


def filled(template: str, problem: Problem) -> str:
    """A template of ``SENTENCES``, or its translation, with the problem's arguments put in."""
    try:
        return template.format_map(problem.arguments)
    except (KeyError, IndexError, ValueError):
        return template
