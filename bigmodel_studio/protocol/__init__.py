"""The whole conversation between the window and an engine: read this first.

A *request* is what a user wants, an *event* is what comes back, an *envelope* carries either over the pipe. All are
typed values encoded as msgpack. Whoever adds a request adds it to ``requests.Request``, gives it a line in
``engine.tasks.TASKS`` and a generator there; whoever adds an event adds it to ``events.Event``, and mypy finds every
``match`` that forgot it. The modules are by subject; every name is imported from here. It knows nothing of Qt, of
torch or of processes.
"""

from bigmodel_studio.protocol.computer import *
from bigmodel_studio.protocol.data import *
from bigmodel_studio.protocol.envelopes import *
from bigmodel_studio.protocol.events import *
from bigmodel_studio.protocol.generation import *
from bigmodel_studio.protocol.hub import *
from bigmodel_studio.protocol.inside import *
from bigmodel_studio.protocol.loading import *
from bigmodel_studio.protocol.models import *
from bigmodel_studio.protocol.pictures import *
from bigmodel_studio.protocol.requests import *
from bigmodel_studio.protocol.scoring import *
from bigmodel_studio.protocol.text import *
from bigmodel_studio.protocol.values import *
