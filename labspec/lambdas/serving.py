"""What browsers are to know of a file of a website: its type, and how long they may keep it."""

from __future__ import annotations

TYPES = {
    "css": "text/css",
    "csv": "text/csv",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
}


def content_type(key: str) -> str:
    """Give the media type of a file by the end of its name."""
    known = TYPES.get(key.rpartition(".")[2].lower(), "application/octet-stream")
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def cache_control(key: str) -> str:
    """Say how long a file may be kept: a page is asked for again each time, what it shows after a while."""
    return "no-cache" if content_type(key).startswith("text/html") else "public, max-age=3600"
