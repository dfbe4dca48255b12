"""Numbers for the prose: text in, text out, and left for the book where only its build sees it."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from myst_nb.ext.glue import extract_glue_data_cell
from nbformat.v4 import new_code_cell, new_output

from spikebook.numbers import Numbers


def test_a_number_reads_back_and_may_change():
    numbers = Numbers()
    numbers.onset = "6.26"
    assert numbers.onset == "6.26"
    numbers.onset = "6.27"
    assert numbers.onset == "6.27"


@pytest.mark.parametrize("value", [6.26, 6, None, ["6.26"]])
def test_a_value_that_is_not_text_is_refused_with_a_remedy(value):
    numbers = Numbers()
    with pytest.raises(TypeError, match=r'numbers\.onset = f"\{value:\.2f\}"'):
        numbers.onset = value
    assert not hasattr(numbers, "onset")


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_the_build_finds_it_and_no_reader_sees_it(shell):
    with capture_output() as captured:
        Numbers().onset = "6.26"
    (output,) = captured.outputs
    assert all(mimetype.startswith("application/papermill.record/") for mimetype in output.data)

    cell = new_code_cell(outputs=[new_output("display_data", data=output.data, metadata=output.metadata)])
    ((key, found),) = extract_glue_data_cell(cell)
    assert key == "numbers.onset"
    assert found["data"] == {"text/plain": "'6.26'"}
    assert cell.outputs == []
