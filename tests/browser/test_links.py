"""Links, from the files: those within the book lead somewhere, those that lead out are well formed.

Whether what they lead to still exists is asked once a week, over the network: `make links`."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from pages import PAGES, ROOT, built_pages

MARKDOWN = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "book/assignments/README.md"]
DOI = re.compile(r"10\.\d{4,5}/[\w.:;()<>/-]*\w\)?")


class Links(HTMLParser):
    """What a page points to (`href`, `src`), and the names that can be pointed to."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.names, self.of_the_site = [], set(), False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.of_the_site |= tag == "template"  # what it holds is there once the site is made
        if not self.of_the_site:
            self.targets += [value for key in ("href", "src") if (value := attributes.get(key))]
        self.names |= {value for key in ("id", "name") if (value := attributes.get(key))}

    def handle_endtag(self, tag):
        self.of_the_site &= tag != "template"


@pytest.fixture(scope="module")
def links(site_dir):
    return read(site_dir.resolve())


def read(site_dir):
    return {path: Links(path) for path in built_pages(site_dir)}


def broken(links):
    for path, page in links.items():
        for target in page.targets:
            address = urlsplit(target)
            if address.scheme or address.netloc:
                continue
            file = (path.parent / unquote(address.path)).resolve() if address.path else path
            fragment = unquote(address.fragment)
            if not file.is_file():
                yield f"{path.name}: {target} is no file"
            elif fragment and file in links and "?" not in fragment and fragment not in links[file].names:
                yield f"{path.name}: {target} is not on that page"


def malformed(target):
    """Whether a link that leads out cannot work."""
    address = urlsplit(target)
    if address.scheme in {"data", "mailto"} or not (address.scheme or address.netloc):
        return False
    if address.hostname == "doi.org":
        return not DOI.fullmatch(unquote(address.path).removeprefix("/"))
    named = re.fullmatch(r"([\w-]+\.)+[a-z]{2,}", address.hostname or "")
    return (
        address.scheme != "https" or not named or bool(re.search(r"\s", target) or re.search(r"[.,;:]$", address.path))
    )


def test_every_link_within_the_book_leads_somewhere(links, site_dir):
    assert {site_dir.resolve() / f"{name}.html" for name in PAGES} <= set(links)
    assert not list(broken(links))


def test_every_link_that_leads_out_is_well_formed(links):
    targets = {target for page in links.values() for target in page.targets}
    assert sum(target.startswith("https://doi.org/") for target in targets) > 200
    assert not [target for target in targets if malformed(target)]


@pytest.mark.parametrize("name", MARKDOWN)
def test_what_the_repository_says_of_itself_links_to_what_is_there(name):
    targets = re.findall(r"\]\(([^)\s]+)\)", (ROOT / name).read_text("utf-8"))
    wrong = [one for one in targets if "//" not in one and not ((ROOT / name).parent / one.split("#")[0]).exists()]
    assert not wrong and not [one for one in targets if "//" in one and malformed(one)]


def test_a_broken_link_would_be_noticed(tmp_path):
    (tmp_path / "page.html").write_text(
        '<a href="gone.html">a</a><a href="#gone">b</a><a id="here" href="#here">c</a>'
        '<template class="of-the-site"><a href="lite/index.html">d</a></template><img src="gone.png">'
    )
    assert list(broken(read(tmp_path))) == [
        "page.html: gone.html is no file",
        "page.html: #gone is not on that page",
        "page.html: gone.png is no file",
    ]
    for wrong in (
        "http://example.org",
        "https://example",
        "https://example.org/page.",
        "https://example.org/two words",
        "//example.org/page",
        "https://doi.org/10.1109",
        "https://doi.org/doi:10.1109/TNN.2003.820440",
        "https://doi.org/10.1109/TNN.2003.820440.",
    ):
        assert malformed(wrong), wrong
    for right in ("https://example.org/page/", "https://doi.org/10.1016/0041-0101(85)90002-9", "page.html", "#here"):
        assert not malformed(right), right
