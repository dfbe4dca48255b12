"""What the published site has beside the book that `make book` builds. `make site` makes all of it.

Each module offers `make(html)`, which builds one thing into the folder of the built book and returns its path.
"""

from pathlib import Path

HTML = Path(__file__).parents[2] / "_build" / "html"
