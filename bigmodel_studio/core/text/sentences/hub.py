"""The Hugging Face Hub: connection, sign-in and downloads."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
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
}
