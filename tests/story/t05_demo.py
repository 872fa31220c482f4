#!/usr/bin/env python3
"""What `make demo` shows, twice in a row and once without servers: every sample with the outcome
that tests/samples/samples.json demands of it, nothing left running, something left to look at."""
import os
import subprocess
import sys

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib")
sys.path.insert(0, LIB)
import office
import place
import tap

DEMO = os.path.join(place.BUILD, "demo")


def run(*options):
    return subprocess.run([sys.executable, os.path.join(LIB, "demo.py"), "--check", *options],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def left_behind():
    """iecctl works on what stays, with the servers gone."""
    done = subprocess.run([os.path.join(office.BUILD, "iecctl"), "--config", DEMO + "/iecd.conf",
                           "cases"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    tap.ok(done.returncode == 0 and "IEC/" in done.stdout, "its register can be looked at",
           done.stdout + done.stderr)
    tap.ok(os.listdir(DEMO + "/replies/new"), "its replies can be opened")


def story():
    for name, options in (("with servers", ()), ("again at once", ()),
                          ("Maildir to Maildir", ("--maildir",))):
        done = run(*options)
        tap.ok(done.returncode == 0, f"the demonstration, {name}", done.stdout + done.stderr)
        left_behind()


tap.run(story)
