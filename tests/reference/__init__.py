"""Values that the package is tested against; each file says who computed them."""

import json
from pathlib import Path


def load(name):
    return json.loads((Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8"))
