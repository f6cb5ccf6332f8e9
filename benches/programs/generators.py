"""Walks a balanced tree with generators, one for each node, that delegate to each other.
The argument is the number of nodes; it is walked five times."""

import sys


def size(default):
    """The program's first argument, or the default."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else default


class Tree:
    def __init__(self, left, value, right):
        self.left = left
        self.value = value
        self.right = right

    def __iter__(self):
        if self.left is not None:
            yield from self.left
        yield self.value
        if self.right is not None:
            yield from self.right


def make(low, high):
    if low >= high:
        return None
    middle = (low + high) // 2
    return Tree(make(low, middle), middle, make(middle + 1, high))


def main():
    tree = make(0, size(1000))
    total = 0
    for round in range(5):
        for value in tree:
            total += value
    print(total)


main()
