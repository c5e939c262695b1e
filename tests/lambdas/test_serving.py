"""What files are served as."""

from __future__ import annotations

import mimetypes

import pytest

from labspec.lambdas.serving import TYPES, cache_control, content_type

PAGE, REST = "no-cache", "public, max-age=600"


@pytest.mark.parametrize(
    ("key", "kind", "cache"),
    [
        ("index.html", "text/html; charset=utf-8", PAGE),
        ("en/about.HTM", "text/html; charset=utf-8", PAGE),
        ("style.css", "text/css; charset=utf-8", REST),
        ("app.js", "text/javascript; charset=utf-8", REST),
        ("data.json", "application/json", REST),
        ("a.b/logo.svg", "image/svg+xml", REST),
        ("backup.html.gz", "application/gzip", REST),
        ("v1.2/LICENSE", "application/octet-stream", REST),
        ("html", "application/octet-stream", REST),
        ("odd.zzz", "application/octet-stream", REST),
    ],
)
def test_a_key_says_the_type_and_how_long_it_may_be_kept(key: str, kind: str, cache: str) -> None:
    assert (content_type(key), cache_control(key)) == (kind, cache)


def test_the_table_agrees_with_pythons_own_where_both_know_a_suffix() -> None:
    """Where they differ, ours is the registered one, or what browsers know (`.wav`)."""
    theirs = mimetypes.MimeTypes(filenames=()).types_map[True]
    other = {suffix: kind for suffix, kind in TYPES.items() if theirs.get(f".{suffix}", kind) != kind}
    assert other.keys() <= {"js", "mjs", "wav", "xml"}
