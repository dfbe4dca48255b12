"""The questions at the end of a chapter: answered by keys, with and without scripts, they say why; on paper they do not."""

import pytest


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_choice_made_by_keys_shows_its_reason_and_no_other(visit, scripts):
    page = visit("book/membrane_potential", java_script_enabled=scripts)
    questions = page.locator("section#check-yourself .sb-question")
    reasons = questions.get_by_role("status")
    assert reasons.all_inner_texts() == [""] * questions.count() and questions.count() >= 4
    question, says = questions.first, reasons.first
    choices = question.get_by_role("radio")
    said = []
    choices.first.focus()
    for key in ["Space", *["ArrowDown"] * (choices.count() - 1)]:
        page.keyboard.press(key)
        right = page.locator(":focus").get_attribute("class") == "right"
        said.append(says.inner_text())
        assert said[-1].startswith("✓ Right. " if right else "✗ No. ")
    assert len(set(said)) == choices.count() and sum("Right." in one for one in said) == 1
    assert reasons.all_inner_texts()[1:] == [""] * (questions.count() - 1)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert reasons.nth(1).inner_text()
    page.emulate_media(media="print")
    assert choices.first.is_visible() and not says.is_visible()


def test_right_answers_are_counted(visit):
    page = visit("book/membrane_potential")
    questions = page.locator("section#check-yourself .sb-question")
    for number in range(questions.count()):
        questions.nth(number).locator("input.right").check()
    questions.first.locator("input:not(.right)").first.check()
    # What style sheets say has no element; a screen reader is told all the same.
    told = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    said = "".join(node["name"]["value"] for node in told if node["role"]["value"] == "StaticText")
    assert f"{questions.count() - 1} of {questions.count()} right" in said
