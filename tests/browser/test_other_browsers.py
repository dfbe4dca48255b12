"""The chapters in Firefox, where one is installed. It is spoken to in WebDriver BiDi, which it understands by itself."""

import json
import re
import shutil
import subprocess

import pytest
import websocket
from pages import BOOK_TITLE, EXPLORING

# Each explorer of the page comes to life and answers its first slider; what does not is returned.
TRY_EXPLORERS = """(async () => {
    const until = async (done) => { while (!done()) await new Promise(requestAnimationFrame); };
    const alike = (canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const pixels = new Uint32Array(data.buffer);
        return pixels.every((pixel) => pixel === pixels[0]);
    };
    const wrong = [];
    for (const root of document.querySelectorAll('[data-explorer]')) {
        const said = () => root.querySelector('.sb-summary')?.textContent;
        const drawn = () => [...root.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join();
        root.scrollIntoView({ behavior: 'instant' });
        await until(said);
        if ([...root.querySelectorAll('canvas')].some(alike)) wrong.push(`${root.dataset.explorer}: an empty picture`);
        const slider = root.querySelector('input[type=range]');
        const before = [drawn(), said()];
        slider.value = slider.valueAsNumber * 2 > Number(slider.min) + Number(slider.max) ? slider.min : slider.max;
        slider.dispatchEvent(new Event('input'));
        if (drawn() === before[0]) wrong.push(`${root.dataset.explorer}: ${slider.name} changes no picture`);
        if (said() === before[1]) wrong.push(`${root.dataset.explorer}: ${slider.name} changes no summary`);
    }
    return JSON.stringify([document.title, wrong]);
})()"""


class Firefox:
    """A Firefox with one tab; `wrong` has what its pages have reported as errors since the last was opened."""

    def __init__(self, program, profile):
        # Firefox now and then reports a page that a service worker answers, whatever worker that is, and then loads it.
        (profile / "user.js").write_text('user_pref("dom.serviceWorkers.enabled", false);\n')
        self.process = subprocess.Popen(
            [program, "--headless", "--remote-debugging-port", "0", "--profile", profile],
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        lines = iter(self.process.stderr)
        found = next(filter(None, (re.search(r"WebDriver BiDi listening on (\S+)", line) for line in lines)), None)
        assert found, f"{program} ended at once: does `{program} --headless` start by itself?"
        self.socket = websocket.create_connection(f"{found[1]}/session", timeout=60, suppress_origin=True)
        self.sent, self.wrong = 0, []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def ask(self, method, **params):
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != self.sent:
            if answer["method"] == "log.entryAdded" and answer["params"]["level"] == "error":
                self.wrong.append(answer["params"]["text"])
        assert answer["type"] == "success", answer
        return answer["result"]

    def open(self, address):
        self.wrong.clear()
        self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def run(self, script):
        """What the script, a promise of text, comes to."""
        answer = self.ask("script.evaluate", expression=script, target={"context": self.tab}, awaitPromise=True)
        return answer["result"]["value"]

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def firefox(tmp_path_factory):
    program = shutil.which("firefox") or shutil.which("firefox-esr")
    if not program:
        pytest.skip("Firefox is not installed (Debian: apt install firefox-esr)")
    firefox = Firefox(program, tmp_path_factory.mktemp("profile"))
    yield firefox
    firefox.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPLORING)
def test_a_chapter_and_its_explorers_work_in_firefox(firefox, site_url, name):
    firefox.open(f"{site_url}/{name}.html")
    title, wrong = json.loads(firefox.run(TRY_EXPLORERS))
    assert BOOK_TITLE in title and wrong == firefox.wrong == []
