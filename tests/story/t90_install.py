#!/usr/bin/env python3
"""make install puts everything in place; the unit is as closed as promised; the pages are clean."""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from office import BUILD, ROOT

FILES = """usr/bin/iecd usr/bin/iecctl usr/lib/iecd/iecd-reader etc/iecd/iecd.conf
usr/share/iecd/iecd.conf.example usr/share/iecd/bank-holidays.json usr/share/iecd/rules usr/share/iecd/forms.conf
usr/share/iecd/templates/en usr/share/iecd/templates/cy lib/systemd/system/iecd.service
usr/lib/sysusers.d/iecd.conf usr/lib/tmpfiles.d/iecd.conf usr/share/man/man8/iecd.8
usr/share/man/man5/iecd.conf.5 usr/share/man/man1/iecctl.1""".split()


def exposure(unit):
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", unit],
                          capture_output=True, text=True)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    return float(found.group(1)) if found else None


def group_of(name, pattern):
    with open(os.path.join(ROOT, "systemd", name), encoding="utf-8") as f:
        return re.search(pattern, f.read(), re.MULTILINE).group(1)


def linked(program):
    done = subprocess.run(["ldd", os.path.join(BUILD, program)], capture_output=True, text=True)
    return done.stdout


def story():
    root = tempfile.mkdtemp(dir=BUILD)
    try:
        done = subprocess.run(["make", "-s", "-C", ROOT, "install", f"DESTDIR={root}", f"B={BUILD}"],
                              capture_output=True, text=True)
        tap.equal(done.returncode, 0, "make install DESTDIR= ends well") or tap.note(done.stderr)
        missing = [f for f in FILES if not os.path.exists(os.path.join(root, f))]
        tap.equal(missing, [], "every file is in place")
        again = subprocess.run(["make", "-s", "-C", ROOT, "install", f"DESTDIR={root}", f"B={BUILD}"],
                               capture_output=True, text=True)
        tap.equal(again.returncode, 0, "installing again ends well")
    finally:
        shutil.rmtree(root)
    score = exposure(os.path.join(ROOT, "systemd", "iecd.service"))
    tap.note(f"systemd-analyze security: {score}")
    tap.ok(score is not None and score <= 1.5, "the unit's exposure is 1.5 or less", score)
    tap.equal(group_of("iecd.service", r"^Group=(\S+)"),
              group_of("iecd.tmpfiles", r"^d /run/iecd \d+ iecd (\S+)"),
              "the socket belongs to those who may come to it")
    for program in ("iecd", "iecctl"):
        libs = linked(program)
        for name in ("gmime", "poppler", "libxml2", "ytnef"):
            tap.ok(name not in libs, f"{program} is not linked with {name}: mail is read elsewhere")
    for page in ("iecd.8", "iecctl.1", "iecd.conf.5"):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning",
                               os.path.join(ROOT, "man", page)], capture_output=True, text=True)
        lines = [l for l in done.stdout.splitlines() if "mandoc.db" not in l]
        tap.equal(lines, [], f"{page} has no fault")


tap.run(story)
