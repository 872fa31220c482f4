#!/usr/bin/env python3
"""SIGKILL at a hundred moments and more while 500 messages from 500 people trickle in, on a real
IMAP server with MOVE and a real mail server: at the end 500 cases, 500 first decisions, and each
reply received once, or twice with the same Message-ID where the kill fell between the server's 250
and our commit.

Half the kills fall at random; the others at named points, as the narrow windows are never hit by
chance. IECD_STOP_TRACE says after which durable act each kill fell."""
import collections
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from letters import Writer
from mailroom import MailOffice
from office import until

MESSAGES = 500
RANDOM_KILLS = 60
WINDOWS = ("smtp-send", "smtp-answered")
AIMED = ["originals", "received", "judged", "moved", "smtp-send", "smtp-answered", "recorded"]
EACH = 7
MEANING = {
    "start": "before any durable act", "originals": "originals durable, no row yet",
    "commit": "just after a commit", "received": "rows received, mailbox not told",
    "judged": "judged and queued", "moved": "moved on the server, not recorded (mid-MOVE)",
    "smtp-send": "reply marked sending", "smtp-answered": "server's 250 seen, not recorded",
    "recorded": "reply recorded as sent",
}


def last_point(trace):
    try:
        with open(trace, encoding="ascii") as f:
            lines = f.read().splitlines()
            return lines[-1].split()[0] if lines else "start"
    except FileNotFoundError:
        return "start"


class Story:
    def __init__(self):
        self.random = random.Random(20261123)
        self.writer = Writer(seed=7)
        self.sent = 0
        self.fell = collections.Counter()
        self.kills = 0
        self.longest = 0.4  # seconds from a start to a random kill

    def trickle(self, mail, count):
        count = min(count, MESSAGES - self.sent)
        letters = [self.writer.letter() for _ in range(count)]
        mail.imap.append([data for _, data in letters])
        self.sent += count

    def wait_end(self, office, seconds):
        """True if the process ended by itself (an aimed kill)."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if office.process.poll() is not None:
                return True
            time.sleep(0.002)
        return False

    def one_kill(self, mail, point, least=0.02):
        office = mail.office
        trace = os.path.join(office.dir, "trace")
        if os.path.exists(trace):
            os.unlink(trace)
        env = {"IECD_STOP_TRACE": trace}
        if point:
            often = point in ("smtp-send", "smtp-answered", "recorded")  # else once a batch
            env.update(IECD_STOP_NAME=point, IECD_STOP_KILL="1",
                       IECD_STOP_AFTER=str(self.random.randint(1, 3) if often else 1))
        self.trickle(mail, self.random.randint(2, 5))
        office.start(env=env, wait=False)
        if point:
            ended = self.wait_end(office, 4)
        else:
            ended = self.wait_end(office, least + self.random.uniform(0, self.longest))
        if not ended:
            office.kill()
        else:
            office.process = None
        self.fell[last_point(trace)] += 1
        self.kills += 1

    def first_run(self, mail):
        """How long a start and its work take here, now. A machine on which none of eight runs comes
        to read what it holds would have it taken for what kills the reader, and given to a person."""
        self.trickle(mail, 3)
        began = time.monotonic()
        mail.office.start()
        mail.office.settle(messages=3)
        self.longest = max(self.longest, 2 * (time.monotonic() - began))
        mail.office.stop()
        tap.note(f"random kills fall within {self.longest:.1f} s of a start")

    def run(self, mail):
        self.first_run(mail)
        plan = [None] * RANDOM_KILLS + AIMED * EACH
        self.random.shuffle(plan)
        for point in plan:
            self.one_kill(mail, point)
            # A reply whose window is hit twice is `unknown` and goes to a person, by design: an
            # aimed kill is followed by a run long enough to send again what it interrupted.
            if point in WINDOWS:
                self.one_kill(mail, None, least=0.6)


def check(mail, story):
    office = mail.office
    rows = office.query("SELECT message_id, kind FROM outbox WHERE state <> 'cancelled'")
    received = collections.Counter(mail.received_ids())
    twice = {m: n for m, n in received.items() if n > 1}
    tap.note(f"kills {story.kills}, among them:")
    for point, count in sorted(story.fell.items(), key=lambda item: -item[1]):
        tap.note(f"  {count:4} {MEANING.get(point, point)}")
    again = {m for (m,) in office.query("SELECT message_id FROM outbox WHERE retried_unknown = 1")}
    tap.note(f"replies {len(rows)}; on the wire when a kill fell and sent once more: {len(again)}; "
             f"received twice, same Message-ID: {len(twice)}")
    tap.ok(story.kills >= 100, "killed at least 100 times", story.kills)
    for point in AIMED:
        tap.ok(story.fell[point] >= 5, f"at least five kills: {MEANING[point]}", story.fell[point])
    tap.equal(office.query("SELECT count(*) FROM messages")[0][0], MESSAGES, "500 messages")
    tap.equal(office.query("SELECT count(*) FROM cases")[0][0], MESSAGES, "500 cases")
    tap.equal(office.query("SELECT count(*) FROM decisions")[0][0], MESSAGES, "500 decisions")
    tap.equal(office.query("SELECT id, attempts FROM messages WHERE state = 'unreadable'"), [],
              "every message was read")
    tap.equal(office.query("SELECT count(DISTINCT contact_address) FROM cases")[0][0], MESSAGES,
              "500 different people")
    listed = {m for (m,) in office.query("SELECT message_id FROM outbox WHERE state = 'unknown'")}
    tap.note(f"listed as unknown, for a person: {len(listed)}")
    tap.equal(sorted({m for m, _ in rows} - set(received) - listed), [],
              "every reply was received, or is listed as unknown")
    tap.equal(mail.unknown, len(listed), "and `iecctl status` tells how many those are")
    tap.equal(sorted(set(received) - {m for m, _ in rows}), [], "nothing else was received")
    tap.ok(max(received.values()) <= 2, "none more than twice", twice)
    tap.equal(sorted(set(twice) - again), [],
              "twice only what was on the wire, unanswered for us, when a kill fell")
    tap.equal(mail.imap.count("INBOX"), 0, "the inbox is empty")
    tap.equal(mail.imap.count(mail.done), MESSAGES, "every message was moved once")
    tap.equal(office.query("PRAGMA integrity_check"), [("ok",)], "the register is whole")


def body():
    story = Story()
    with MailOffice() as mail:
        story.run(mail)
        story.trickle(mail, MESSAGES)
        mail.office.start()
        mail.office.settle(messages=MESSAGES, seconds=120)
        until(lambda: mail.imap.count("INBOX") == 0, 30, "an empty inbox")
        mail.unknown = mail.office.status()["outbox_unknown"]
        mail.office.stop()
        check(mail, story)


tap.run(body)
