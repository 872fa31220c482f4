#!/usr/bin/env python3
"""The real and the scripted servers that the other stories stand on: each takes mail, over STARTTLS
and over TLS from the first byte, and is gone afterwards. What fails here fails everywhere."""
import os
import subprocess
import sys

LIB = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib")
sys.path.insert(0, LIB)
import servers
import tap


def story():
    for name in [*servers.KINDS, *servers.FAKES]:
        done = subprocess.run([sys.executable, os.path.join(LIB, "servers.py"), "try", name],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode == 77:
            tap.note(f"{name} not run: {done.stderr.strip()}")
        else:
            tap.ok(done.returncode == 0, f"{name} takes mail", done.stdout + done.stderr)


tap.run(story)
