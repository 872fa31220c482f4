#!/usr/bin/env python3
"""Every story of tests/life, through the daemon with its clock moved: as written over the real mail
servers, and over Maildir with each delivery doubled, and with what can wait together waiting
together in the other order, and each judged before the older one comes.

    t40_life.py [4b-07 ...]   only the stories whose names begin so"""
import concurrent.futures
import contextlib
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import life
import tap
from dovecot import Dovecot
from servers import mta

AT_ONCE = 2
WAYS = ("as written", "doubled", "reversed", "late")


def played(stories, way):
    """One world played through: results and ends. A world that breaks down fails its stories."""
    try:
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(s) for s in (Dovecot(), mta())] \
                if way == "as written" else []
            office = stack.enter_context(life.PostRoom(*servers, settings=stories[0].settings))
            play = life.Play(office, stories, way)
            return play.run(), play.ends
    except (RuntimeError, LookupError, OSError, ValueError, subprocess.SubprocessError) as error:
        return [(False, f"{s.name} [{way}]", repr(error)) for s in stories], {}


def may_be_late(s):
    return s.waits_together() and not s.late


def same_ends(stories, ends):
    """Whatever the order of delivery; in stories kept apart a letter of ours lay between."""
    for s in stories:
        written, reversed_ = (ends[way].get(s.name) for way in ("as written", "reversed"))
        tap.ok(written and written == reversed_, f"{s.name} ends the same reversed",
               f"as written {written}\nreversed   {reversed_}")
    apart = [s for s in stories if s.apart]
    for s in apart:
        tap.note(f"{s.name} is kept apart: {s.apart}")
    for s in stories:
        if s.late:
            tap.note(f"{s.name} is not played late: {s.late}")
    tap.note(f"{sum(s.waits_together() for s in stories)} of {len(stories)} stories wait together "
             f"over steps, {len(apart)} are kept apart")


def is_seen(case):
    """A person decides it."""
    return case["state"] == "referred" or \
        (case["state"], case["release"]) == ("awaiting-release", "reviewed")


def undated(case):
    """The day that a letter has promised stands."""
    return {key: value for key, value in case.items() if key != "due"}


def late_ends(stories, ends):
    """An older message after a newer one was judged, and perhaps answered: the same, or a person
    sees the case or one that is linked with it."""
    for s in filter(may_be_late, stories):
        written, late = (ends[way].get(s.name, {}) for way in ("as written", "late"))
        wrong = [f"{name}: as written {case}\nlate {late.get(name)}"
                 for name, case in written.items()
                 if name not in late or (undated(case) != undated(late[name]) and not any(
                     is_seen(late[n]) for n in (name, *late[name]["links"])))]
        tap.ok(written and late and not wrong, f"{s.name} ends the same late, or with a person",
               "\n".join(wrong))


def lines_of_policy(stories):
    """Every numbered line of tests/life/README.md has a story with its number in its name."""
    with open(os.path.join(life.FOLDER, "README.md"), encoding="utf-8") as f:
        numbers = [line.split("|")[1].strip() for line in f if line.startswith("| 4")]
    names = [s.name for s in stories]
    missing = [n for n in numbers if not any(re.match(n + "[a-z]?-", name) for name in names)]
    tap.equal(missing, [], f"each of {len(numbers)} lines of policy has its story")
    tap.ok(len(stories) >= 60, f"{len(stories)} stories, at least 60")
    short = [s.name for s in stories if not 2 <= sum(len(t.get("deliver", [])) for t in s.steps)]
    tap.equal(short, [], "each of two messages or more")


def story():
    names = sys.argv[1:]
    stories = life.read_stories(names)
    if not names:
        lines_of_policy(stories)
    with Dovecot(), mta():
        pass   # unpacked once, before two plays want them; where they cannot be had, this fails
    plays = [(world, way) for world in life.worlds(stories) for way in WAYS[:-1]]
    plays += [(world, "late") for world in life.worlds(list(filter(may_be_late, stories)))]
    ends = {way: {} for way in WAYS}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for (_, way), (results, became) in zip(plays, pool.map(lambda p: played(*p), plays)):
            ends[way].update(became)
            for passed, name, why in results:
                tap.ok(passed, name, why)
    same_ends(stories, ends)
    late_ends(stories, ends)


tap.run(story)
