"""Words: spelled as in Britain and known to a dictionary or to `prose/words.txt`; the field's terms written in one way each."""

import ast
import inspect
import json
import re
import subprocess
from functools import cache
from pathlib import Path

import codespell_lib
import yaml
from spellchecker import SpellChecker

ROOT = Path(__file__).parents[1]
LISTS = Path(__file__).with_name("prose")
WORDS = set((LISTS / "words.txt").read_text(encoding="utf-8").split())
TERMS = yaml.safe_load((LISTS / "terms.yml").read_text(encoding="utf-8"))

FENCED = re.compile(r"^ *(`{3,})(.*?)\n(.*?)^ *\1 *$", re.M | re.S)
OF_WORDS = ("{exercise}", "{solution", "{admonition}", "{note}", "{tip}", "{glossary}")
# Code, also what is indented as such; options of a directive; mathematics; roles; addresses; markup.
NO_PROSE = re.compile(
    r"^( {4}|>>> ).*?$|^:[\w-]+:.*?$|\$\$.*?\$\$|\$[^$\n]*\$|\{[\w:-]+\}`[^`]*`|\{[\w-]+\}|(`+).*?\2|"
    r"<[^>\n]*>|\]\([^)]*\)|https?://\S+",
    re.M | re.S,
)
WORD = re.compile(r"(?<![^\s(*\"“‘/-])[A-Za-zÀ-ÿ]{3,}(?=(?:['’]s?)?[.,;:?!)*\"”’/-]*(?:\s|$))")
IN_JAVASCRIPT = re.compile(r'"([^"\n]* [^"\n]*)"|`([^`]* [^`]*)`|// (.*)')
# Words of both kinds of English in codespell's list of American spellings.
IN_BOTH = {"license", "math", "practice", "program", "story"}


MAGIC = re.compile(r"^( *)[%!].*$", re.M)  # a line that is not Python


def strings(code):
    """The sentences among a program's strings, docstrings included."""
    for node in ast.walk(ast.parse(MAGIC.sub(r"\1pass", code))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield inspect.cleandoc(node.value)


def words_of(text):
    """The text without its code and its mathematics."""
    text = FENCED.sub(lambda block: f"{block[2]}\n{block[3]}" if block[2].startswith(OF_WORDS) else "", text)
    return NO_PROSE.sub(" ", text)


@cache
def prose():
    """What a reader reads: file -> its text, without code and mathematics."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "book", "src", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {}
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix == ".ipynb":
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            captions = [cell["metadata"].get("mystnb", {}).get("figure", {}).get("caption", "") for cell in cells]
            sources = {
                kind: ["".join(c["source"]) for c in cells if c["cell_type"] == kind] for kind in ("code", "markdown")
            }
            found[name] = [
                *sources["markdown"],
                *captions,
                *(text for code in sources["code"] for text in strings(code)),
            ]
        elif path.suffix == ".py":
            found[name] = list(strings(path.read_text(encoding="utf-8")))
        elif path.suffix == ".js":
            found[name] = ["".join(one) for one in IN_JAVASCRIPT.findall(path.read_text(encoding="utf-8"))]
        elif path.suffix == ".md":
            found[name] = [path.read_text(encoding="utf-8")]
    return {name: "\n\n".join(words_of(text) for text in texts) for name, texts in found.items()}


@cache
def spellings():
    """What codespell knows of the two kinds of English: American spelling -> British."""
    listed = Path(codespell_lib.__file__).with_name("data") / "dictionary_en-GB_to_en-US.txt"
    pairs = [line.split("->") for line in listed.read_text(encoding="utf-8").split()]
    return {american: british for british, listed in pairs for american in listed.split(",") if american not in IN_BOTH}


@cache
def dictionary():
    return SpellChecker()


def misspelt(text):
    """Words that neither the dictionary nor the project's list has, and American spellings."""
    # Abbreviations and names in code have capitals within.
    words = {word.lower() for word in WORD.findall(text) if word[1:].islower()} - WORDS
    american = spellings()
    return (dictionary().unknown(words) - {*american.values()}) | (words & american.keys())


def otherwise(text):
    """Terms written in another way than the list's: what stands there -> the list's."""
    text = " ".join(text.split())
    return {
        found[0]: term
        for term, ways in TERMS.items()
        for found in re.finditer(rf"(?<![\w.-])(?:{ways})(?![\w(-]|\.\w)", text)
    }


def test_every_word_is_spelled_as_in_the_dictionary_or_in_the_projects_list():
    wrong = {name: sorted(found) for name, text in prose().items() if (found := misspelt(text))}
    assert not wrong, "mend the word, or, where it is right, add it to tests/prose/words.txt"


def test_every_term_is_written_in_one_way():
    assert {name: found for name, text in prose().items() if (found := otherwise(text))} == {}


def test_a_misspelt_word_and_a_term_written_in_another_way_would_be_noticed():
    page = words_of(
        "The *neurone*'s colour, `teh` code, $teh$:\n\n    an indented teh\n\n```{exercise} A exercize\nIts behavior; recieved, by\n```\n"
        "[Github](https://teh.org), a post-synaptic cell, Hodgkin–Huxley and (Izhikevich's) nonlinear numpy.array.\n"
    )
    assert misspelt(page) == {"exercize", "behavior", "recieved"}
    assert otherwise(page) == {
        "neurone": "neuron",
        "Github": "GitHub",
        "post-synaptic": "postsynaptic",
        "Hodgkin–Huxley": "Hodgkin-Huxley",
    }


def test_the_projects_list_is_sorted_and_has_no_word_that_is_nowhere():
    listed = (LISTS / "words.txt").read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    assert WORDS <= {word.lower() for text in prose().values() for word in WORD.findall(text)}
