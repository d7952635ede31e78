"""No page keeps the window waiting for imports when it is shown: they were done before, the libraries in a thread."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_CODE = """
import json, sys, threading
from bigmodel_studio.app import Application
from bigmodel_studio.ui.pages import PAGES

class Watcher:
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "pyqtgraph"):
            print(json.dumps(threading.current_thread().name))

made = Application([])
before = {*sys.modules}
sys.meta_path.insert(0, Watcher())
while not made.warming.done:
    made.application.processEvents()
warm = {*sys.modules}
for page in PAGES:
    made.window.show_page(page)
    made.application.processEvents()
late = sorted({*sys.modules} - warm)
made.window.close()
made.close()
print(json.dumps([name in warm - before for name in ("numpy", "pyqtgraph", "bigmodel_studio.ui.pages.train.page")]))
print(json.dumps([name for name in late if name.startswith(("numpy", "pyqtgraph", "bigmodel_studio.ui"))]))
"""


def test_showing_a_page_imports_nothing_of_its_own(repository: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _CODE], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    *threads, early, late = (json.loads(line) for line in ended.stdout.splitlines())
    assert threads == ["warming", "warming"]
    assert early == [True, True, True]
    assert late == []
