"""``pull-dataset``, ``datasets`` and ``remove-dataset`` as processes against a Hub on loopback; killed, too."""

from __future__ import annotations

import json
from pathlib import Path

from bigmodel_studio.core.hub import hub_cache, hub_datasets
from bigmodel_studio.core.system.settings import SettingsStore
from tests.end_to_end.test_hub_pull import cache, ended, hub, on_disk, started, until
from tests.hub_models import large
from tests.loopback_hub import LoopbackHub
from tests.processes import kill

__all__ = ["cache", "hub"]
NAME = "org/rows"


def test_killed_it_goes_on_and_is_listed_and_removed(hub: LoopbackHub, cache: Path) -> None:
    files = {f"default/train/000{number}.parquet": large(number, 400_000) for number in range(2)}
    hub.add(f"datasets/{NAME}", files, branches={"main", "refs/convert/parquet"})
    hub.bytes_per_s = 400_000
    process = started("pull-dataset", NAME, "--json")
    until(process, 450_000)
    kill(process.pid)
    ended(process)
    assert hub_datasets.copies() == []  # not taken for whole
    hub.bytes_per_s = 0
    code, out, err = ended(started("pull-dataset", f"hf://datasets/{NAME}:train", "--json"))
    assert (code, err) == (0, "")
    done = json.loads(out.splitlines()[-1])
    assert done["fetched_bytes"] < 400_000
    [path] = done["copies"][0]["paths"]
    assert [file.read_bytes() for file in sorted(Path(path).iterdir())] == list(files.values())
    assert on_disk(cache / "datasets--org--rows" / "blobs") == 800_000
    assert not list(cache.rglob(f"*{hub_cache.UNFINISHED}"))
    assert json.loads(ended(started("datasets", "--json"))[1]) == done["copies"]
    code, out, _ = ended(started("remove-dataset", NAME, "--json"))
    assert (code, json.loads(out)) == (0, {"id": NAME, "bytes": 800_000})
    assert not (cache / "datasets--org--rows").exists()


def test_a_look_and_mistakes(hub: LoopbackHub) -> None:
    hub.add(f"datasets/{NAME}", {"train.csv": b"text,label\n", "en/test.jsonl": b"{}"})
    code, out, _ = ended(started("pull-dataset", NAME, "--look", "--json"))
    assert code == 0
    assert [(p["config"], p["split"], p["bytes"]) for p in json.loads(out)["parts"]] == [
        ("default", "train", 11), ("en", "test", 2),
    ]  # fmt: skip
    assert hub.sent_bytes == 0
    code, _, err = ended(started("pull-dataset", NAME, "--config", "fr"))
    assert (code, "Choose one of: default, en" in err) == (2, True)
    SettingsStore().change(offline=True)
    asked = len(hub.requests)
    code, _, err = ended(started("pull-dataset", NAME))
    assert (code, "offline" in err, len(hub.requests)) == (2, True, asked)
