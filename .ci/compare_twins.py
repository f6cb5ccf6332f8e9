"""Compares the expectations of the fixtures with what CPython does.

    python3.13 .ci/compare_twins.py

1. `fixtures/twins/NAME.py` is the twin of `fixtures/NAME.vasm`, in folders below as well, and
   `fixtures/twins/errors/NAME.py` that of `fixtures/errors/run/NAME.vasm`.
2. Each twin runs once for each `; RUN: run` of its fixture, with the same arguments, in an empty
   directory, under its bare file name, so that tracebacks show no source lines.
   A run whose options choose a profile of the collector runs under that version of CPython if it is
   installed beside this one or on the PATH; a run with the profile 3.15 has no CPython to compare.
3. `benches/programs/NAME.py` is the twin of `benches/programs/NAME.vasm`. It runs as its `; BENCH:`
   says, and must print what its `; BENCH-EXPECT:` say.
4. Output, errors and exit status must be those that the fixture expects. Frames of module level are
   left out of tracebacks: in a fixture, the entry function is `main`.
"""

import concurrent.futures
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
PROGRAMS = ROOT / "benches" / "programs"
TIMEOUT_SECONDS = 300

# What the twin runs in: no frames of module level in a traceback.
DRIVER = """
import sys, traceback

def report(kind, error, trace):
    traceback.clear_frames(trace)  # what they hold, in case that memory ran out
    for part in traceback.TracebackException(kind, error, trace).format():
        is_frame = part.lstrip().startswith('File "')
        if not (is_frame and part.partition("\\n")[0].endswith(", in <module>")):
            sys.stderr.write(part)

path, name = sys.argv[1:3]
sys.argv = sys.argv[2:]
sys.excepthook = report
with open(path, encoding="utf-8") as file:
    code = compile(file.read(), name, "exec")
exec(code, {"__name__": "__main__", "__builtins__": __builtins__})
"""


class Run:
    """One run of a program, and what is expected of it."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.profile = None
        self.output = []
        self.errors = []
        self.status = None


def runs_of(fixture):
    """The runs that the comments of a fixture describe."""
    runs = [Run([])]
    has_run = False
    for line in fixture.read_text(encoding="utf-8").splitlines():
        key, colon, rest = line.partition(":")
        if not colon or not key.startswith("; "):
            continue
        rest = rest.removeprefix(" ")
        match key.removeprefix("; "):
            case "RUN":
                command, *arguments = rest.split()
                if has_run:
                    runs.append(Run([]))
                has_run = True
                runs[-1].arguments = arguments if command == "run" else None
            case "OPTIONS":
                words = rest.split()
                if "--gc-profile" in words:
                    runs[-1].profile = words[words.index("--gc-profile") + 1]
            case "EXPECT":
                runs[-1].output.append(rest)
            case "EXPECT-ERROR":
                runs[-1].errors.append(rest)
            case "EXIT":
                runs[-1].status = int(rest)
    return [run for run in runs if run.arguments is not None]


def bench_runs_of(program):
    """The run that a benchmark's comments describe, if they describe one."""
    run = Run([])
    for line in program.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition(":")
        match key:
            case "; BENCH":
                run.arguments = rest.split()
            case "; BENCH-EXPECT":
                run.output.append(rest.removeprefix(" "))
    return [run] if run.output else []


@functools.cache
def interpreter(profile):
    """The CPython to run a twin with, or None."""
    if profile in (None, "3.13"):
        return sys.executable
    name = f"python{profile}"
    beside = pathlib.Path(sys.base_prefix).parent.glob(f"{profile}.*/bin/{name}")
    for candidate in [*map(str, beside), shutil.which(name)]:
        # What is on the PATH may be a stand-in that fails.
        if candidate and subprocess.run([candidate, "-c", ""], capture_output=True).returncode == 0:
            return candidate
    return None


def compare(twin, fixture, runs):
    """What differs between a twin and its fixture: lines of text, none if nothing does."""
    differences = []
    for run in runs:
        executable = interpreter(run.profile)
        if executable is None:
            continue
        with tempfile.TemporaryDirectory() as directory:
            python = [executable, "-I", "-X", "utf8", "-W", "ignore", "-c", DRIVER]
            try:
                done = subprocess.run(
                    [*python, twin, twin.name, *run.arguments],
                    cwd=directory,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=TIMEOUT_SECONDS,
                )
            except subprocess.TimeoutExpired:
                differences.append(f"no end within {TIMEOUT_SECONDS} s")
                continue
        status = run.status if run.status is not None else int(bool(run.errors))
        if done.returncode != status:
            differences.append(f"exit status {done.returncode}, expected {status}")
        for stream, found, expected in (
            ("output", done.stdout, run.output),
            ("errors", done.stderr, run.errors),
        ):
            found = found.decode("utf-8").splitlines()
            for number, pair in enumerate(zip(found, expected), start=1):
                if pair[0] != pair[1]:
                    differences.append(f"{stream}, line {number}: {pair[0]}\n  expected: {pair[1]}")
                    break
            else:
                if len(found) != len(expected):
                    differences.append(f"{stream}: {len(found)} lines, expected {len(expected)}")
    return differences


def main():
    if sys.version_info[:2] != (3, 13):
        sys.exit(f"this is Python {sys.version.split()[0]}; the twins are for 3.13")
    pairs = []
    failed = 0
    twins = FIXTURES / "twins"
    for twin in sorted(twins.rglob("*.py")):
        path = twin.relative_to(twins).with_suffix(".vasm")
        if path.parts[0] == "errors":
            path = pathlib.Path("errors", "run", *path.parts[1:])
        fixture = FIXTURES / path
        if fixture.exists():
            pairs.append((twin, fixture, runs_of(fixture)))
        else:
            failed += 1
            print(f"{twin.relative_to(ROOT)}: there is no {fixture.relative_to(ROOT)}")
    for program in sorted(PROGRAMS.glob("*.vasm")):
        runs = bench_runs_of(program)
        twin = program.with_suffix(".py")
        if runs and twin.exists():
            pairs.append((twin, program, runs))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda pair: compare(*pair), pairs)
        for (_, fixture, _), differences in zip(pairs, results):
            failed += bool(differences)
            for difference in differences:
                print(f"{fixture.relative_to(ROOT)}: CPython differs: {difference}")
    print(f"{len(pairs)} programs compared with CPython {sys.version.split()[0]}, {failed} differ")
    sys.exit(1 if failed or not pairs else 0)


main()
