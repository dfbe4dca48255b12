"""Every chapter asks its readers, and says why each of its answers holds or fails."""

import json
import re

import pytest
from test_notebooks import BOOK
from test_repository import CHAPTERS

from spikebook import Question


def asked(chapter):
    """The questions of a chapter as its cells have them, with what they insert left open."""
    cells = json.loads((BOOK.parent / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    headings = [re.findall(r"^## (.*)", "".join(cell["source"]), re.MULTILINE) for cell in cells]
    first, last = headings.index(["Check yourself"]), headings.index(["Exercises"])
    return [
        Question(match[1])
        for cell in cells[first:last]
        if (match := re.fullmatch(r'sb\.Question\(f?"""\n(.*)"""\)', "".join(cell["source"]), re.DOTALL))
    ]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_asks_what_can_be_answered_in_more_than_one_place(chapter):
    questions = asked(chapter)
    assert 4 <= len(questions) <= 6
    places = [[is_right for *_, is_right in one.choices].index(True) for one in questions]
    assert len(set(places)) >= 3, f"the right choice stands at {places}"
    for one in questions:
        assert all(len(why.split()) >= 5 for _, why, _ in one.choices), one


@pytest.mark.parametrize(
    "choices",
    [
        "- [x] Yes\n  So it is.\n- [ ] No\n  So it is not.",
        "- [ ] Yes\n  So it is.\n- [ ] No\n  So it is not.\n- [ ] Perhaps\n  Who knows?",
        "- [x] Yes\n  So it is.\n- [x] No\n  So it is not.\n- [ ] Perhaps\n  Who knows?",
        "- [x] Yes\n- [ ] No\n  So it is not.\n- [ ] Perhaps\n  Who knows?",
    ],
    ids=["two choices", "none right", "two right", "no reason"],
)
def test_a_question_without_an_answer_is_refused(choices):
    with pytest.raises(ValueError, match="choice"):
        Question(f"Is it?\n{choices}")


def test_text_is_shown_as_text_and_symbols_as_symbols():
    shown = Question(
        "Is $V$ < $E_Na$?\n- [x] Yes & no\n  So it is.\n- [ ] No\n  $τ_m$ says more.\n- [ ] 5 $\n  Not $ at all."
    )
    html = shown._repr_html_()
    assert "<legend>Is <i>V</i> &lt; <i>E</i><sub>Na</sub>?</legend>" in html
    assert "Yes &amp; no" in html and "<i>τ</i><sub>m</sub> says" in html and "Not $ at all." in html
