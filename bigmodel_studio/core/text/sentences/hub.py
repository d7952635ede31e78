"""The Hugging Face Hub: connection, sign-in and downloads."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "hub-not-here": ("{model} is neither a folder nor a model in the Hub's cache.", "Download it on the Models page."),
    "hub-unfinished": (
        "The download of {model} is incomplete: {size} of the unfinished files are here.",
        "Download it again, which resumes, or remove it.",
    ),
    "hub-files-missing": (
        "The copy of {model} is incomplete: {files} missing in the Hub's cache.",
        "Download it again, or remove it.",
    ),
    "hub-empty": ("The Hub's cache has an empty folder for {model}.", "Download it again, or remove it."),
    "hub-locked": (
        "The application is offline.",
        "Go online at the bottom of the window or in the settings (unset HF_HUB_OFFLINE if it is set), then try again.",
    ),
    "hub-locked-outside": (
        "The application is offline because {variable} is set.",
        "Unset {variable}, then start the application again.",
    ),
    "hub-sign-in": (
        "{model} is private or doesn't exist.",
        "Check its spelling, or sign in with an access token that may read it.",
    ),
    "hub-gated": (
        "{model} is gated.",
        "Accept its conditions on {page}, sign in with an access token, then try again.",
    ),
    "hub-forbidden": (
        "This account has no access to {model}.",
        "Request access on {page}, or sign in with another access token.",
    ),
    "hub-not-found": ("{host} has no {model}.", "Check its spelling. If it is private, sign in."),
    "hub-busy": (
        "{host} is limiting requests.",
        "Wait {seconds} s, then try again; the download will resume.",
    ),
    "hub-broken": ("{host} returned HTTP {status}.", "Try again later; the download will resume."),
    "hub-refused": ("{host} rejected the request (HTTP {status}).", "Check the address."),
    "hub-nonsense": (
        "{host} doesn't answer like the Hub.",
        "Check for a network sign-in page, and the mirror in the settings.",
    ),
    "hub-name": (
        "{model} is not a valid model name.",
        "Write ORGANIZATION/NAME with letters, digits, “-”, “_” and “.”.",
    ),
    "hub-no-revision": ("{model} has no such revision.", "Leave the revision out to get the newest."),
    "hub-too-many-files": ("{model} has {count} model files; the limit is {most}.", "Choose the files to download."),
    "hub-token-old": (
        "{host} rejected the saved access token.",
        "Sign in again, or sign out: public models need no token.",
    ),
    "hub-tls": (
        "The connection to {host} is not secure: {detail}.",
        "Check the computer's date, the proxy and the mirror.",
    ),
    "hub-stalled": ("{host} stopped responding.", "Try again when the connection is better; the download will resume."),
    "hub-slow": (
        "{host} sent less than 1 kB/s for {seconds} s.",
        "Try again when the connection is better; the download will resume.",
    ),
    "hub-cut": ("The connection to {host} was lost.", "Try again; the download will resume."),
    "hub-no-network": ("No connection to {host}.", "Check the network or proxy."),
    "hub-disk-full": (
        "{model} needs {needs}; {free} are free on the disk of {path}.",
        "Free up space, or move the Hub's cache with HF_HOME.",
    ),
    "hub-disk-full-now": ("The disk is full.", "Free up space, then resume."),
    "hub-no-file": ("{model} has no file {file}.", "Check its list of files."),
    "hub-no-model": (
        "{model} has no config.json, so its structure can't be read from the Hub.",
        "A GGUF file can be opened once it is downloaded. Models for diffusers and other libraries are not supported.",
    ),
    "hub-no-safetensors": (
        "{model} has no safetensors weights.",
        "Look for a copy with model.safetensors, or choose the files to download.",
    ),
    "hub-wrong-sum": (
        "{file} arrived with a wrong checksum twice.",
        "Try again later, or without the mirror or proxy.",
    ),
    "hub-token": (
        "The Hub rejected this access token.",
        "Copy it completely from https://huggingface.co/settings/tokens; it starts with hf_.",
    ),
    "hub-no-config": (
        "{model} in the Hub's cache has no config.json, so transformers can't load it.",
        "Download all of it, or choose a GGUF file. Models for diffusers and other libraries are not supported.",
    ),
}
