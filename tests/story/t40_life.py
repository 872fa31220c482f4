#!/usr/bin/env python3
"""Every story of tests/life, through the daemon with its clock moved: as written over the real mail
servers, and over Maildir with each delivery doubled and with each moment's mail in the other order.

    t40_life.py [4b-07 ...]   only the stories whose names begin so"""
import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import life
import tap
from dovecot import Dovecot
from packages import Unavailable
from servers import mta

AT_ONCE = 2


def played(stories, way, servers=False):
    """One world played through; a world that breaks down fails all its stories."""
    try:
        if not servers:
            with life.PostRoom(settings=stories[0].settings) as office:
                return life.Play(office, stories, way).run()
        with Dovecot() as imap, mta() as smtp, \
                life.PostRoom(imap, smtp, stories[0].settings) as office:
            return life.Play(office, stories, way).run()
    except (RuntimeError, LookupError, OSError, ValueError, subprocess.SubprocessError) as error:
        return [(False, f"{s.name} [{way}]", repr(error)) for s in stories]


def have_servers():
    try:
        with Dovecot(), mta():
            return True
    except Unavailable as why:
        tap.note(f"over Maildir only: {why}")
        return False


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
    real = have_servers()
    plays = [(world, way, real and way == "as written")
             for world in life.worlds(stories) for way in ("as written", "doubled", "reversed")]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for results in pool.map(lambda play: played(*play), plays):
            for passed, name, why in results:
                tap.ok(passed, name, why)


tap.run(story)
