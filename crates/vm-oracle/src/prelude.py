# What every program of the oracle begins with, in Python. `prelude.vasm` says the same, function by
# function, in assembly. Nothing here may allocate a collectable object that the other side does not
# allocate as well; `docs/gc.md` says where CPython makes that hard, and what is done about it.
#
# The writer puts two constants above this text: EXACT (count 0 is compared, so no object may come
# from a free list) and SLOTS (how many places KEEP has).

import gc
from weakref import ref

TRACE = []
say = TRACE.append
MAIL = [False, None]  # what a generator is told when it is resumed: whether to hold, and what
KEEP = [None] * SLOTS  # what finalizers and callbacks keep, each at its own place
HOLD = [None] * 8  # what the program holds, and callbacks may drop
KEPT = []  # results, kept so that they do not go to a free list
WATCH = []  # weak references, to see who is alive
WATCHED = ["watched"]  # the label of each of them
BASE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, False]  # get_stats() and get_freeze_count() at the beginning
BALLAST = []  # objects to let die, one for each tuple that goes to a free list
BALLAST_SIZE = 4000 if EXACT else 0

if EXACT:

    class List(list):  # lists and dicts that no free list takes
        __slots__ = ()

    class Dict(dict):
        __slots__ = ()

else:
    List = list
    Dict = dict

ANCHOR = List()


def method(self):
    return self


class Node:  # its attributes are within it; below slots of a base they would be in a dict
    method = method


class Slotted:
    __slots__ = ("label", "called", "a", "b", "__weakref__")
    method = method


def finalize(self):
    say("del " + self.label)
    act = self.act
    if act == 1:
        KEEP[self.slot] = self
    elif act == 2:
        KEEP[self.slot] = self.a
    elif act == 3:
        self.a = None
    elif act == 4:
        made = new_list(self.label + "n")
        made.append(self.b)
        KEEP[self.slot] = made
    elif act == 5:
        say("nesting")
        say("nested " + str(gc.collect()))
    elif act == 6:
        KEEP[self.slot] = new_ref(self)
    elif act == 7:
        KEEP[self.slot] = new_callback(self, self.label + "c", 0, 0)


class Finalized(Node):
    __del__ = finalize


class FinalizedSlotted(Slotted):
    __slots__ = ("act", "slot")
    __del__ = finalize


class Caller:
    __slots__ = ("label", "act", "slot", "__weakref__")

    def call(self, reference):
        if reference() is None:
            say("callback " + self.label)
        else:
            say("callback of the living " + self.label)
        act = self.act
        if act == 1:
            HOLD[self.slot % 8] = None
        elif act == 2:
            KEEP[self.slot] = new_list(self.label + "n")

    def watch(self, phase, info):
        say("watcher " + self.label + " " + phase)


def holder():
    held = None
    while True:
        yield held
        if MAIL[0]:
            held = MAIL[1]


def guarded(label):
    held = None
    try:
        while True:
            yield held
            if MAIL[0]:
                held = MAIL[1]
    finally:
        say("closed " + label)


LABELLED = (Node, Slotted, Caller)
FUNCTION = type(finalize)
GENERATOR = type(holder())
METHOD = type(Caller().call)


def tick():
    # Entering a function, both sides run a collection that is due. After built-in functions CPython
    # does not once it has specialised the call.
    pass


def fill_free_lists():
    # Some functions get their arguments in a tuple from a free list, and so do callbacks of weak
    # references. After a full collection the lists are empty: the next tuple of a size would be
    # allocated, and stay on the list when it dies. Let that happen now, and something else die for
    # each of them.
    if EXACT:
        one = two = None
        i = 0
        while i < 4:
            one = (one,)
            two = (two, one)
            del BALLAST[-1]
            del BALLAST[-1]
            i += 1


def watcher(phase, info):
    generation = info["generation"]
    text = "gc " + phase + " " + str(generation)
    if phase == "stop":
        text = text + " " + str(info["collected"]) + " " + str(info["uncollectable"])
        if generation == 2:
            fill_free_lists()
    say(text)
    KEPT.append(info)


def begin(watched, t0, t1, t2):
    gc.disable()
    gc.set_threshold(t0, t1, t2)
    BALLAST.extend([set() for _ in range(BALLAST_SIZE)])
    gc.collect()
    gc.freeze()
    gc.collect()
    found = gc.get_stats()
    i = 0
    while i < 3:
        BASE[i] = found[i]["collections"]
        BASE[i + 3] = found[i]["collected"]
        BASE[i + 6] = found[i]["uncollectable"]
        i += 1
    KEPT.append(found)
    BASE[9] = gc.get_freeze_count() + len(BALLAST) - BALLAST_SIZE
    if watched:
        gc.callbacks.append(watcher)
    collect(0)
    collect(2)


def new_list(label):
    o = List()
    o.append(label)
    tick()
    return o


def new_dict(label):
    o = Dict()
    o["label"] = label
    if EXACT:
        o["anchor"] = ANCHOR
    tick()
    return o


def new_tuple(label, a, b):
    if type(a) is tuple:  # of tuples in tuples, the order decides how many a collection untracks
        a = None
    if type(b) is tuple:
        b = None
    if EXACT:  # longer than those on free lists
        # fmt: off
        o = (label, a, b, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None)
        # fmt: on
    else:
        o = (label, a, b)
    tick()
    return o


def new_set(label):
    o = set()
    o.add(label)
    tick()
    return o


def new_node(kind, label):
    o = kind()
    o.label = label
    o.called = False
    o.a = None
    o.b = None
    tick()
    return o


def new_finalized(kind, label, act, slot):
    o = new_node(kind, label)
    o.act = act
    o.slot = slot
    return o


def new_closure(label):
    content = None

    def access(store, value):
        nonlocal content
        if store:
            content = value
        return content

    access.__name__ = label
    tick()
    return access


def new_generator(label):
    o = holder()
    o.__name__ = label
    next(o, None)
    tick()
    return o


def new_guarded(label):
    o = guarded(label)
    o.__name__ = label
    next(o, None)
    tick()
    return o


def new_method(o):
    if not isinstance(o, LABELLED):
        return None
    made = o.method
    tick()
    return made


def referable(o):
    t = type(o)
    return t is set or t is FUNCTION or t is GENERATOR or t is METHOD or isinstance(o, LABELLED)


def new_ref(o):
    if not referable(o):
        return None
    made = ref(o)
    tick()
    return made


def new_callback(o, label, act, slot):
    if not referable(o):
        return None
    if EXACT:  # the callbacks of several references to one object are gathered in a tuple
        if not isinstance(o, LABELLED) or o.called:
            return None
        o.called = True
    caller = Caller()
    tick()
    caller.label = label
    caller.act = act
    caller.slot = slot
    bound = caller.call
    tick()
    made = ref(o, bound)
    tick()
    return made


def link(o, key, value):
    t = type(o)
    if t is List:
        o.append(value)
    elif t is Dict:
        o[key] = value
    elif t is set:
        if len(o) < 2:  # one object beside the label: the order of two depends on addresses
            t = type(value)
            if t is FUNCTION or t is GENERATOR or isinstance(value, LABELLED):
                o.add(value)
    elif t is FUNCTION:
        o(True, value)
    elif t is GENERATOR:
        MAIL[0] = True
        MAIL[1] = value
        next(o, None)
        MAIL[1] = None
    elif isinstance(o, LABELLED):
        if key % 2 == 0:
            o.a = value
        else:
            o.b = value


def unlink(o, key):
    t = type(o)
    if t is List:
        if len(o) > 1:
            o.pop(1 + key % (len(o) - 1))
    elif t is Dict:
        o.pop(key, None)
    elif t is set:
        text = label(o)
        o.clear()
        o.add(text)
    elif t is FUNCTION:
        o(True, None)
    elif t is GENERATOR:
        MAIL[0] = True
        next(o, None)
    elif isinstance(o, LABELLED):
        if key % 2 == 0:
            o.a = None
        else:
            o.b = None


def load(o, key):
    t = type(o)
    if t is List:
        if len(o) > 1:
            return o[1 + key % (len(o) - 1)]
    elif t is Dict:
        return o.get(key)
    elif t is tuple:
        return o[1 + key % 2]
    elif t is FUNCTION:
        return o(False, None)
    elif t is GENERATOR:
        MAIL[0] = False
        return next(o, None)
    elif t is METHOD:
        return o.__self__
    elif t is ref:
        return o()
    elif isinstance(o, LABELLED):
        if key % 2 == 0:
            return o.a
        return o.b
    return None


def churn(count, length):
    i = 0
    while i < count:
        first = new_node(Node, "#churned")
        last = first
        j = 1
        while j < length:
            node = new_node(Slotted, "#churned")
            last.a = node
            last = node
            node = None
            j += 1
        last.a = first
        first = None
        last = None
        i += 1


def grow(o, count):
    i = 0
    while i < count:
        node = new_node(Slotted, "#grown")
        node.a = o
        link(o, i % 4, node)
        node = None
        i += 1


def hold(slot, o):
    HOLD[slot] = o


def held(slot):
    return HOLD[slot]


def kept(slot):
    o = KEEP[slot]
    KEEP[slot] = None
    return o


def release():
    i = 0
    while i < 8:
        HOLD[i] = None
        i += 1
    i = 0
    while i < SLOTS:
        KEEP[i] = None
        i += 1


def label(o):
    t = type(o)
    if t is List or t is tuple:
        if len(o) > 0 and type(o[0]) is str and o[0].startswith("#"):
            return o[0]
    elif t is Dict:
        text = o.get("label")
        if type(text) is str:
            return text
    elif t is set:
        for item in o:
            if type(item) is str and item.startswith("#"):
                return item
    elif t is FUNCTION or t is GENERATOR:
        text = o.__name__
        if text.startswith("#"):
            return text
    elif t is METHOD:
        text = label(o.__self__)
        if text != "":
            return "m" + text
    elif t is ref:
        text = label(o())
        if text != "":
            return "r" + text
    elif isinstance(o, LABELLED):
        return o.label
    return ""


def labels(found):
    tick()
    text = "labels"
    i = 0
    while i < len(found):
        name = label(found[i])
        if name != "":
            text = text + " " + name
        i += 1
    say(text)
    found.clear()
    KEPT.append(found)


def watch(o):
    if referable(o):
        WATCHED.append(label(o))
        WATCH.append(ref(o))
        tick()


def alive():
    text = "alive"
    i = 0
    while i < len(WATCH):
        if WATCH[i]() is not None:
            text = text + " " + WATCHED[i + 1]
        i += 1
    say(text)


def collect(generation):
    say("collect " + str(generation))
    found = gc.collect(generation)
    say("collected " + str(found))


def collect_all():
    say("collect 2")
    found = gc.collect()
    say("collected " + str(found))


def switch(on):
    if on:
        gc.enable()
    else:
        gc.disable()
    say("enabled " + str(gc.isenabled()))


def two_thresholds(t0, t1):
    gc.set_threshold(t0, t1)


def first_threshold(t0):
    gc.set_threshold(t0)


def threshold():
    found = gc.get_threshold()
    KEPT.append(found)
    tick()
    say("threshold " + str(found[0]) + " " + str(found[1]) + " " + str(found[2]))


def count():
    found = gc.get_count()
    KEPT.append(found)
    tick()
    text = "count"
    if EXACT:
        text = text + " " + str(found[0])
    say(text + " " + str(found[1]) + " " + str(found[2]))


def stats():
    found = gc.get_stats()
    tick()
    i = 0
    while i < 3:
        text = "stats " + str(i)
        text = text + " " + str(found[i]["collections"] - BASE[i])
        text = text + " " + str(found[i]["collected"] - BASE[i + 3])
        say(text + " " + str(found[i]["uncollectable"] - BASE[i + 6]))
        i += 1
    KEPT.append(found)


def objects(generation):
    if generation < 0:
        found = gc.get_objects()
    else:
        found = gc.get_objects(generation)
    labels(found)


def referrers(o):
    if o is not None:
        found = gc.get_referrers(o)
        labels(found)


def referents(o):
    if o is not None:
        found = gc.get_referents(o)
        labels(found)


def tracked(o):
    say("tracked " + str(gc.is_tracked(o)))


def finalized(o):
    say("finalized " + str(gc.is_finalized(o)))


def freeze():
    gc.freeze()


def unfreeze():
    gc.unfreeze()
    BASE[10] = True


def freeze_count():
    if not BASE[10]:
        say("frozen " + str(gc.get_freeze_count() + BALLAST_SIZE - len(BALLAST) - BASE[9]))


def save_all(generation):
    gc.set_debug(gc.DEBUG_SAVEALL)
    collect(generation)
    gc.set_debug(0)
    text = "saved"
    i = 0
    while i < len(gc.garbage):
        name = label(gc.garbage[i])
        if name != "":
            text = text + " " + name
        i += 1
    say(text)
    gc.garbage.clear()


def add_watcher(text):
    caller = Caller()
    caller.label = text
    tick()
    bound = caller.watch
    tick()
    gc.callbacks.append(bound)


def remove_watcher():
    if len(gc.callbacks) > 1:
        gc.callbacks.pop()


# The program.
