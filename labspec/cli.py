"""The command line.

The only room that touches the output directory, and the only one with imports inside functions: each command pays for
what it uses.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labspec.compiler import Build, Linter, Options
    from labspec.diagnostic import Diagnostic

FINE, ERRORS, USAGE, OURS = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return USAGE
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        print("labspec: interrupted; nothing was changed.", file=sys.stderr)
        status = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FINE
    except Exception as error:
        status = _our_fault(error, options.verbose)
    return status


def _our_fault(error: Exception, verbose: bool) -> int:
    print(f"labspec: this is our mistake, not yours ({type(error).__name__}: {error}).", file=sys.stderr)
    print("Please report it with the spec that caused it; -v shows where it happened.", file=sys.stderr)
    if verbose:
        import traceback

        traceback.print_exc()
    return OURS


# ------------------------------------------------------------------ arguments


def _parser() -> argparse.ArgumentParser:
    from labspec import __version__

    parser = argparse.ArgumentParser(
        prog="labspec",
        description="Compile a YAML description of an AWS architecture into CloudFormation.",
        epilog="Example: labspec build specs/full.yaml",
    )
    parser.add_argument("--version", action="version", version=f"labspec {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _build_parser(commands)
    _check_parser(commands)
    _lint_parser(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=help, description=help, epilog=f"Example: {example}"
    )
    parser.set_defaults(run=run)
    return parser


def _common(parser: argparse.ArgumentParser, specs: str = "SPEC") -> None:
    parser.add_argument("specs", nargs="+", metavar=specs, help="a spec; several are independent of one another")
    parser.add_argument(
        "--overlay", action="append", default=[], metavar="FILE", help="lay a document over each spec (repeatable)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="VARIABLE=VALUE", help="give a variable a value (repeatable)"
    )
    _shared(parser)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours in the report")
    parser.add_argument("--no-cache", action="store_true", help="do not use earlier answers of the linters")
    parser.add_argument("--timings", action="store_true", help="print how long each stage took")
    parser.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    parser.add_argument("-v", "--verbose", action="store_true", help="print more, also of our own failures")


def _form(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--layout", choices=("nested", "flat"), default="nested", help="nested stacks, or one flat template"
    )
    parser.add_argument(
        "--template-urls",
        choices=("parameters", "relative"),
        default="parameters",
        help="where the root finds its nested templates",
    )
    parser.add_argument("--format", choices=("yaml", "json"), default="yaml", help="the notation of the templates")


def _build_parser(commands: Any) -> None:
    parser = _command(
        commands, "build", _build, "Compile specs and write the templates.", "labspec build specs/full.yaml"
    )
    _common(parser)
    _form(parser)
    parser.add_argument("--out", metavar="DIR", help="where to write; out/ and the spec's name unless said")
    parser.add_argument("--no-validate", action="store_true", help="do not run cloudformation-validate on the output")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the output directory differs")


def _check_parser(commands: Any) -> None:
    parser = _command(commands, "check", _check, "Do everything but writing.", "labspec check specs/*.yaml")
    _common(parser)
    _form(parser)
    parser.add_argument("--no-validate", action="store_true", help="do not run cloudformation-validate on the output")


def _lint_parser(commands: Any) -> None:
    parser = _command(
        commands,
        "lint",
        _lint,
        "Run cfn-lint and cloudformation-validate on what is, or was, emitted.",
        "labspec lint specs/full.yaml",
    )
    _common(parser, "SPEC|DIR")
    _form(parser)


# ------------------------------------------------------------------ commands


def _build(arguments: argparse.Namespace) -> int:
    from labspec import output
    from labspec.compiler import folder_for
    from labspec.diagnostic import Rejected

    if arguments.out and len(arguments.specs) > 1:
        return _misused("--out takes one spec at a time.")
    failed = False
    for spec in arguments.specs:
        start = time.perf_counter()
        build = _compiled(arguments, spec)
        directory = FilePath(arguments.out) if arguments.out else folder_for(spec, arguments.layout)
        if not build.failed:
            try:
                if arguments.check:
                    build.diagnostics += output.check(directory, build.files)
                else:
                    output.write(directory, build.files)
            except Rejected as rejected:
                build.diagnostics += rejected.diagnostics
        _print(arguments, build)
        failed |= build.failed
        if not build.failed and not arguments.quiet:
            print(_summary(build, directory, arguments.check, time.perf_counter() - start))
    return ERRORS if failed else FINE


def _check(arguments: argparse.Namespace) -> int:
    failed = False
    for spec in arguments.specs:
        build = _compiled(arguments, spec)
        _print(arguments, build)
        failed |= build.failed
        if not build.failed and not arguments.quiet:
            print(f"{spec}: {_count(build)}. Fine.")
    return ERRORS if failed else FINE


def _lint(arguments: argparse.Namespace) -> int:
    failed = False
    for target in arguments.specs:
        if FilePath(target).is_dir():
            failed |= _lint_directory(arguments, FilePath(target))
            continue
        build = _compiled(arguments, target, ("cloudformation-validate", "cfn-lint"))
        _print(arguments, build)
        failed |= bool(build.diagnostics)
        if not build.diagnostics and not arguments.quiet:
            print(f"{target}: {_count(build)}. cfn-lint and cloudformation-validate have nothing to say.")
    return ERRORS if failed else FINE


def _lint_directory(arguments: argparse.Namespace, directory: FilePath) -> bool:
    from labspec.lint import lint_directory

    texts = {
        path.name: path.read_text("utf-8")
        for path in sorted(directory.iterdir())
        if path.suffix in (".yaml", ".yml", ".json", ".template") and path.name != "manifest.json"
    }
    found = lint_directory(
        texts, engines=_engines(("cloudformation-validate", "cfn-lint")), region=None, cache=_cache(arguments)
    )
    _print_found(arguments, found, texts)
    if not found and not arguments.quiet:
        print(f"{directory}: {len(texts)} templates. cfn-lint and cloudformation-validate have nothing to say.")
    return bool(found)


def _misused(message: str) -> int:
    print(f"labspec: {message}", file=sys.stderr)
    return USAGE


# ------------------------------------------------------------------ what commands share


def _compiled(arguments: argparse.Namespace, spec: str, engines: Sequence[str] = ("cloudformation-validate",)) -> Build:
    from labspec.compiler import compile_spec

    wanted = () if getattr(arguments, "no_validate", False) else engines
    return compile_spec(os.path.normpath(spec), _options(arguments), _linter(arguments, wanted) if wanted else None)


def _options(arguments: argparse.Namespace) -> Options:
    from labspec.compiler import Options

    settings = dict(setting.partition("=")[::2] for setting in arguments.set)
    return Options(arguments.layout, arguments.template_urls, arguments.format, settings, arguments.overlay)


def _linter(arguments: argparse.Namespace, names: Sequence[str]) -> Linter:
    def run(templates: Mapping[str, str], origin_of: Any, region: str | None) -> list[Diagnostic]:
        from labspec.lint import lint

        return lint(templates, origin_of, engines=_engines(names), region=region, cache=_cache(arguments))

    return run


def _engines(names: Sequence[str]) -> dict[str, Any]:
    def validate() -> Any:
        from labspec.lint.validate import findings

        return findings

    def cfn_lint() -> Any:
        from labspec.lint.cfn_lint import findings

        return findings

    loaders = {"cloudformation-validate": validate, "cfn-lint": cfn_lint}
    return {name: loaders[name] for name in names}


def _cache(arguments: argparse.Namespace) -> FilePath | None:
    if arguments.no_cache:
        return None
    from platformdirs import user_cache_path

    return user_cache_path("labspec") / "lint"


def _print(arguments: argparse.Namespace, build: Build) -> None:
    _print_found(arguments, build.diagnostics, build.source.texts if build.source else {})
    if arguments.timings:
        print(
            "\n".join(f"{stage:>8} {seconds * 1000:8.1f} ms" for stage, seconds in build.timings.items()),
            file=sys.stderr,
        )


def _print_found(arguments: argparse.Namespace, found: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
    from labspec.report import counted, to_text

    if not found:
        return
    color = arguments.color == "always" or (
        arguments.color == "auto" and sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    )
    print(to_text(found, texts, color), file=sys.stderr)
    print(f"labspec: {counted(found)}.", file=sys.stderr)


def _count(build: Build) -> str:
    resources = len(build.graph.nodes) if build.graph else 0
    stacks = len(build.stacks)
    return f"{resources} resource{'s' * (resources != 1)} in {stacks} stack{'s' * (stacks != 1)}"


def _summary(build: Build, directory: FilePath, check: bool, seconds: float) -> str:
    linters = "cloudformation-validate found nothing" if "lint" in build.timings else "not validated"
    done = "is what the spec compiles to" if check else "written"
    lines = [f"{directory}/ {done}: {_count(build)}, in {seconds:.1f} s; {linters}."]
    if check:
        return lines[0]
    root = build.stacks[0].name + "." + build.options.format
    if len(build.stacks) == 1:
        return "\n".join([*lines, f"Next: upload {directory / root} in the CloudFormation console (Create stack)."])
    if build.options.urls == "relative":
        return "\n".join(
            [
                *lines,
                f"Next: aws cloudformation package --template-file {directory / root} --s3-bucket BUCKET --output-template-file packaged.yaml",
            ]
        )
    return "\n".join(
        [
            *lines,
            "Next: copy the templates to a bucket in the stack's region, then upload the root in the console:",
            f"  aws s3 cp {directory} s3://BUCKET/labspec/{build.digest}/ --recursive --exclude manifest.json",
            f"  Create stack with {directory / root}; TemplateBucket is BUCKET.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
