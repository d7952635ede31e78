"""Who is signed in on the Hub: a token is tried, and kept where ``huggingface_hub`` keeps it, for all its tools.

It is never written to a log, a spec or an argument list, and the file is its owner's alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.faults import understanding
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Account, Done, Event, Progress, SignIn, SignOut, WhoAmI


def sign_in(request: SignIn, session: Session) -> Iterator[Event]:
    """End with ``Done(Account)``. Raises ``StudioError`` "hub-token" where the Hub does not know the token."""
    yield Progress(what="signing-in")
    token = request.token.strip()
    if not token or any(character.isspace() for character in token):
        raise StudioError("hub-token")
    with client.asking("account", "account") as api:
        name = _name_of(api, token)
        if name is None:
            raise StudioError("hub-token")
        huggingface_hub.login(token=token, add_to_git_credential=False, skip_if_logged_in=False)
    for path in (constants.HF_TOKEN_PATH, constants.HF_STORED_TOKENS_PATH):
        with contextlib.suppress(OSError):
            Path(path).chmod(0o600)
    yield Done(result=Account(name=name))


def sign_out(request: SignOut, session: Session) -> Iterator[Event]:
    """End with ``Done(Account)`` of nobody; no request is sent."""
    yield Progress(what="signing-out")
    with contextlib.suppress(OSError):
        huggingface_hub.logout()
    yield Done(result=Account())


def who_am_i(request: WhoAmI, session: Session) -> Iterator[Event]:
    """End with ``Done(Account)``; a token that the Hub knows no more is nobody's."""
    yield Progress(what="asking-account")
    token = huggingface_hub.get_token()
    if not token:
        yield Done(result=Account())
        return
    with client.asking("account", "account") as api:
        name = _name_of(api, token)
    yield Done(result=Account(name=name or ""))


def _name_of(api: huggingface_hub.HfApi, token: str) -> str | None:
    """Whose token it is, None where the Hub does not know it."""
    try:
        with understanding():
            return str(api.whoami(token=token)["name"])
    except HfHubHTTPError as error:
        if error.response.status_code in (401, 403):
            return None
        raise
