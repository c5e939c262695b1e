"""What a website's files are served as: their types, and how long others may keep them.

What `labspec sync` sends from the user's machine and what a function puts into the bucket must not differ, so both ask
here, and not `mimetypes`, which answers by the version of Python and by what is installed beside it. A type says its
character set where it is text (`text/*`), and JavaScript is text (RFC 9239).
"""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
PAGE = "text/html"
TYPES = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "apng": "image/apng",
    "atom": "application/atom+xml",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "bz2": "application/x-bzip2",
    "cjs": "text/javascript",
    "css": "text/css",
    "csv": "text/csv",
    "eot": "application/vnd.ms-fontobject",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "geojson": "application/geo+json",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": PAGE,
    "html": PAGE,
    "ico": "image/vnd.microsoft.icon",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "jxl": "image/jxl",
    "m4a": "audio/mp4",
    "map": "application/json",
    "md": "text/markdown",
    "mjs": "text/javascript",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "mpeg": "video/mpeg",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "rss": "application/rss+xml",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "tsv": "text/tab-separated-values",
    "ttf": "font/ttf",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xhtml": "application/xhtml+xml",
    "xml": "text/xml",
    "zip": "application/zip",
}
"""The type of each suffix, as registered (`Media Types`, IANA) where it is; what has no line is a mere file."""
PAGES = ("text/html; charset=utf-8", "application/xhtml+xml")
ASK_EACH_TIME = "no-cache"
"""A page may be kept, but whoever keeps it asks whether it is still the same (RFC 9111, section 5.2.2.4)."""
A_WHILE = "public, max-age=600"
"""Ten minutes. Names stay when contents change, so a longer time would show new pages with old styles; a browser asks
only once in a visit all the same. The distribution's own copies are invalidated."""


def content_type(key: str) -> str:
    """The `Content-Type` of what has this key."""
    name = key.rpartition("/")[2]
    kind = TYPES.get(name.rpartition(".")[2].lower(), UNKNOWN) if "." in name else UNKNOWN
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def cache_control(key: str) -> str:
    """The `Cache-Control` of what has this key."""
    return ASK_EACH_TIME if content_type(key) in PAGES else A_WHILE
