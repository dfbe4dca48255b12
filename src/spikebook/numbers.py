"""Numbers for the prose: computed in a cell, shown in a sentence."""

import sys


class Numbers:
    """The numbers of a chapter, as the text that its sentences show.

    A cell stores a number with the digits it means to show, and a sentence inserts it with the role `eval`:

        numbers = sb.Numbers()
        numbers.onset = f"{onset:.2f}"

        Firing starts at {eval}`numbers.onset` uA/cm2.

    In JupyterLab the role reads the attribute from the kernel. For the book, each assignment also leaves the text among
    the outputs of its cell, where it is invisible. Give a name once in a chapter: the book could not tell
    which of two values a sentence means, and its build says so.

    Raises TypeError for a value that is not text.

    >>> numbers = Numbers()
    >>> numbers.onset = f"{6.2649:.2f}"
    >>> numbers.onset
    '6.26'
    """

    def __setattr__(self, name, text):
        if not isinstance(text, str):
            raise TypeError(
                f"numbers.{name} must be text with the digits to show, not {text!r}: "
                f'write numbers.{name} = f"{{value:.2f}}"'
            )
        super().__setattr__(name, text)
        _publish(f"numbers.{name}", text)


def _publish(key, text):
    """Leave a text among the outputs of the running cell, for the book's build; outside IPython do nothing."""
    ipython = sys.modules.get("IPython")
    if ipython and ipython.get_ipython():
        # The prefix makes a type that no front end displays; myst-nb finds the text by the metadata.
        prefix = "application/papermill.record/"
        ipython.display.display(
            {f"{prefix}text/plain": repr(text)},
            metadata={"scrapbook": {"name": key, "mime_prefix": prefix}},
            raw=True,
        )
