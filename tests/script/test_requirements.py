"""The locks agree with each other and name no address."""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def pins(name: str) -> set[str]:
    """The `name==version` lines of a lock."""
    return set(re.findall(r"^([\w.-]+==\S+)", (ROOT / "requirements" / name).read_text(), re.MULTILINE))


def test_development_holds_the_runtime_in_the_same_versions():
    # script/setup relies on it: an environment with dev.txt serves as well.
    assert pins("runtime.txt") <= pins("dev.txt")


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_every_package_is_locked_by_hash(name):
    lock = (ROOT / "requirements" / name).read_text()
    blocks = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", ["requirements/runtime.txt", "requirements/dev.txt", "package-lock.json"])
def test_locks_name_no_address(name):
    assert re.findall(r"https?://\S+|file:\S+|\s-c \S+|/tmp/\S+", (ROOT / name).read_text()) == []


def test_front_end_packages_are_pinned():
    package = json.loads((ROOT / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values())
