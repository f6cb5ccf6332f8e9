"""Runs programs that come on standard input, each with its length in bytes on a line before it, one
after the other. Each finds the collector as it is at the beginning of a process. After what a
program printed comes a line with a record separator."""

import gc
import sys


PRELUDES = {}  # the code of each: all programs have the same, and it is long


def run(source):
    namespace = {"__name__": "__main__"}
    exact, slots, rest = source.split("\n", 2)
    prelude, main = rest.rsplit("def main():", 1)
    if prelude not in PRELUDES:
        PRELUDES[prelude] = compile(prelude, "prelude.py", "exec")
    try:
        exec(f"{exact}\n{slots}", namespace)
        exec(PRELUDES[prelude], namespace)
        exec(compile("def main():" + main, "program.py", "exec"), namespace)
    except Exception as error:
        print("\n".join(namespace.get("TRACE", [])))
        place = error.__traceback__
        while place.tb_next is not None:
            place = place.tb_next
        print("error:", type(error).__name__, error, "in line", place.tb_lineno)


def reset(thresholds):
    gc.disable()
    gc.callbacks.clear()
    gc.set_debug(0)
    gc.garbage.clear()
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    while gc.collect():
        pass
    gc.garbage.clear()


def main():
    thresholds = gc.get_threshold()
    reset(thresholds)
    while length := sys.stdin.buffer.readline():
        gc.enable()
        run(sys.stdin.buffer.read(int(length)).decode())
        print("\x1e", flush=True)
        reset(thresholds)


main()
