"""A question with which readers check what they have understood, and which answers in the page: no kernel, no script."""

import re
from hashlib import sha256
from html import escape

from . import theme

LOOK = (
    """
.sb-question { border: 0; color: var(--sb-ink); font: 1rem/1.5 var(--sb-label-font); margin: 0 0 0.5rem; min-width: 0; padding: 0; }
.sb-question legend { color: inherit; float: none; font: inherit; font-weight: 600; margin: 0 0 0.4rem; padding: 0; }
.sb-question label { border-radius: 6px; cursor: pointer; display: flex; gap: 0.7rem; margin: 0; padding: 0.3rem 0.5rem; }
.sb-question label:hover { background: var(--sb-panel); }
.sb-question input {
  accent-color: var(--sb-accent); cursor: inherit; flex: none; height: 1.25rem; margin: 0.125rem 0 0; width: 1.25rem;
}
.sb-question :focus-visible { outline: 2px solid var(--sb-accent); outline-offset: 2px; }
.sb-question [role="status"] p {
  border-left: 2px solid var(--answer); display: none; margin: 0.4rem 0 0 1.05rem; padding: 0.2rem 0 0.2rem 1.55rem;
}
.sb-question strong { color: var(--answer); font-weight: 600; }
.sb-question p { --answer: var(--sb-Na); }
.sb-question p.right { --answer: var(--sb-I); }
"""
    + "".join(
        f'.sb-question:has(label:nth-of-type({k}) :checked) [role="status"] p:nth-of-type({k}) {{ display: block; }}\n'
        for k in range(1, 5)
    )
    + "@media print { .sb-question { break-inside: avoid; } .sb-question [role=status] { display: none; } }\n"
)
SIGNS = {True: ("right", "✓", "Right."), False: ("wrong", "✗", "No.")}


class Question:
    """A question with three or four choices; choosing one shows its reason, in the book and in a notebook alike.

    text   the question, and then each choice after `- [x]` (the right one) or `- [ ]`, with its reason in the lines below.
           A symbol stands between dollar signs, with its index after an underscore: `$g_Na$`

    A wrong choice is a belief that readers hold, and its reason says where that leads astray. What a formula or a
    simulation gives is inserted by an f-string, so that a question stays true when the code changes.

    Raises ValueError for another number of choices, for none or several right ones, and for a choice without a reason.

    >>> Question('''
    ... A capacitance of 1 uF/cm2 has a leak of 0.1 mS/cm2. The leak doubles. What happens to $τ_m$?
    ... - [ ] It doubles
    ...   A leak is a conductance: a larger one lets the charge flow off sooner.
    ... - [x] It halves
    ...   $τ_m$ is the capacitance over the conductance.
    ... - [ ] It stays, a property of the membrane
    ...   It would, if nothing but the capacitance counted.
    ... ''')
    A capacitance of 1 uF/cm2 has a leak of 0.1 mS/cm2. The leak doubles. What happens to $τ_m$?
    ( ) It doubles
    ( ) It halves
    ( ) It stays, a property of the membrane
    """

    def __init__(self, text):
        asked, *choices = re.split(r"^\s*- \[([ x])\] ", text, flags=re.MULTILINE)
        self.text = " ".join(asked.split())
        self.choices = []
        for mark, choice in zip(choices[::2], choices[1::2]):
            says, _, why = choice.partition("\n")
            if not why.strip():
                raise ValueError(f"the choice {says!r} has no reason: write it in the line below")
            self.choices.append((says.strip(), " ".join(why.split()), mark == "x"))
        right = sum(is_right for *_, is_right in self.choices)
        if not self.text or right != 1 or len(self.choices) not in (3, 4):
            raise ValueError(
                f"{self.text!r} has {len(self.choices)} choices, {right} of them right: "
                "write the question, and then three or four choices, the right one after '- [x]', the others after '- [ ]'"
            )

    def __repr__(self):
        return "\n".join([self.text, *(f"( ) {says}" for says, *_ in self.choices)])

    def _repr_html_(self):
        group = f"question-{sha256(self.text.encode()).hexdigest()[:8]}"
        choices, reasons = [], []
        for says, why, is_right in self.choices:
            kind, sign, word = SIGNS[is_right]
            # JupyterLab would take the arrow keys for itself.
            button = f'<input type="radio" name="{group}" class="{kind}" data-lm-suppress-shortcuts="true">'
            choices.append(f"<label>{button}<span>{_typeset(says)}</span></label>")
            verdict = f'<strong><span aria-hidden="true">{sign}</span> {word}</strong>'
            reasons.append(f'<p class="{kind}">{verdict} {_typeset(why)}</p>')
        return "\n".join(
            [
                f"<style>{theme.css()}{LOOK}</style>",
                f'<fieldset class="sb-question"><legend>{_typeset(self.text)}</legend>',
                *choices,
                '<div role="status">',
                *reasons,
                "</div></fieldset>",
            ]
        )


def _typeset(text):
    """Text as HTML, its symbols slanted and with their indices below."""

    def symbol(found):
        return f"<i>{found[1]}</i>" + (f"<sub>{found[2]}</sub>" if found[2] else "")

    return re.sub(r"\$([^\W_]+)(?:_(\w+))?\$", symbol, escape(text))
