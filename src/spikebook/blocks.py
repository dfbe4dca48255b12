"""Many neurons of one model, as text: the steps of `steps.py` in loops over neurons.

    advance(first, last, steps, dt, input..., state_all..., parameters..., threshold, spike_times, spike_ids, room, record...)
        -> spikes, reached, fastest

moves neurons `first` to `last` of the arrays by `steps` steps, stores the times and numbers of their spikes (one neuron
after another, or a few hundred together), leaves their final state in the arrays, and returns the number of spikes, the
neuron that it came to (`last`, unless there was no room for more spikes: then go on from there) and the largest rate
that was met (0 for methods that are stable at any). A neuron that cannot be followed ends everything, with
-1 - its number in place of the number of spikes.

Neurons are taken in blocks that fit a processor's first cache, with all steps of a block before the next; the inner loop
runs over the neurons of a block without a branch, so that it becomes vector instructions. Spikes, and steps
that a reset divides, are looked after one neuron at a time. The adaptive method, with its own steps for each
neuron, goes through one after the other.
"""

from functools import lru_cache

from .compilation import gather, load
from .divisions import merged
from .exponentials import shared
from .methods import HELPERS, STABLE, fastest_rates
from .steps import Place, called, crossed, divided, indented, moved, moves, slopes, speeds, whole

BLOCK = 256
CHECKED = 16  # steps from one look at the largest rate to the next

# What the input may be: one value for each neuron, one course for all, or a course for each.
INPUTS = {
    "constant": (("I_all_",), ("I_block_[j_]",) * 3, ("I_all_[start_ + j_]",) * 3),
    "common": (("I_start", "I_middle", "I_end"), ("I_start[i]", "I_middle[i]", "I_end[i]"), None),
    "own": (
        ("I_start", "I_middle", "I_end"),
        ("I_start[i, start_ + j_]", "I_middle[i, start_ + j_]", "I_end[i, start_ + j_]"),
        None,
    ),
}
STORED = (
    "if spikes_ == room:",
    "    return complete_, start_, fastest_",
    "spike_times[spikes_] = spike_time_",
    "spike_ids[spikes_] = start_ + j_",
    "spikes_ += 1",
)


def compiled(model, method, inputs, varying=(), recorded=(), quick=True):
    """The function `advance` for a method, a kind of input, the parameters that are arrays and the variables to record.

    The quick one does with fewer divisions, and its results are no numbers where these would be out of range.
    """
    functions = gather((*model.functions, *HELPERS))
    text = _program(model, method, inputs, tuple(varying), tuple(recorded), quick, functions)
    return load(text, ("advance",), bool(model.gates)).advance


@lru_cache(maxsize=100)
def _program(model, method, inputs, varying, recorded, quick, functions):
    received, in_block, alone = INPUTS[inputs]
    place = Place(in_block, STORED, "False", "-1 - start_ - j_, start_, fastest_")
    signature = [
        *("first", "last", "steps", "dt", *received),
        *(f"{x}_all_" for x in model.state),
        *(f"{p}_all_" if p in varying else p for p in model.parameters),
        *(["threshold__all_"] if model.threshold in varying else ["threshold_"]),
        *("spike_times", "spike_ids", "room"),
        *(f"record_{x}_" for x in recorded),
    ]
    if method == "adaptive":
        body = _one_by_one(model, place._replace(inputs=alone or in_block), varying, recorded)
    else:
        body = _blocks(model, method, place, varying, recorded, inputs)
    lines = [
        f"def advance({', '.join(signature)}):",
        "    widest_vectors()",
        "    spikes_ = 0",
        "    fastest_ = 0.0",
        *indented(1, body),
        "    return spikes_, last, fastest_",
    ]
    text = shared("\n\n".join([functions, "\n".join(lines)]))
    return merged(text) if quick and method != "euler" else text


def _one_by_one(model, place, varying, recorded):
    own = _of_each(model, varying)
    return [
        "j_ = 0",
        "for start_ in range(first, last):",
        "    complete_ = spikes_",
        *(f"    {x} = {x}_all_[start_]" for x in (*model.state, *own)),
        *indented(1, speeds(model)),
        *(["    wait_ = 0.0"] if model.refractory else []),
        "    try_ = dt",
        *(f"    record_{x}_[start_, 0] = {x}" for x in recorded),
        "    for i in range(steps):",
        *indented(2, whole(model, "adaptive", place)),
        *(f"        record_{x}_[start_, i + 1] = {x}" for x in recorded),
        *(f"    {x}_all_[start_] = {x}" for x in model.state),
    ]


def _blocks(model, method, place, varying, recorded, inputs):
    own = _of_each(model, varying)
    rates = speeds(model)  # of gates: one for all, or one each
    own_rates = [line.split(" = ")[0] for line in rates] if own else []
    waiting = ["wait_"] if model.refractory else []
    loaded = [f"{x} = {x}_block_[j_]" for x in (*model.state, *own, *own_rates, *waiting)]
    constant = ["I"] if inputs == "constant" else []
    lines = [
        *([] if own else rates),
        *(f"{x}_block_ = empty({BLOCK})" for x in (*model.state, *own, *own_rates, *waiting, *constant)),
        *(f"{x}_before_ = empty({BLOCK})" for x in model.state),
        f"special_ = marks({BLOCK})",
        f"for start_ in range(first, last, {BLOCK}):",
        f"    size_ = min({BLOCK}, last - start_)",
        "    complete_ = spikes_",
        "    for j_ in range(size_):",
        *(f"        {x} = {x}_all_[start_ + j_]" for x in own),
        *indented(2, rates if own else []),
        *(f"        {x}_block_[j_] = {x}" for x in (*own, *own_rates)),
        *(f"        {x}_block_[j_] = {x}_all_[start_ + j_]" for x in (*model.state, *constant)),
        *(f"        {x}_block_[j_] = 0.0" for x in waiting),
        f"    for j_ in range({BLOCK}):",  # beyond the last neuron nothing happens
        "        special_[j_] = False",
        *indented(1, _recorded(recorded, "0")),
        "    for i in range(steps):",
        *indented(2, _step(model, method, place, loaded)),
        *indented(2, _recorded(recorded, "i + 1")),
    ]
    if model.currents and method in STABLE:
        lines += [
            f"        if i % {CHECKED} == 0:",
            "            for j_ in range(size_):",
            *indented(4, loaded),
            *indented(4, fastest_rates(model)),
        ]
    return [
        *lines,
        "    for j_ in range(size_):",
        *(f"        {x}_all_[start_ + j_] = {x}_block_[j_]" for x in model.state),
    ]


def _of_each(model, varying):
    """Names of the numbers that each neuron has of its own."""
    return [*varying, *(["threshold_"] if model.threshold in varying else [])]


def _recorded(recorded, moment):
    if not recorded:
        return []
    return ["for j_ in range(size_):", *(f"    record_{x}_[start_ + j_, {moment}] = {x}_block_[j_]" for x in recorded)]


def _step(model, method, place, loaded):
    """One step of a block: all its neurons at once, and then one by one those to which something special happens."""
    V = model.voltage
    needed = [V] if not model.reset and method != "rk4" else model.state
    before = [f"{x} = {x}_before_[j_]" for x in needed]
    keep = [f"{x}_before_[j_] = {x}" for x in needed]
    store = [f"{x}_block_[j_] = {x}" for x in model.state]
    if not model.reset:
        every = [
            *moves(model, method, place.inputs),
            *keep,
            f"flag_ = ({V} < threshold_) & ({V}_next_ >= threshold_)",
            *moved(model),
            *store,
        ]
        start = slopes(model, "k1_", model.state, place.inputs[0]) if method == "rk4" else []
        after = [f"{x}_next_ = {x}_block_[j_]" for x in model.state]
        one = [*before, *after, *start, *crossed(model, method, place)]
    elif method == "euler":
        waiting = ["wait_"] if model.refractory else []
        resets = {**model.reset, **({"wait_": None} if waiting else {})}
        every = [
            *(["free_ = 0.0 if wait_ > 0.5 * dt else 1.0", "wait_ = wait_ - dt"] if waiting else []),
            *moves(model, method, place.inputs),
            *moved(model),
            f"flag_ = {V} >= threshold_",
            *(f"after_{x}_ = {called(f) if f else model.refractory}" for x, f in resets.items()),
            *(f"{x} = after_{x}_ if flag_ else {x}" for x in resets),
            *store,
            *(f"{x}_block_[j_] = {x}" for x in waiting),
        ]
        one = ["spike_time_ = i * dt", *place.stored]
    else:
        held = " | (wait_ > 0.0)" if model.refractory else ""
        every = [
            *(["free_ = 1.0"] if model.refractory else []),
            *moves(model, method, place.inputs),
            *keep,
            f"flag_ = ({V}_next_ >= threshold_){held}",
            *moved(model),
            *store,
        ]
        waited = ["wait__block_[j_] = wait_"] if model.refractory else []
        one = [*before, *divided(model, method, place), *store, *waited]
    return [
        "for j_ in range(size_):",
        *indented(1, [*loaded, *every]),
        "    special_[j_] = flag_",
        "for first_ in range(0, size_, 64):",
        "    bits_ = marked(special_, first_)",
        "    while bits_ != 0:",
        "        j_ = first_ + lowest_bit(bits_)",
        "        bits_ = bits_ & (bits_ - 1)",
        *indented(2, [*loaded, *one]),
    ]
