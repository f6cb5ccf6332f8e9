"""Opens the golden traces with the tools they are for, or with their published definitions.

    python3 .ci/check_traces.py [--chromium PATH]

`fixtures/trace/rings.*` are the trace of one run in each format; `rings.jsonl` has all of it, and
every other one is compared with that.

| format | is read by |
|---|---|
| text | the pattern that GCViewer's documentation of the unified log implies |
| chrome | the standard library's JSON reader |
| perfetto | the package `perfetto`: Perfetto's own protobuf definitions |
| openmetrics | the package `prometheus_client`: OpenMetrics' reference parser |
| hdr | the package `hdrhistogram`: a port of the Java library by its authors' project |
| html | Chromium, as on a desktop and a phone, in the light and in the dark, by the package `playwright` |

A tool that is not there is passed over aloud. The exit status is 0 if nothing failed.
"""

import collections
import importlib
import json
import pathlib
import re
import shutil
import sys

TRACES = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "trace"

passed, failed, skipped = 0, 0, 0


def read(extension):
    return (TRACES / f"rings.{extension}").read_text(encoding="utf-8")


LINES = [json.loads(line) for line in read("jsonl").splitlines()]
COLLECTIONS = [line for line in LINES if line["event"] == "collection"]
GENERATIONS = ["young collection", "middle collection", "full collection"]


def equal(what, found, expected):
    if found != expected:
        raise AssertionError(f"{what}: found {found!r}, expected {expected!r}")


def check(name, function, *packages):
    """Runs a check, unless a package is missing."""
    global passed, failed, skipped
    modules = []
    for package in packages:
        try:
            modules.append(importlib.import_module(package))
        except ImportError as error:
            print(f"SKIPPED {name}: {error}")
            skipped += 1
            return
    try:
        function(*modules)
    except Exception as error:  # whatever goes wrong in a tool, the others are asked too
        print(f"FAILED {name}: {type(error).__name__}: {error}")
        failed += 1
    else:
        print(f"ok {name}")
        passed += 1


def check_jsonl():
    equal("schema", (LINES[0]["schema"], LINES[0]["version"]), ("vm-events", 1))
    equal("last line", LINES[-1]["event"], "end")
    numbers = [line["sequence"] for line in LINES[1:-1]]
    equal("numbers", numbers, list(range(numbers[0], numbers[0] + len(numbers))))


def check_text():
    pattern = re.compile(
        r"\[(?P<uptime>[\d.]+)s\]\[info\]\[gc\] GC\((?P<number>\d+)\) "
        r"Pause (?P<kind>Young|Mixed|Full) \((?P<cause>[-.a-zA-Z: ]+)\) "
        r"(?P<before>\d+)K->(?P<after>\d+)K\((?P<total>\d+)K\) (?P<pause>\d+\.\d+)ms"
    )
    lines = [line for line in read("log").splitlines() if "GC(" in line]
    equal("lines", len(lines), len(COLLECTIONS))
    for line, event in zip(lines, COLLECTIONS):
        match = pattern.fullmatch(line)
        if not match:
            raise AssertionError(line)
        equal("number", int(match["number"]), event["collection"])
        equal("kind", match["kind"], ["Young", "Mixed", "Full"][event["generation"]])
        equal("cause", match["cause"], event["reason"])
        equal("before", int(match["before"]), event["heap_bytes_before"] // 1024)
        equal("after", int(match["after"]), event["heap_bytes_after"] // 1024)
        equal("pause", float(match["pause"]), event["duration_ns"] // 1000 / 1000)
        equal("uptime", float(match["uptime"]), event["at_ns"] // 1_000_000 / 1000)


def compare_slices(slices):
    """Compares finished slices (depth, name, begin, end) in nanoseconds with the collections."""
    expected = []
    for event in COLLECTIONS:
        begin = event["started_ns"]
        expected.append((0, GENERATIONS[event["generation"]], begin, event["at_ns"]))
        for stage, duration in event["stage_ns"].items():
            if duration:
                expected.append((1, stage, begin, begin + duration))
                begin += duration
    equal("slices", sorted(slices), sorted(expected))


def compare_counters(counters):
    """Compares counter values (name -> [(time, value)]) with the collections."""
    tracked, outstanding = [], []
    for event in COLLECTIONS:
        for time, when in [(event["started_ns"], "before"), (event["at_ns"], "after")]:
            tracked.append((time, sum(event[f"population_{when}"][:3])))
            outstanding.append((time, event[f"counts_{when}"][0]))
            value = (time, event[f"heap_bytes_{when}"])
            if value not in counters["heap_bytes"]:
                raise AssertionError(f"heap_bytes lacks {value}")
    equal("tracked_objects", counters["tracked_objects"], tracked)
    equal("outstanding_candidates", counters["outstanding_candidates"], outstanding)


def check_chrome():
    stack, slices, counters = [], [], collections.defaultdict(list)
    for event in json.loads(read("json")):
        time = round(event.get("ts", 0) * 1000)
        if event["ph"] == "B":
            stack.append((event["name"], time))
        elif event["ph"] == "E":
            name, begin = stack.pop()
            slices.append((len(stack), name, begin, time))
        elif event["ph"] == "C":
            counters[event["name"]].append((time, event["args"]["value"]))
    equal("open slices", stack, [])
    compare_slices(slices)
    compare_counters(counters)


def check_perfetto(definitions):
    trace = definitions.Trace()
    data = (TRACES / "rings.pftrace").read_bytes()
    trace.ParseFromString(data)
    equal("bytes that mean something else", len(trace.SerializeToString()), len(data))
    track, names, annotations, tracks = None, {}, {}, {}
    stack, slices, counters, reasons = [], [], collections.defaultdict(list), []
    kinds = definitions.TrackEvent.Type
    for packet in trace.packet:
        names.update({entry.iid: entry.name for entry in packet.interned_data.event_names})
        known = packet.interned_data.debug_annotation_names
        annotations.update({entry.iid: entry.name for entry in known})
        if packet.HasField("track_descriptor"):
            descriptor = packet.track_descriptor
            tracks[descriptor.uuid] = descriptor
        if not packet.HasField("track_event"):
            continue
        event, time = packet.track_event, packet.timestamp
        track = tracks[event.track_uuid]
        if event.type == kinds.TYPE_SLICE_BEGIN:
            equal("track", track.thread.thread_name, "collector")
            stack.append((names[event.name_iid], time))
            found = {annotations[each.name_iid]: each for each in event.debug_annotations}
            if found:
                numbers = [found[name].uint_value for name in ("collection", "candidates", "collected")]
                reasons.append([found["reason"].string_value, *numbers])
        elif event.type == kinds.TYPE_SLICE_END:
            name, begin = stack.pop()
            slices.append((len(stack), name, begin, time))
        elif event.type == kinds.TYPE_COUNTER:
            counters[track.name].append((time, event.counter_value))
    equal("open slices", stack, [])
    compare_slices(slices)
    compare_counters(counters)
    fields = ("reason", "collection", "candidates", "collected")
    equal("annotations", reasons, [[event[field] for field in fields] for event in COLLECTIONS])
    units = definitions.CounterDescriptor.Unit
    for descriptor in tracks.values():
        if descriptor.HasField("counter"):
            is_bytes = descriptor.name.endswith("_bytes")
            expected = units.UNIT_SIZE_BYTES if is_bytes else units.UNIT_COUNT
            equal(f"unit of {descriptor.name}", descriptor.counter.unit, expected)


def check_openmetrics(parser):
    samples = {}
    for family in parser.text_string_to_metric_families(read("om")):
        for sample in family.samples:
            samples[sample.name, tuple(sorted(sample.labels.items()))] = sample.value
    counts = collections.Counter((str(event["generation"]), event["reason"]) for event in COLLECTIONS)
    for (generation, reason), count in counts.items():
        key = "vm_gc_collections_total", (("generation", generation), ("reason", reason))
        equal(str(key), samples.pop(key), count)
    rest = [key for key in samples if key[0] == "vm_gc_collections_total"]
    equal("other collections", rest, [])
    for generation in range(3):
        of = [event for event in COLLECTIONS if event["generation"] == generation]
        label = (("generation", str(generation)),)
        fields = ["candidates", "collected", "uncollectable", "resurrected", "finalizers"]
        for field in [*fields, "weakref_callbacks", "freed_bytes"]:
            expected = sum(event[field] for event in of)
            equal(field, samples[f"vm_gc_{field}_total", label], expected)
        equal("pauses", samples["vm_gc_pause_seconds_count", label], len(of))
        total = sum(event["duration_ns"] for event in of)
        equal("pause time", round(samples["vm_gc_pause_seconds_sum", label] * 1e9), total)
        for (name, labels), value in samples.items():
            if name == "vm_gc_pause_seconds_bucket" and label[0] in labels:
                bound = float(dict(labels)["le"]) * 1e9
                equal("bucket", value, sum(event["duration_ns"] <= bound * 1.0000001 for event in of))
    equal("heap", samples["vm_heap_bytes", (("state", "used"),)], LINES[-1]["heap_bytes"])


def check_hdr(package):
    reader = importlib.import_module("hdrh.log").HistogramLogReader
    whole = package.HdrHistogram(1, 3_600_000_000_000, 3)
    log = reader(str(TRACES / "rings.hlog"), whole)
    pauses = []
    while histogram := log.get_next_interval_histogram():
        for step in histogram.get_recorded_iterator():
            pauses += [step.value_iterated_to] * step.count_at_value_iterated_to
    expected = sorted(event["duration_ns"] for event in COLLECTIONS)
    equal("pauses", len(pauses), len(expected))
    for pause, exact in zip(pauses, expected):
        if abs(pause - exact) > exact / 1000:
            raise AssertionError(f"{pause} for {exact}")


def check_html(playwright):
    looks = [(1100, 900, "light"), (1100, 900, "dark"), (375, 812, "light"), (360, 740, "dark")]
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        papers = set()
        for width, height, scheme in looks:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page, complaints = context.new_page(), []
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda request: complaints.append(request.url))
            page.goto((TRACES / "rings.html").as_uri())
            equal("complaints and requests", complaints, [(TRACES / "rings.html").as_uri()])
            wide = page.evaluate("document.documentElement.scrollWidth")
            equal(f"width of the content at {width}", wide, width)
            papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            equal("collections", page.locator("tfoot td").first.inner_text(), str(len(COLLECTIONS)))
            rows = page.locator("table.cards tbody tr").count()
            kinds = {(event["generation"], event["reason"]) for event in COLLECTIONS}
            equal("generations and reasons", rows, len(kinds))
            plot = page.locator(".plot.sizes")
            plot.scroll_into_view_if_needed()
            plot.hover()
            equal("a tip", page.locator(".tip").inner_text().startswith("at "), True)
            page.locator(".chart").focus()
            page.keyboard.press("Home")
            equal("first tip", page.locator(".tip").inner_text().split("\n")[0], "at 0\u00a0ns")
        equal("light and dark", len(papers), 2)
        browser.close()


CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if "--chromium" in sys.argv:
    CHROMIUM = sys.argv[sys.argv.index("--chromium") + 1]

check("jsonl", check_jsonl)
check("text", check_text)
check("chrome", check_chrome)
check("perfetto", check_perfetto, "perfetto.protos.perfetto.trace.perfetto_trace_pb2")
check("openmetrics", check_openmetrics, "prometheus_client.openmetrics.parser")
check("hdr", check_hdr, "hdrh.histogram")
if CHROMIUM:
    check("html", check_html, "playwright.sync_api")
else:
    print("SKIPPED html: no Chromium found")
    skipped += 1
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(failed > 0)
