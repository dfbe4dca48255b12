"""The built book as it reads: predictions before answers, numbers, the first screen, addresses, the theme."""

import copy
import inspect
import json
import re
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from explored import settled
from pages import (
    CHAPTERS,
    COUNTING,
    EXPLORING,
    PAGES,
    PREDICTING,
    SOURCES,
    explorers,
    first_slider,
    hues,
    settings,
    summary,
)

import spikebook as sb
from spikebook import theme


@pytest.fixture(scope="module")
def written(site_dir, request):
    """A page as it stands in its file, for all tests in turn, and its name."""
    name = request.param
    return BeautifulSoup((site_dir / f"{name}.html").read_text("utf-8"), "html.parser"), name


def each(*names):
    return pytest.mark.parametrize("written", names, indirect=True)


each_visited = pytest.mark.parametrize("visited", EXPLORING, indirect=True)


def shown_before_the_answer(page):
    """What a reader would see between each prediction and its answer, and predictions without one."""
    shown = []
    flow = page.article.select(".predict, details, .cell_output, .sb-figure")
    for place, question in enumerate(flow):
        if "predict" not in question["class"]:
            continue
        for following in flow[place + 1 :]:
            title = following.find("summary")
            if title and title.get_text().strip() == "Answer":
                break
            if "predict" in following.get("class", []):
                shown.append(f"no answer to: {question.get_text().strip()[:60]}")
                break
            if following.name != "details" and not following.find_parent("details"):
                shown.append(following.get_text()[:60])
    return shown


@each(*PREDICTING)
def test_nothing_is_shown_between_a_prediction_and_its_answer(written):
    page, _ = written
    assert shown_before_the_answer(page) == []


@each(PREDICTING[0])
def test_an_output_that_answers_a_prediction_too_soon_would_be_noticed(written):
    page = copy.copy(written[0])
    page.select_one("article .predict").insert_after(
        BeautifulSoup("<div class='cell_output'>47 mV</div>", "html.parser")
    )
    assert shown_before_the_answer(page) == ["47 mV"]


@each(*CHAPTERS)
def test_no_markup_is_left_in_the_text(written):
    page, name = written
    article = copy.copy(page.article)
    for one in article.select("pre, code, .sig, script, style, .math, [data-explorer]"):
        one.decompose()
    text = article.get_text()
    assert len(text.split()) > 20 or name.endswith("bibliography")
    assert not re.findall(
        r"{[a-z:-]+}`?|\$[^\s\d]|\${2}|:::|```|\*\*|\\[a-z]+|\[\?|\bundefined\b|\bNaN\b|\[@|^#+ ", text, re.M
    )


@each(*COUNTING)
def test_the_numbers_in_the_text_are_those_that_were_computed(site_dir, written):
    page, name = written
    computed = json.loads((site_dir.parent / "jupyter_execute" / f"{name}.glue.json").read_text("utf-8"))
    wanted = re.findall(r"{eval}`([^`]+)`", SOURCES[name])
    shown = [one.get_text() for one in page.select(".pasted-text")]
    values = [computed[key]["data"]["text/plain"].strip("'") for key in wanted]
    assert Counter(shown) == Counter(values)
    assert any(character.isdigit() for value in shown for character in value)


@pytest.mark.parametrize("name", EXPLORING)
def test_without_javascript_the_text_still_reads(visit, name):
    page = visit(name, java_script_enabled=False)
    assert page.locator("[data-explorer]").first.inner_text().endswith("needs JavaScript.")
    assert page.locator("article p").count() > 5
    for equation in page.locator("article .math").all()[:3]:
        assert equation.bounding_box()["height"] > 5


@each_visited
def test_the_first_screen_has_an_explorer_to_touch(visited):
    page = visited
    page.evaluate("scrollTo(0, 0)")
    page.locator("[data-explorer] canvas").first.wait_for()
    box = first_slider(page.locator("[data-explorer]").first)[0].bounding_box()
    assert box["y"] + box["height"] < 900


@each(*EXPLORING)
def test_an_embedded_explorer_stands_alone(visit, written):
    text, name = written
    stems = [one["data-explorer"] for one in text.select("[data-explorer]")]
    assert stems
    for stem in stems:
        page = visit(name, query=f"?embed={stem}", width=360)
        root = page.locator(f"[data-explorer={stem}]")
        root.locator(".sb-summary:not(:empty)").wait_for()
        shown = page.evaluate(
            "[...document.body.children].filter(one => one.getClientRects().length).map(one => one.dataset.explorer)"
        )
        assert shown == [stem]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        before = summary(root)
        first_slider(root)[0].focus()
        page.keyboard.press("PageUp")
        assert summary(root) != before


@pytest.mark.parametrize(
    ("visited", "name", "disk"),
    [(EXPLORING[0], EXPLORING[0], True), *((name, name, False) for name in EXPLORING)],
    indirect=["visited"],
    scope="module",
)
def test_an_address_sets_an_explorer_up(visited, visit, name, disk):
    for stem, root in explorers(visited).items():
        slider, trait = first_slider(root)
        low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
        wanted = round(low + 0.4 * (high - low), 1)
        page = visit(name, query=f"#{stem}?{trait}={wanted}", disk=disk)
        other = explorers(page, among=f"[data-explorer={stem}]")[stem]
        assert settings(other) == {**settings(root), trait: wanted}
        assert summary(other) != summary(root)
        page.evaluate(f"location.hash = '#{stem}?{trait}={low}'")
        page.wait_for_function(f"document.querySelector('[data-explorer={stem}]').explorer.settings.{trait} === {low}")


@each_visited
def test_the_theme_button_redraws_every_explorer(visited):
    page = visited
    roots = explorers(page)
    for stem, root in roots.items():
        root.scroll_into_view_if_needed()
        assert theme.LIGHT["V"] in hues(root) and theme.DARK["V"] not in hues(root), stem
    for _ in range(3):  # automatic, light, dark
        page.locator(".theme-switch-button:visible").first.click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    for stem, root in explorers(page).items():
        settled(page)
        assert theme.DARK["V"] in hues(root) and theme.LIGHT["V"] not in hues(root), stem


def test_the_reference_has_everything_public_that_is_documented(visit):
    page = visit("book/appendices/the_package")
    described = set(page.locator("dt.sig").evaluate_all("all => all.map(one => one.id)"))
    missing = []
    for name in sb.__all__:
        thing = getattr(sb, name)
        if not inspect.ismodule(thing):
            missing += [name] if f"spikebook.{name}" not in described else []
            continue
        public = getattr(thing, "__all__", None) or [
            key
            for key, one in vars(thing).items()
            if not key.startswith("_") and callable(one) and one.__module__ == thing.__name__
        ]
        for key in public:
            one = getattr(thing, key)
            documented = callable(one) and inspect.isroutine(one) | inspect.isclass(one) and one.__doc__
            if documented and f"spikebook.{name}.{key}" not in described:
                missing.append(f"{name}.{key}")
    assert not missing
    assert page.locator("dt.sig").count() == len(described) > 200


@each(*PAGES)
def test_a_page_has_headings_in_order_and_a_way_past_the_contents(written):
    page, _ = written
    levels = [int(heading.name[1]) for heading in page.main.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in zip(levels, levels[1:]))
    first = page.body.find("a", href=True)
    assert first.get_text().strip() == "Skip to main content" and page.find(id=first["href"].removeprefix("#"))


def test_every_page_has_a_title_of_its_own(site_dir):
    titles = {
        re.search("<title>(.+?)</title>", (site_dir / f"{name}.html").read_text("utf-8"), re.S)[1] for name in PAGES
    }
    assert len(titles) == len(PAGES)
