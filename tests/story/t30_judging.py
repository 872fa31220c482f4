#!/usr/bin/env python3
"""Every judged message of tests/corpus, by iecctl assess as anybody would call it. The scorer's
figures are printed for each folder; three of them fail the test: a wrong rejection, a complaint left
unanswered, a danger missed. The exams are never trained on (tools/train), so theirs are the figures
to expect of mail to come; what the models were fitted to is printed to see that it stays judged."""
import glob
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import place
import tap
from office import BUILD

CORPUS = os.path.join(place.ROOT, "tests", "corpus")
ZEROS = ["wrong rejections", "complaints left unanswered", "urgent missed", "no judgement"]


def folders():
    found = [os.path.dirname(f) for f in glob.glob(os.path.join(CORPUS, "dev", "gold.jsonl")) +
             glob.glob(os.path.join(CORPUS, "judged", "*", "gold.jsonl"))]
    return sorted(found, key=lambda f: ("exam" not in f, f))


def judged(folder, scratch):
    """What iecctl says of the folder, as a file for the scorer."""
    run = subprocess.run([os.path.join(BUILD, "iecctl"), "assess", "--format", "json", folder],
                         capture_output=True, text=True)
    path = os.path.join(scratch, os.path.basename(folder) + ".jsonl")
    with open(path, "w", encoding="utf-8") as out:
        out.write(run.stdout)
    return path


def figures(gold, path):
    run = subprocess.run([sys.executable, os.path.join(CORPUS, "score"), gold, path, "--misses"],
                         capture_output=True, text=True, check=False)
    rows = re.findall(r"^(?:ok  |LOW ) (.+?)\s+([\d.]+)   bar", run.stdout, re.M)
    return run.stdout, {name: float(value) for name, value in rows}


def main():
    scratch = place.run_folder("judging")
    everything, judgements = [], []
    for folder in folders():
        gold = os.path.join(folder, "gold.jsonl")
        path = judged(folder, scratch)
        text, got = figures(gold, path)
        name = os.path.relpath(folder, CORPUS)
        tap.ok(len(got) == 15, f"{name}: scored", text)
        for zero in ZEROS:
            tap.equal(got.get(zero), 0, f"{name}: {zero}")
        tap.note(f"{name}: " + ", ".join(f"{n} {v:g}" for n, v in got.items() if n not in ZEROS))
        everything.append(open(gold, encoding="utf-8").read().strip())
        judgements.append(open(path, encoding="utf-8").read().strip())
    gold, path = os.path.join(scratch, "gold"), os.path.join(scratch, "all")
    for name, parts in (gold, everything), (path, judgements):
        with open(name, "w", encoding="utf-8") as out:
            out.write("\n".join(parts) + "\n")
    text, _ = figures(gold, path)
    tap.note("all of them:")
    tap.note("\n".join(line for line in text.splitlines() if not line.startswith("  ")))
    place.remove(scratch)
    tap.ok(sum(len(p.splitlines()) for p in everything) > 1000, "a thousand messages and more")


tap.run(main)
