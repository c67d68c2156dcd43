"""Names that want to be something else than text."""

from hypothesis import given
from hypothesis import strategies as st

from microlog_nb.widget.visible import visible, visible_in


def test_what_would_not_be_seen_is_written_out() -> None:
    assert visible("a\u202egnp.exe\x1b[31m\n\ud800\u200b") == "aU+202Egnp.exe\\x1b[31m\\x0aU+D800U+200B"


def test_names_of_all_scripts_stay_as_they_are() -> None:
    for name in ("naïve", "데이터", "حساب", "δ_x", "👩‍🔬", "<lambda>", "<b>x</b>"):
        assert visible(name) == name


@given(st.text(st.characters(exclude_categories=[])))
def test_visible_text_is_visible_whatever_it_was(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert all(character.isprintable() or character.isspace() or ord(character) > 0x9F for character in visible(text))
    visible(text).encode()


def test_only_the_named_fields_of_rows_change() -> None:
    assert visible_in([{"name": "\x00", "path": "\x00", "line": 1}], "name") == [
        {"name": "\\x00", "path": "\x00", "line": 1}
    ]
