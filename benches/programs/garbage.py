"""Cycles that own a payload, made and dropped beside a live set. Arguments: objects in a cycle,
bytes of its payload, objects of the live set, number of cycles.

Prints the processor time of making them in nanoseconds, the longest pause (also processor time,
from a "start" callback of the collector to its "stop" callback), the most objects that were garbage
and not yet collected, and how many were dropped. Garbage is what was dropped, less what the
collector says it collected; it is most when a collection starts, or at the end."""

import gc
import sys
import time


class Node:
    __slots__ = ("next", "payload")


dropped = 0
collected = 0
most = 0
started_ns = 0
pause_ns = 0


def watch(phase, info):
    global collected, most, started_ns, pause_ns
    if phase == "start":
        most = max(most, dropped - collected)
        started_ns = time.process_time_ns()
    else:
        pause_ns = max(pause_ns, time.process_time_ns() - started_ns)
        collected += info["collected"]


def ring(length, payload_bytes):
    first = Node()
    if payload_bytes:
        first.payload = b"x" * payload_bytes
    last = first
    for _ in range(length - 1):
        node = Node()
        last.next = node
        last = node
    last.next = first


def main():
    global dropped
    length = int(sys.argv[1])
    payload_bytes = int(sys.argv[2])
    live = [Node() for _ in range(int(sys.argv[3]))]
    gc.collect()
    gc.callbacks.append(watch)
    begin_ns = time.process_time_ns()
    for _ in range(int(sys.argv[4])):
        ring(length, payload_bytes)
        dropped += length
    end_ns = time.process_time_ns()
    gc.callbacks.clear()
    print(end_ns - begin_ns, pause_ns, max(most, dropped - collected), dropped)
    print(len(live))


main()
