"""The built book as a reader meets it: every page of `_build/html` in real Chromium, from a server and from the disk."""

from collections import Counter

import pytest
from explored import settled
from pages import (
    BOOK_TITLE,
    CHAPTERS,
    EXPLORING,
    PAGES,
    built_pages,
    explorers,
    first_slider,
    picture,
    settings,
    summary,
    unfold,
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_and_all_its_controls_work_without_errors_and_without_other_hosts(visit, name):
    page = visit(name)
    assert BOOK_TITLE in page.title()
    for root in explorers(page).values():
        first = settings(root), summary(root)
        for select in root.locator("select").all():
            for value in select.locator("option").evaluate_all("options => options.map(option => option.value)"):
                select.select_option(value)
                assert summary(root)
        for slider in root.locator("input[type=range]:enabled").all():
            for end in ("min", "max"):
                slider.fill(slider.get_attribute(end))
                assert summary(root), (slider.get_attribute("name"), end)
            root.get_by_role("button", name="Reset").click()
        for box in root.locator("input[type=number]:enabled").all():
            box.fill("12.3")
            box.press("Enter")
            assert summary(root), box.get_attribute("aria-label")
        for button in root.get_by_role("button").all():
            button.click()
        root.get_by_role("button", name="Reset").click()
        assert (settings(root), summary(root)) == first
    for closed in page.locator("details:not([open]) > summary").element_handles()[:3]:
        closed.click()
    unfold(page)
    kinds = Counter()
    for button in page.locator("button:visible:not([data-explorer] *)").element_handles():
        kinds[kind := button.get_attribute("class")] += 1
        if kinds[kind] <= 3 and button.is_visible():  # the one before may have covered or folded it
            button.click()
            page.keyboard.press("Escape")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_works_from_the_disk(visit, name):
    page = visit(name, disk=True)
    assert BOOK_TITLE in page.title()
    for root in explorers(page).values():
        slider, trait = first_slider(root)
        before = settings(root), summary(root)
        ends = [float(slider.get_attribute(end)) for end in ("min", "max")]
        slider.fill(slider.get_attribute("min" if before[0][trait] > sum(ends) / 2 else "max"))
        assert settings(root)[trait] in ends and summary(root) != before[1]


def test_a_page_that_fails_or_asks_another_host_would_be_noticed(visit):
    """The control of what `visit` watches for."""
    page = visit("book/intro")
    page.route("https://example.org/**", lambda route: route.abort())
    page.evaluate(
        """() => {
            document.body.append(Object.assign(new Image(), { src: 'https://example.org/pixel.png' }));
            document.body.append(Object.assign(new Image(), { src: 'missing.png' }));
            setTimeout(() => { throw new Error('on purpose'); });
        }"""
    )
    page.wait_for_timeout(300)
    noticed = "\n".join(visit.wrong)
    visit.wrong.clear()
    for sign in ("asks for https://example.org/pixel.png", "404", "on purpose"):
        assert sign in noticed


@pytest.mark.parametrize("name", EXPLORING)
@pytest.mark.parametrize("some", [2, pytest.param(None, marks=pytest.mark.slow)], ids=["two", "all"])
def test_the_sliders_of_every_explorer_answer_the_mouse(visit, name, some):
    page = visit(name)
    roots = explorers(page)
    assert roots
    for root in roots.values():
        sliders = root.locator("input[type=range]")
        assert sliders.count() >= 2
        changed = set()
        for slider in sliders.all()[:some]:
            root.get_by_role("button", name="Reset").click()
            if (inject := root.get_by_role("button", name="Inject a pulse")).count():
                inject.click()  # so that the sliders of pulses have something to change
            trait = slider.get_attribute("name")
            before = settings(root), summary(root), picture(root)
            low, high = float(slider.get_attribute("min")), float(slider.get_attribute("max"))
            now = (before[0][trait] - low) / (high - low)
            target = 0.25 if now > 0.5 else 0.75
            slider.scroll_into_view_if_needed()
            box = slider.bounding_box()

            def place(part, box=box):
                return {"x": 8 + (box["width"] - 16) * part, "y": box["height"] / 2}

            slider.hover(position=place(now))
            page.mouse.down()
            page.mouse.move(box["x"] + place(target)["x"], box["y"] + place(target)["y"], steps=6)
            page.mouse.up()
            settled(page)
            after = settings(root), summary(root), picture(root)
            assert after[0][trait] == pytest.approx(low + target * (high - low), abs=0.03 * (high - low))
            assert {**after[0], trait: 0} == {**before[0], trait: 0}
            assert after[1]
            assert after[2] != before[2], trait
            changed |= {trait} if after[1] != before[1] else set()
        assert first_slider(root)[1] in changed
        assert some or len(changed) > sliders.count() / 2


def test_every_page_is_in_the_book_and_the_start_leads_to_the_first(visit, site_dir):
    built = {str(path.relative_to(site_dir).with_suffix("")) for path in built_pages(site_dir)}
    assert built == {*PAGES, "index"}
    page = visit("index", disk=True)
    page.wait_for_url(f"**/{CHAPTERS[0]}.html")
    listed = page.locator("nav a").evaluate_all("all => all.map(one => one.href)")
    assert all(any(address.split("#")[0].endswith(f"/{name}.html") for address in listed) for name in CHAPTERS[1:])
