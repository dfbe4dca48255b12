"""The voltage-clamp rig in a real browser: what it computes against Python and the paper's formulas, and that it is dragged,
keyed, tapped and read aloud."""

import math
import re

import numpy as np
import pytest
from explored import arrays, drag, html, random_settings, root, scroll_with_a_finger, settings, summary, tap

import spikebook as sb
from spikebook.explore import clamp_rig
from spikebook.hodgkin_huxley import MODEL, sodium_replacement

NAME = "hodgkin_huxley_circuit"


def rig(**values):
    explorer = sb.explore.hodgkin_huxley_circuit()
    for name, value in values.items():
        setattr(explorer, name, value)
    return explorer


def test_what_the_bath_changes_is_what_the_package_says():
    for sodium, celsius in ((1, 0), (10, 6.3), (37, 18), (100, 25)):
        expected = sodium_replacement(sodium / 100, celsius)["E_Na"]
        assert clamp_rig.E_Na_left(50.0, sodium, celsius) == pytest.approx(expected, rel=1e-12)
    assert [clamp_rig.unblocked(120.0, blocked) for blocked in (0, 25, 100)] == [120, 90, 0]


def test_conductance_times_driving_force_is_the_current():
    explorer = rig(V_step=-20, sodium=30, TTX=40, TEA=70)
    trace, run = explorer.trace(), explorer.clamp()
    np.testing.assert_allclose(trace.G_Na * (trace.V - run.parameters["E_Na"]), run.I_Na, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(trace.G_K * (trace.V + 77), run.I_K, rtol=1e-9, atol=1e-9)


def test_a_wrong_number_in_the_page_would_be_noticed(opened):
    """The control of the comparison over random settings in test_explorers.py."""
    explorer = rig()
    text = html([explorer]).replace("0.07 *", "0.0701 *")
    assert text != html([explorer])
    theirs = arrays(opened(text=text), NAME, {})
    assert np.abs(theirs["h"] - explorer.trace().h).max() > 1e-5


def test_gates_in_the_page_are_those_of_the_paper_s_formulas(opened):
    """n after a step, in closed form from the rates of 1952, whose displacement v counts depolarisation as negative."""
    page = opened(rig())
    for V in (-90, -30, 0, 44):
        theirs = arrays(page, NAME, {"V_step": V})
        v, rest = -(V + 65), (0.01 * 10 / math.expm1(1), 0.125)
        opening, closing = 0.01 * (v + 10) / math.expm1((v + 10) / 10), 0.125 * math.exp(v / 80)
        end, start = opening / (opening + closing), rest[0] / sum(rest)
        during = (theirs["t"] >= 2) & (theirs["t"] < 11.99)
        expected = end + (start - end) * np.exp(-(opening + closing) * (theirs["t"][during] - 2))
        np.testing.assert_allclose(theirs["n"][during], expected, rtol=1e-9)


def test_a_branch_without_driving_force_carries_nothing_and_a_blocked_one_neither(opened):
    page = opened(rig())
    at_E_Na = arrays(page, NAME, {"V_step": 50})
    during = (at_E_Na["t"] >= 2) & (at_E_Na["t"] < 11.99)
    assert np.abs(at_E_Na["I_Na"][during]).max() < 1e-9 < at_E_Na["G_Na"].max()
    blocked = arrays(page, NAME, {"V_step": 0, "TTX": 100, "TEA": 100})
    assert not blocked["I_Na"].any() and not blocked["I_K"].any()
    np.testing.assert_allclose(blocked["current"][during], 0.3 * 54.387)


def place(page, part_x, V):
    """A point in the panel of the command: a part of the time axis and a voltage, on the scale from -120 to 80 mV."""
    box = root(page, NAME).locator("canvas").nth(1).bounding_box()
    x = box["x"] + 46 + part_x * (box["width"] - 56)
    return x, box["y"] + box["height"] - 5 - (box["height"] - 10) * (V + 120) / 200


def test_the_command_is_dragged_by_its_points(opened):
    page = opened(rig())
    drag(page, place(page, 12 / 20, 0), place(page, 8 / 20, 60))
    now = settings(page, NAME)
    assert now["V_step"] == pytest.approx(60, abs=3) and now["length"] == pytest.approx(6, abs=0.1)
    drag(page, place(page, 1 / 20, -65), place(page, 1 / 20, -100))
    drag(page, place(page, 14 / 20, -65), place(page, 14 / 20, -20))
    after = settings(page, NAME)
    assert after["V_hold"] == pytest.approx(-100, abs=3) and after["V_back"] == pytest.approx(-20, abs=3)
    assert (after["V_step"], after["length"], after["moment"]) == (now["V_step"], now["length"], 2.6)


def test_the_points_are_moved_by_keys_and_stay_in_range(opened):
    page = opened(rig())
    hold, step, back = root(page, NAME).locator(".sb-point").all()
    step.focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowLeft", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    hold.focus()
    for _ in range(8):
        page.keyboard.press("Shift+ArrowDown")
    back.focus()
    page.keyboard.press("ArrowDown")
    now = settings(page, NAME)
    assert (now["V_step"], now["length"], now["V_hold"], now["V_back"]) == (11, pytest.approx(8.9), -120, -66)


def test_the_moment_is_pressed_and_dragged_in_the_panels(opened):
    page = opened(rig())
    box = root(page, NAME).locator("canvas").nth(2).bounding_box()
    x, y = box["x"] + 46, box["y"] + 30
    page.mouse.click(x + 0.5 * (box["width"] - 56), y)
    assert settings(page, NAME)["moment"] == pytest.approx(10, abs=0.05)
    drag(page, (x + 0.5 * (box["width"] - 56), y), (x + 0.75 * (box["width"] - 56), y))
    assert settings(page, NAME)["moment"] == pytest.approx(15, abs=0.05)
    assert settings(page, NAME)["V_step"] == 0


def test_a_finger_scrolls_over_the_panels_and_a_tap_sets_the_moment(opened):
    page = opened(rig(), width=360, has_touch=True)
    first = settings(page, NAME)
    scroll_with_a_finger(page, *place(page, 0.3, -20))
    assert settings(page, NAME) == first
    page.evaluate("window.scrollTo(0, 0)")
    box = root(page, NAME).locator("canvas").nth(2).bounding_box()
    tap(page, box["x"] + 46 + (box["width"] - 56) * 0.5, box["y"] + 20)
    assert settings(page, NAME)["moment"] == pytest.approx(10, abs=0.2)
    point = root(page, NAME).locator(".sb-point").first
    assert point.evaluate("one => getComputedStyle(one).touchAction") == "none"


def test_the_summary_says_what_flows_and_presets_do_what_they_say(opened):
    page = opened(rig())

    def press(preset):
        root(page, NAME).get_by_role("button", name=preset, exact=True).click()
        return summary(page, NAME)

    trace = rig().trace()
    peak = trace.current.argmin()
    said = press("One step")
    inward, after = re.match(r"Peak inward ([\d,]+) µA/cm² ([\d.]+) ms after", said).groups()
    assert float(inward.replace(",", "")) == round(-trace.current[peak])
    assert float(after) == pytest.approx(trace.t[peak] - 2, abs=0.006)
    assert f"Na⁺ {-trace.I_Na[260]:,.0f} in, K⁺ {trace.I_K[260]:,.0f} out" in said
    assert "Nothing inward" in press("TTX") and "Na⁺ no current" in summary(page, NAME)
    assert "K⁺ no current" in press("TEA")
    assert re.search(r"2\.60 ms: Na⁺ [\d,]+ out", press("Less sodium"))  # E_Na is below the command
    assert "Nothing inward" in press("Inactivated")
    assert re.search(r"8\.10 ms: Na⁺ no current, K⁺ [\d,]+ in", press("Tail current"))  # below E_K it flows in


def test_the_circuit_s_branches_add_up_to_the_clamp_s_current_at_every_moment(opened):
    page = opened(rig())
    rng = np.random.default_rng(3)
    for _ in range(10):
        values = random_settings(rig(), rng)
        theirs = arrays(page, NAME, values)
        total = theirs["I_Na"] + theirs["I_K"] + theirs["I_L"]
        np.testing.assert_allclose(theirs["current"], total, rtol=1e-9, atol=1e-9)


def test_the_table_has_a_column_for_every_array(opened, tmp_path):
    page = opened(rig(), accept_downloads=True)
    with page.expect_download() as download:
        root(page, NAME).get_by_role("button", name="CSV").click()
    download.value.save_as(tmp_path / "clamp.csv")
    header = (tmp_path / "clamp.csv").read_text().splitlines()[0].split(",")
    table = np.loadtxt(tmp_path / "clamp.csv", delimiter=",", skiprows=1)
    trace = rig().trace()
    assert [title.split(" ")[0] for title in header].count("current") == 1 and len(header) == len(trace.names)
    for column, title in enumerate(header):
        np.testing.assert_allclose(table[:, column], trace[title.split(" ")[0]], rtol=0, atol=1e-9)
    assert MODEL.parameters["g_K"].value * trace.n[-1] ** 4 == pytest.approx(trace.G_K[-1])
