"""The two explorers of synapses in a real browser: the tug-of-war, and what one synapse does from spike to spike."""

import numpy as np
import pytest
from explored import arrays, html, root, scroll_with_a_finger, summary

import spikebook as sb


def arrived(G, w, tau):
    """How many spikes arrived in each step, from the conductance that they opened."""
    dt = sb.synapses.bombardment.DT
    return (G[1:] - G[:-1] * np.exp(-dt / tau)) / (w * sb.synapses.bombardment.mean_over(dt, tau))


def test_page_and_python_draw_exactly_the_same_random_numbers_for_synapses(opened):
    explorer = sb.explore.synapses()
    page = opened(explorer)
    for seed in (1, 2, 50):
        theirs = arrays(page, "synapses", {"seed": seed})
        explorer.seed = seed
        ours = explorer.trace()
        for name, w, tau in (("G_E", explorer.w_E, 2.0), ("G_I", explorer.w_I, 8.0)):
            counts = arrived(theirs[name], w, tau)
            assert np.abs(counts - counts.round()).max() < 1e-9  # whole spikes
            assert np.array_equal(counts.round(), arrived(ours[name], w, tau).round())
            assert counts.sum() > 3000


def test_a_generator_that_is_wrong_in_the_page_would_be_noticed(opened):
    explorer = sb.explore.synapses()
    text = html([explorer]).replace("1403580", "1403581")
    assert text != html([explorer])
    page = opened(text=text)
    assert np.abs(arrays(page, "synapses", {})["G_E"] - explorer.trace().G_E).max() > 1


def test_inhibition_that_shunts_silences_the_neuron_in_the_page_too(opened):
    page = opened(sb.explore.synapses())
    root(page, "synapses").get_by_role("button", name="Excitation alone").click()
    rates = [float(summary(page, "synapses").split(": ")[1].split(" Hz")[0])]
    root(page, "synapses").get_by_role("button", name="Shunting").click()
    rates.append(float(summary(page, "synapses").split(": ")[1].split(" Hz")[0]))
    assert rates[1] < 0.8 * rates[0]
    assert arrays(page, "synapses", {})["V"].min() >= -65 - 1e-9
    root(page, "synapses").locator("input[name=r_I]").fill("40")
    said = summary(page, "synapses")
    assert said.startswith("No spike") or float(said.split()[0]) < 0.2 * rates[0]


def test_a_synapse_says_in_words_whether_it_depresses(opened):
    page = opened(sb.explore.synapses_paired_pulse())
    name = "synapses_paired_pulse"
    expected = 1 - 0.5 * np.exp(-50 / 800)
    assert f"Second response {expected:.3g} times the first: depression" in summary(page, name)
    root(page, name).get_by_role("button", name="Facilitating").click()
    assert "facilitation" in summary(page, name)
    arrays(page, name, {"tau_facil": 0, "tau_rec": 0})
    assert "Second response 1 times the first: no change" in summary(page, name)


@pytest.mark.parametrize("make", [sb.explore.synapses, sb.explore.synapses_paired_pulse])
def test_values_over_time_are_read_by_key(opened, make):
    page = opened(make())
    page.locator("[role=application]").focus()
    reading = page.locator(".sb-reading")
    page.keyboard.press("ArrowRight")
    first = reading.inner_text()
    page.keyboard.press("Shift+ArrowRight")
    assert "ms: V " in first and reading.inner_text() != first


@pytest.mark.parametrize("make", [sb.explore.synapses, sb.explore.synapses_paired_pulse])
def test_a_phone_shows_every_control_of_the_synapses_and_a_finger_scrolls_over_them(opened, make):
    page = opened(make(), width=360, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for control in page.locator("input, select, button").all():
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    before = page.evaluate("document.querySelector('[data-explorer]').explorer.settings")
    box = page.locator("canvas").first.bounding_box()
    scroll_with_a_finger(page, box["x"] + 150, box["y"] + 60)
    assert page.evaluate("document.querySelector('[data-explorer]').explorer.settings") == before
