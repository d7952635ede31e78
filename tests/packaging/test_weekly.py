"""What `.ci/weekly` runs: the lowest versions are read off the ranges, and the floor of coverage only rises."""

from __future__ import annotations

import json
from pathlib import Path

import dev
import dev_lowest
import pytest
from dev_environment import Environment, LowestEnvironment

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = """
[project]
dependencies = ["numpy>=1.26", "torch>=2.11,<2.14", "pyside6-essentials>=6.8,<6.12"]
[project.optional-dependencies]
data = ["datasets>=4"]
test = ["big-model-studio[data]", "coverage[toml]>=7.10.6"]
"""


def test_the_lowest_versions_are_those_of_the_ranges_but_torchs() -> None:
    expected = ["coverage==7.10.6", "datasets==4", "numpy==1.26", "pyside6-essentials==6.8"]
    assert dev_lowest.lowest_versions(PYPROJECT) == expected


def test_a_requirement_without_a_lowest_version_is_named() -> None:
    with pytest.raises(ValueError, match="rich has no lowest version"):
        dev_lowest.lowest_versions('[project]\ndependencies = ["rich"]\noptional-dependencies = {}\n')


def test_every_requirement_of_ours_has_a_lowest_version() -> None:
    pins = dev_lowest.lowest_versions((ROOT / "pyproject.toml").read_text("utf-8"))
    assert len(pins) > 20
    assert not any(pin.startswith("torch==") for pin in pins)


def test_the_lowest_have_an_environment_of_their_own_with_the_pinned_torch(tmp_path: Path) -> None:
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging/constraints.txt").write_text("numpy==2.4.6\ntorch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    made = LowestEnvironment(tmp_path)
    made.folder.mkdir()
    made._prepare()
    assert made.folder == tmp_path / ".venv-lowest"
    assert made.constraints.read_text("utf-8").splitlines()[-2:] == ["pyside6-essentials==6.8", "torch==2.13.0"]
    assert made.key("cpu", False) == Environment(tmp_path).key("cpu", False)


def test_both_are_options_of_test_alone_and_run_the_tests_alone() -> None:
    assert dev.parse(["test", "--lowest", "--torch", "cpu", "tests/core"]) == dev.Command(
        "test", "cpu", None, ("tests/core",), lowest=True
    )
    assert dev.parse(["run", "--lowest"]).rest == ("--lowest",)
    covered = dev.stages(Environment(ROOT), dev.parse(["test", "--coverage"]))
    assert list(covered) == ["tests"]
    assert "--cov" in covered["tests"][0]
    assert "--cov" not in dev.stages(Environment(ROOT), dev.parse(["test", "--lowest"]))["tests"][0]


@pytest.mark.parametrize(
    ("measured", "kept", "floor"), [(81.9, True, "81.5"), (80.2, True, "80.0"), (79.99, False, "80.0")]
)
def test_the_floor_of_coverage_only_rises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: float, kept: bool, floor: str
) -> None:
    report, file = tmp_path / "coverage.json", tmp_path / "floor.txt"
    monkeypatch.setattr(dev, "COVERAGE", report)
    file.write_text("80.0\n")
    assert not dev.keeps_floor(file), "nothing was measured"
    report.write_text(json.dumps({"totals": {"percent_covered": measured}}))
    assert dev.keeps_floor(file) is kept
    assert file.read_text("utf-8").strip() == floor
