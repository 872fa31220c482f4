#!/usr/bin/env python3
"""The eighteen messages of tests/samples, made for a given day.

Deadlines and time limits depend on the day, so the files hold days counted from the one a message
was received on ("{{-24 days}}"), and this makes them mail:

    {{-24 days}}             3 June 2026; {{-24 days office}} the working day on or before
    {{-24 days yy}}          26;  dmy 03/06/2026;  weekday Wednesday 3 June
    {{-1 days rfc 09:12}}    Tue, 02 Jun 2026 09:12:00 +0100 (Europe/London)
    {{pdf}} … {{end}}        the text typeset as a PDF, in base64
    {{base64}} … {{end}}, {{quoted-printable}} … {{end}}, {{picture}}, {{include FILE}}

samples.json says when each is received (counted from today) and what policy.md makes of it.

    samples.py DIR [YYYY-MM-DD]    writes the messages and gold.jsonl, as for that day, into DIR
"""
import base64
import datetime
import json
import os
import quopri
import re
import struct
import sys
import zlib
from zoneinfo import ZoneInfo

import place
from typeset import pdf

FOLDER = os.path.join(place.ROOT, "tests", "samples")
LONDON = ZoneInfo("Europe/London")
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def rfc_date(when):
    return (f"{DAYS[when.weekday()][:3]}, {when.day:02} {MONTHS[when.month - 1][:3]} "
            f"{when.year} {when:%H:%M:%S} {when:%z}")


def day_words(day, words):
    if "office" in words:
        day -= datetime.timedelta(days=max(0, day.weekday() - 4))
    if "yy" in words:
        return f"{day:%y}"
    if "dmy" in words:
        return f"{day:%d/%m/%Y}"
    if "weekday" in words:
        return f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    if "rfc" in words:
        time = datetime.time.fromisoformat(words[-1])
        return rfc_date(datetime.datetime.combine(day, time, LONDON))
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def picture():
    """A small photograph-like PNG: no letters in it."""
    width, height = 60, 45
    rows = b"".join(b"\0" + bytes(value for x in range(width)
                                  for value in ((x * 3 + y * y) % 97 + 90, (y * 4 + x) % 83 + 80,
                                                (x * y) % 61 + 60))
                    for y in range(height))

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + \
            struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def base64_lines(data):
    return base64.encodebytes(data).decode("ascii").rstrip("\n")


ENCODERS = {
    "pdf": lambda text: base64_lines(pdf(text)),
    "base64": lambda text: base64_lines((text + "\n").encode()),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode("ascii"),
}


def render(file, received):
    """The message as bytes, as it is when received on that day."""
    with open(os.path.join(FOLDER, file), encoding="utf-8") as f:
        text = f.read()
    text = re.sub(r"\{\{include (\S+)\}\}\n",
                  lambda m: open(os.path.join(FOLDER, m.group(1)), encoding="utf-8").read(), text)
    text = re.sub(r"\{\{([+-]?\d+) days?((?: [\w:]+)*)\}\}",
                  lambda m: day_words(received + datetime.timedelta(days=int(m.group(1))),
                                      m.group(2).split()), text)
    text = re.sub(r"\{\{(pdf|base64|quoted-printable)\}\}\n(.*?)\n\{\{end\}\}",
                  lambda m: ENCODERS[m.group(1)](m.group(2)), text, flags=re.S)
    text = text.replace("{{picture}}", base64_lines(picture()))
    left = re.search(r"\{\{[^}]*\}\}", text)
    if left:
        raise ValueError(f"{file}: {left.group()} is not understood")
    return text.replace("\n", "\r\n").encode()


class Sample:
    def __init__(self, entry, today):
        ago, clock = re.fullmatch(r"-(\d+) days? (\d\d:\d\d)", entry["received"]).groups()
        day = today - datetime.timedelta(days=int(ago))
        self.file, self.expect, self.same_as = entry["file"], entry["expect"], entry.get("same_as")
        self.received = datetime.datetime.combine(day, datetime.time.fromisoformat(clock), LONDON)
        self.data = render(self.file, day)


def load(today=None):
    """All samples in the order of their numbers, as for today."""
    today = today or datetime.datetime.now(LONDON).date()
    with open(os.path.join(FOLDER, "samples.json"), encoding="utf-8") as f:
        return [Sample(entry, today) for entry in json.load(f)]


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    today = datetime.date.fromisoformat(sys.argv[2]) if len(sys.argv) == 3 else None
    os.makedirs(sys.argv[1], exist_ok=True)
    with open(os.path.join(sys.argv[1], "gold.jsonl"), "w", encoding="utf-8") as gold:
        for sample in load(today):
            with open(os.path.join(sys.argv[1], sample.file), "wb") as f:
                f.write(sample.data)
            gold.write(json.dumps({**sample.expect, "file": sample.file,
                                   "received": sample.received.isoformat()}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
