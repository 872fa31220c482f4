"""TAP for the Python stories: one line a check, the plan at the end, a reason under each failure.

A story that stops early (an exception, a missing server) prints no plan, so `prove` fails it."""
import atexit
import os
import sys
import traceback

_count = 0
_failed = 0


def ok(condition, name, detail=""):
    """One check. `detail` is shown under a failure."""
    global _count, _failed
    _count += 1
    print(f"{'ok' if condition else 'not ok'} {_count} - {name}", flush=True)
    if not condition:
        _failed += 1
        for line in str(detail).splitlines():
            print(f"#   {line}", flush=True)
    return bool(condition)


def equal(got, wanted, name):
    return ok(got == wanted, name, f"got    {got!r}\nwanted {wanted!r}")


def note(text):
    for line in str(text).splitlines():
        print(f"# {line}", flush=True)


def skip_all(why):
    """For what this machine cannot do at all (no root, no kernel feature); says so."""
    print(f"1..0 # SKIP {why}", flush=True)
    os._exit(0)


def run(story):
    """Runs the story function; prints the plan only when it came to its end."""
    try:
        story()
    except Exception:  # a story's own failure is reported like a failed check, without a plan
        for line in traceback.format_exc().splitlines():
            print(f"# {line}", flush=True)
        sys.exit(1)
    print(f"1..{_count}", flush=True)
    sys.exit(1 if _failed else 0)
