"""Searching the book: words lead to the places that explain them, however they are spelled, with a network and without."""

import pytest
from bs4 import BeautifulSoup
from pages import CHAPTERS
from test_accessibility import look_with_axe

# What is asked for, and a place that is among the first three found.
FOUND = {
    "Nernst potential": "membrane_potential.html#one-ion-crosses-the-nernst-potential",
    "Nerst": "membrane_potential.html#one-ion-crosses-the-nernst-potential",
    "Goldman-Hodgkin-Katz": "glossary.html#term-Goldman-Hodgkin-Katz-potential",
    "Hodgkin–Huxley circuit": "hodgkin_huxley_circuit.html#the-hodgkin-huxley-circuit",
    "action potentials": "action_potential.html#the-action-potential",
    "STDP": "toward_learning.html#a-synapse-that-asks-who-came-first",
    "rheobase": "glossary.html#term-rheobase",
    "difference of gaussians": "glossary.html#term-difference-of-Gaussians",
    "depolarization": "action_potential.html#the-phases-of-a-spike",
    "CV": "glossary.html#term-coefficient-of-variation",
    "spikebook.simulate": "the_package.html#spikebook.simulate",
    "Tsodyks Markram": "synapses.html#strength-changes-with-every-spike",
    "Ohm's law": "equations.html#ohms-law",
    "GHK": "equations.html#goldman-hodgkin-katz-equation",
    "why do axons need myelin": "action_potential.html#wrapping-myelin",
    "solve_ivp": "numerical_methods.html#how-wrong-the-order-measured",
}


def results(page):
    return page.locator("#search-results li a").evaluate_all("all => all.map(one => one.getAttribute('href'))")


@pytest.mark.parametrize("disk", [False, True], ids=["http", "file"])
def test_the_search_finds_what_explains_a_word(visit, disk):
    page = visit("search", disk=disk)
    assert not results(page)
    missed = {}
    for asked, wanted in FOUND.items():
        page.locator(".bd-search-container input").fill(asked)
        page.locator("#search-results li").first.wait_for()  # what is typed while the index is made is found after it
        first = results(page)[:3]
        if not any(address.endswith(wanted) for address in first):
            missed[asked] = first
    assert not missed
    page.keyboard.press("Enter")  # so that the way back from a place leads to what was found
    page.wait_for_url("**/search.html?q=solve_ivp")


def test_a_search_from_a_page_shows_where_the_words_stand(visit):
    page = visit("book/intro")
    page.keyboard.press("Control+K")
    page.keyboard.type("squid axon")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=squid+axon")
    first = page.locator("#search-results li").first
    first.wait_for()
    assert {word.lower() for word in first.locator("mark").all_inner_texts()} >= {"squid", "axon"}
    look_with_axe(page)
    first.get_by_role("link").click()
    page.wait_for_url("**/book/*#*")
    inside = (
        "id => { const top = document.getElementById(id)?.getBoundingClientRect().top; return top >= 0 && top < 200; }"
    )
    page.wait_for_function(inside, arg=page.url.split("#")[1])
    page.wait_for_timeout(1000)  # explorers and type that come later must not push it away
    assert page.evaluate(inside, page.url.split("#")[1])


def test_a_term_is_told_from_its_beginning(visit):
    page = visit("search", "?q=refractory")
    place = page.locator("#search-results li").filter(has=page.locator("a[href$='#term-refractory-period']"))
    assert place.locator(".context").inner_text().startswith("The time after a spike")


def test_what_is_nowhere_is_said_to_be_nowhere(visit):
    page = visit("search", "?q=zzyzx")
    page.get_by_text("Nothing in the book matches “zzyzx”").wait_for()
    assert not results(page)


def test_every_place_is_on_its_page_and_no_answer_is_given_away(visit, site_dir):
    pages = visit("search").evaluate("PAGES")
    assert {page["address"] for page in pages} == {f"{name}.html" for name in CHAPTERS}
    for page in pages:
        html = BeautifulSoup((site_dir / page["address"]).read_text(encoding="utf-8"), "lxml")
        anchors = {element["id"] for element in html.select("[id]")}
        assert {anchor for anchor, *_ in page["places"]} <= anchors
        headings = html.select("article :is(h1, h2)")
        assert len(page["places"]) >= len(headings) > 0
        told = " ".join(text for _, _, paragraphs, code in page["places"] for text in [*paragraphs, *code])
        for folded in html.select("article details p"):
            words = " ".join(folded.get_text().split())
            assert len(words) < 80 or words not in told, words
