"""Files of one page as one file: everything is in it once, in order, and what they show is still found."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from portal import bundles


@pytest.fixture
def sources(monkeypatch):
    """`sources[name] = text` are the static files."""
    files: dict[str, str] = {}
    monkeypatch.setattr(bundles, "source", files.__getitem__)
    return files


def test_modules_come_before_those_that_import_them_and_once(sources):
    sources["js/page.js"] = 'import {twice} from "./b.js";\nimport * as a from "./sub/a.js";\nawait twice(a.ONE);'
    sources["js/b.js"] = (
        'import {ONE as one} from "./sub/a.js";\nexport async function twice(n) { return one + n; }\nconst ONE = 7;'
    )
    sources["js/sub/a.js"] = 'export const ONE = 1;\nexport const far = () => import("../far.js");'
    text = bundles.script("out/page.js", "js/page.js")
    assert [line for line in text.splitlines() if line.startswith("// ")] == [
        "// js/sub/a.js",
        "// js/b.js",
        "// js/page.js",
    ]
    assert "const {ONE: one} = $js_sub_a;" in text
    assert "const a = $js_sub_a;" in text
    assert "return { ONE, far };" in text
    assert 'import("../js/far.js")' in text
    assert text.endswith("await twice(a.ONE);")


@pytest.mark.parametrize(
    "line", ['import "./b.js";', "export default 1;", "export {a};", 'import a from "./b.js";', "export let a = 1;"]
)
def test_what_it_does_not_know_it_refuses(sources, line):
    sources |= {"js/page.js": line, "js/b.js": ""}
    with pytest.raises(ValueError, match=r"js/page\.js"):
        bundles.script("out/page.js", "js/page.js")


def test_modules_that_import_each_other_are_refused(sources):
    sources["js/a.js"] = 'import {b} from "./b.js";'
    sources["js/b.js"] = 'import {a} from "./a.js";'
    with pytest.raises(ValueError, match="imports itself"):
        bundles.script("out/page.js", "js/a.js")


def test_what_a_stylesheet_shows_is_found_from_the_bundle(sources):
    sources |= {"css/deep/a.css": 'a{b:url("../x.woff2")}', "css/b.css": "b{c:url(y.png);d:url(data:image/png;x)}"}
    text = bundles.stylesheet("out/all.css", ["css/deep/a.css", "css/b.css"])
    assert text == 'a{b:url("../css/x.woff2")}\nb{c:url(../css/y.png);d:url(data:image/png;x)}'


@pytest.mark.parametrize("bundle", bundles.BUNDLES)
def test_a_bundle_is_found_and_written_only_when_it_changes(bundle):
    found = finders.find(bundle)
    assert isinstance(found, str)
    before = Path(found).stat().st_mtime_ns
    assert finders.find(bundle) == found
    assert Path(found).stat().st_mtime_ns == before
    assert not list(Path(found).parent.glob("tmp*"))
