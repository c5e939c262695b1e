import ast
import inspect
import textwrap

import pytest

from labspec.lambdas import IMAGE_MAKER
from labspec.lambdas.inline import inline, source_of

MODULES = [IMAGE_MAKER.module]


def small(source: str) -> str:
    return inline(textwrap.dedent(source))


def meaning(source: str) -> str:
    """What the code does: its syntax tree without the statements that do nothing."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for name, field in ast.iter_fields(node):
            if isinstance(field, list):
                setattr(node, name, [part for part in field if not idle(part)])
    return ast.dump(tree)


def idle(node: object) -> bool:
    """Whether a statement is a mere string, or for type checkers only."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING" and not node.orelse
    return isinstance(node, ast.ImportFrom) and ast.unparse(node) == "from typing import TYPE_CHECKING"


def test_what_only_readers_need_goes() -> None:
    assert small('''\
        """What the module does."""

        import json  # the runtime's


        # a remark
        LIMIT = 3
        """What the limit means."""


        class Answer:
            """An answer."""

            status = "SUCCESS"

            # another remark

            def text(self) -> str:
                """Give
                the text.
                """

                return json.dumps(self.status)
        ''') == textwrap.dedent("""\
        import json

        LIMIT = 3

        class Answer:
            status = "SUCCESS"
            def text(self) -> str:
                return json.dumps(self.status)
        """)


def test_imports_for_type_checkers_go() -> None:
    assert (
        small("""\
        from __future__ import annotations
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from typing import Any

            Json = dict[str, Any]

        def handler(event: Json) -> None: ...
        """)
        == "from __future__ import annotations\n\ndef handler(event: Json) -> None: ...\n"
    )


@pytest.mark.parametrize(
    "kept",
    [
        pytest.param('TEXT = """one # two\n\n    three  \n"""\n', id="a string that looks like code"),
        pytest.param("TEXT = f'''{1}\n\n# {2}'''\n", id="a format string over lines"),
        pytest.param("TEXT = '#'\n", id="a hash in a string"),
        pytest.param('class Rejected(Exception):\n    """Alone."""\n', id="a body that is its docstring"),
        pytest.param('def f(): "one line"; return 1\n', id="a docstring that shares its line"),
        pytest.param("from typing import TYPE_CHECKING, Any\n", id="an import of more than types"),
    ],
)
def test_everything_else_stays_to_the_letter(kept: str) -> None:
    assert inline(kept) == kept


def test_a_docstring_in_any_script_may_go() -> None:
    assert inline('"""caf\u00e9"""  # \u2713\nA = 1\n') == "A = 1\n"


def test_code_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(ValueError, match="must be ASCII"):
        inline("A = 'caf\u00e9'\n")


@pytest.mark.parametrize("module", MODULES)
def test_a_module_asks_at_run_time_for_nothing_that_was_cut(module: str) -> None:
    assert "TYPE_CHECKING" in source_of(module)
    assert "TYPE_CHECKING" not in inline(source_of(module))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_means_the_same_in_the_template(module: str) -> None:
    assert meaning(inline(source_of(module))) == meaning(source_of(module))


def test_a_loss_changes_the_meaning() -> None:
    assert meaning("A = 1\n") != meaning("A = 1\nB = 2\n")


def test_a_small_module_is_not_made_smaller() -> None:
    text = inline(source_of("image_maker"))
    assert inline(text) == text


def test_the_image_maker_leaves_room_in_the_template() -> None:
    text = inline(source_of("image_maker"))
    assert text.isascii()
    assert len(text) < 10_000
    # Without tabs and spaces at line ends, YAML can show it as a literal block.
    assert "\t" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("module", [ast, inspect, textwrap])
def test_modules_of_every_shape_keep_their_meaning(module: object) -> None:
    source = inspect.getsource(module)  # type: ignore[arg-type]
    text = inline(source)
    assert len(text) < len(source)
    assert meaning(text) == meaning(source)
