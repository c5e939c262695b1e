"""What lies in a website's folder: the pages that it names, and nothing that must not be read by others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from labspec.diagnostic import Diagnostic, Fix, Rule
from labspec.model.architecture import Architecture, Member
from labspec.model.text import Text
from labspec.model.website import Website
from labspec.nearest import did_you_mean, meant

MISSING_PAGE = Rule(
    "LS341",
    "missing-page",
    "A website names a page that is not in its folder.",
    "The index page answers for `/`, the error page for what is not there. Without them a browser shows XML.",
    "websites: {docs: {content: site, index: home.html}}      # the folder holds index.html",
    "websites: {docs: {content: site, index: index.html}}",
)
SECRET = Rule(
    "LS342",
    "secret-in-content",
    "A website's folder holds what must not be published.",
    "Everything in the folder is copied into the bucket and can be had by whoever guesses its name: passwords, keys,"
    " settings, the history of a repository.",
    "websites: {docs: {content: .}}         # beside index.html lies .env",
    "websites: {docs: {content: site}}      # index.html has moved to site, .env has not",
)
INDEX_WITH_SLASH = Rule(
    "LS345",
    "index-with-slash",
    "The index page of a public website lies in a folder.",
    "S3 adds the name of the index page to every folder that is asked for, so it is a bare file name"
    " (`IndexDocument`, Amazon S3 API Reference).",
    "websites: {docs: {content: site, access: public, index: en/index.html}}",
    "websites: {docs: {content: site/en, access: public, index: index.html}}",
)

SECRET_FILES = (
    "dbinfo.inc",
    ".env",
    ".env.*",
    "*.env",
    "*.pem",
    "*.ppk",
    "*.key",
    "*.p12",
    "*.pfx",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    ".git-credentials",
    "*.tfstate",
)
SECRET_FOLDERS = (".git", ".ssh", ".aws")


def check_content(architecture: Architecture) -> Iterator[Diagnostic]:
    """The folders of websites. One that could not be read has been reported as missing."""
    for member in architecture.of("websites"):
        body = member.body
        assert isinstance(body, Website)
        names = architecture.contents.folders.get(body.content)
        if names is not None:
            yield from _pages(member, body, names)
            yield from _secrets(member, body, names)


def _pages(member: Member, body: Website, names: Iterable[str]) -> Iterator[Diagnostic]:
    index = body.index.literal
    if body.access == "public" and index is not None and "/" in index.lstrip("/"):
        message = f"The index page of `{member.name}` cannot lie in a folder."
        yield Diagnostic(INDEX_WITH_SLASH, message, (*member.path, "index"), help="Write the name of a file alone.")
    else:
        yield from _page(member, body, "index", body.index, names)
    yield from _page(member, body, "error", body.error, names)


def _page(member: Member, body: Website, field: str, page: Text | None, names: Iterable[str]) -> Iterator[Diagnostic]:
    name = page.literal if page else None
    if name is None or name in names:
        return
    message = f"There is no page `{name}` in `{body.content.name}`."
    bare = name.lstrip("/")
    near = bare if bare in names else meant(name, names)
    if field not in body.model_fields_set:
        path, fix = (*member.path, "content"), None
        help_ = "Name the page that answers for `/`, such as `index: home.html`."
    else:
        path, fix = (*member.path, field), Fix(f"Write `{near}`.", near, name, safe=near == bare) if near else None
        help_ = fix.title if fix else did_you_mean(name, names)
    yield Diagnostic(MISSING_PAGE, message, path, help=help_, fix=fix)


def _secrets(member: Member, body: Website, names: Iterable[str]) -> Iterator[Diagnostic]:
    found = [name for name in names if is_secret_file(name)]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield Diagnostic(
            SECRET,
            f"`{body.content.name}` holds `{found[0]}`{more}: a website publishes all that is in its folder.",
            (*member.path, "content"),
            help="Move what is secret out of the folder.",
        )


def is_secret_file(name: str) -> bool:
    """Whether a file is one of those that hold secrets, or lies where they do."""
    *folders, file = name.lower().split("/")
    return any(fnmatchcase(file, secret) for secret in SECRET_FILES) or any(part in SECRET_FOLDERS for part in folders)
