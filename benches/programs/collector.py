"""The rows of the benchmark `collector` in CPython: nanoseconds of processor time for each object.

    python3.13 benches/programs/collector.py [--objects N] [--rounds N] [--row TEXT]

Nodes have four slots. Every row asserts what its collections found. In the last two rows the figure
contains what the interpreter takes to run the loop.
"""

import argparse
import gc
import statistics
import time

EDGES = ("a", "b", "c", "d")


class Node:
    __slots__ = EDGES


def ns_each(count, work):
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / count


def expect(found, wanted):
    if found != wanted:
        raise SystemExit(f"{found} objects were collected, not {wanted}")


def collects(wanted):
    return lambda: expect(gc.collect(), wanted)


def randoms():
    """Xorshift, as in the other programs."""
    state = 0x9E3779B97F4A7C15
    mask = (1 << 64) - 1
    while True:
        state ^= state << 13 & mask
        state ^= state >> 7
        state ^= state << 17 & mask
        yield state


def tangle(count):
    nodes = [Node() for _ in range(count)]
    random = randoms()
    for node in nodes:
        for edge in EDGES:
            setattr(node, edge, nodes[next(random) % count])
    return nodes


def held(objects):
    nodes = tangle(objects)
    gc.collect()
    figure = ns_each(objects, collects(0))
    nodes.clear()
    gc.collect()
    return figure


def one_root(objects):
    nodes = tangle(objects)
    for node, following in zip(nodes, nodes[1:]):
        node.a = following
    del nodes[1:]
    del node, following
    gc.collect()
    figure = ns_each(objects, collects(0))
    nodes.clear()
    gc.collect()
    return figure


def drop_ring(length):
    first = last = Node()
    for _ in range(length - 1):
        last.a = Node()
        last = last.a
    last.a = first


def garbage(rings, length):
    for _ in range(rings):
        drop_ring(length)
    return ns_each(rings * length, collects(rings * length))


def young_rings(objects):
    def work():
        for _ in range(objects // 10):
            drop_ring(10)

    gc.enable()
    figure = ns_each(objects, work)
    gc.disable()
    left = sum(type(object) is Node for object in gc.get_objects())
    if left >= 4000:
        raise SystemExit(f"{left} objects are left")
    gc.collect()
    return figure


def acyclic(objects):
    def work():
        for _ in range(objects):
            Node()

    figure = ns_each(objects, work)
    expect(gc.collect(), 0)
    return figure


ROWS = {
    "full collection, every object held from outside": held,
    "full collection, held by one root": one_root,
    "garbage in pairs, collection alone": lambda objects: garbage(objects // 2, 2),
    "garbage in one ring, collection alone": lambda objects: garbage(1, objects),
    "young garbage in rings of ten, allocation to free": young_rings,
    "allocate and free, acyclic": acyclic,
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--row", default="")
    options = parser.parse_args()
    gc.disable()
    gc.collect()
    print("| work | least | median |")
    print("|---|---|---|")
    for name, measure in ROWS.items():
        if options.row in name:
            figures = [measure(options.objects) for _ in range(options.rounds)]
            print(f"| {name}, ns an object | {min(figures):.1f} | {statistics.median(figures):.1f} |")


main()
