"""Cutting KERN's stylesheet to size keeps everything but the utilities per breakpoint."""

import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
vendor = runpy.run_path(str(ROOT / "script" / "vendor.py"))


@pytest.fixture
def kern() -> str:
    return (ROOT / "node_modules/@kern-ux/native/dist/kern.min.css").read_text()


def test_blocks_lose_nothing(kern):
    assert "".join(vendor["blocks"](kern)) == kern


def test_trim_drops_utilities_per_breakpoint():
    css = ".a{b:c}@media (min-width: 768px){.kern-flex-md{b:c}.kern-row .kern-col-md-6,.kern-mt-auto-md{b:c}}"
    assert vendor["trim_kern"](css) == ".a{b:c}"


def test_trim_keeps_components_in_the_same_block():
    css = "@media (min-width: 768px){.kern-container{max-width:96%}.kern-flex-md{display:flex}}"
    assert vendor["trim_kern"](css) == "@media (min-width: 768px){.kern-container{max-width:96%}}"


def test_trim_keeps_rules_shared_with_other_classes():
    css = "@media (min-width: 768px){.kern-flex-md,.kern-card{display:flex}}"
    assert vendor["trim_kern"](css) == css


def test_trim_leaves_base_rules_alone():
    css = '.kern-gap-y-sm{b:c}.kern-icon--x{d:url("data:,{}")}@media (forced-colors: active){.a{b:c}}'
    assert vendor["trim_kern"](css) == css


def test_trimmed_kern_is_well_formed_and_smaller(kern):
    trimmed = vendor["trim_kern"](kern)
    assert trimmed.count("{") == trimmed.count("}")
    assert len(trimmed) < 0.75 * len(kern)
    for name in ("kern-btn--primary", "kern-form-input__input", "kern-icon--search", "kern-alert--danger"):
        assert f".{name}" in trimmed
