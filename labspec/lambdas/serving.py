"""What browsers are to know of a file of a website: its type, and how long they may keep it.

What `labspec sync` sends from the user's machine and what a function puts into the bucket must not differ, so both ask
here, and not `mimetypes`, which answers by the version of Python and by what is installed beside it.
"""

from __future__ import annotations

TYPES = {
    "atom": "application/atom+xml",
    "avif": "image/avif",
    "css": "text/css",
    "csv": "text/csv",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",  # RFC 9239
    "json": "application/json",
    "m4a": "audio/mp4",
    "map": "application/json",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "rss": "application/rss+xml",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "zip": "application/zip",
}


def content_type(key: str) -> str:
    """Give the media type of a file by the end of its name, and of a text its character set."""
    name = key.rpartition("/")[2]
    known = TYPES.get(name.rpartition(".")[2].lower() if "." in name else "", "application/octet-stream")
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def cache_control(key: str) -> str:
    """Say how long a file may be kept: a page is asked for again each time, what it shows after ten minutes.

    Names stay when contents change, so what is kept longer would show new pages with old styles. A browser asks only
    once in a visit all the same, and the distribution's own copies are invalidated.
    """
    return "no-cache" if is_page(key) else "public, max-age=600"


def is_page(key: str) -> bool:
    """Tell whether a file is a page, which leads to others."""
    return content_type(key).startswith("text/html")
