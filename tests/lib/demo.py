#!/usr/bin/env python3
"""What `make demo` shows: the main job, from a mailbox full of complaints to the replies.

    demo.py            private mail servers, eighteen sample messages, iecd, a table; then cleans up
    demo.py --stay     the same, and the servers stay until Enter: look into them with a mail reader
    demo.py --maildir  iecd alone, no servers: one Maildir in, one Maildir out
    demo.py --check    the same as without, and each outcome held against tests/samples/samples.json

What it leaves to look at is in build/demo, replaced by the next run."""
import argparse
import contextlib
import datetime
import email
import email.policy
import email.utils
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from zoneinfo import ZoneInfo

import place
import samples
import servers
from office import BUILD, conf_value

FOLDER = os.path.join(place.BUILD, "demo")
SECONDS = 120
IECD, IECCTL = os.path.join(BUILD, "iecd"), os.path.join(BUILD, "iecctl")
NOT_CASES = {"auto-reply": "an out-of-office message", "bounce": "a delivery failure",
             "bulk": "a newsletter", "test": "a test of the web form"}


def say(text=""):
    print(text, flush=True)


def shown(path):
    return os.path.relpath(path)


# ---- the places mail comes from and goes to

class Servers:
    """Dovecot with the samples and a mailbox for the replies; an MTA that delivers into it."""

    readers = "replies"

    def __init__(self, stack):
        self.imap = stack.enter_context(servers.Dovecot(users={self.readers: "replies"}))
        options = {"dovecot": self.imap} if os.getuid() == 0 else {}
        self.mta = stack.enter_context(
            servers.mta(deliver_to=self.imap.maildir(self.readers), **options))

    def load(self, messages):
        self.imap.append([(m.data, m.received.timestamp()) for m in messages])
        say(f"  a private Dovecot on port {self.imap.port} of this machine, with {len(messages)} "
            "messages in its INBOX")
        say(f"  a private {self.mta.name.capitalize()} on port {self.mta.port}, which delivers "
            f"every reply into the mailbox `{self.readers}`")

    def settings(self):
        return {"mailboxes": [self.imap.settings("starttls", name="office", after="move",
                                                 move_to="Registered")],
                "outgoing": self.mta.settings("starttls")}

    def arrived(self):
        return self.mta.accepted_count()

    def keep(self, folder):
        shutil.copytree(self.mta.maildir, folder,
                        ignore=shutil.ignore_patterns("dovecot*", "maildirsize"))

    def left(self):
        return f"INBOX {self.imap.count()}, Registered {self.imap.count('Registered')}"

    def stay(self):
        say(f"\nThe servers stay until you press Enter: IMAP on 127.0.0.1 port {self.imap.port}, "
            f"user `{self.imap.user}` password `{self.imap.password}` (the office), or user "
            f"`{self.readers}` password `replies` (the people who wrote).")
        sys.stdin.readline()


class Maildirs:
    """The shipped configuration's way: folders."""

    def __init__(self, _stack):
        self.incoming, self.outgoing = (os.path.join(FOLDER, n) for n in ("incoming", "outgoing"))
        for folder in (self.incoming, self.outgoing):
            for part in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(folder, part))

    def load(self, messages):
        for message in messages:
            path = os.path.join(self.incoming, "new", message.file[:-len(".eml")])
            with open(path, "wb") as f:
                f.write(message.data)
            os.utime(path, (message.received.timestamp(),) * 2)
        say(f"  a Maildir with {len(messages)} messages ({shown(self.incoming)}) and a Maildir "
            f"for the replies ({shown(self.outgoing)})")

    def settings(self):
        return {"mailboxes": [{"name": "incoming", "kind": "maildir", "path": self.incoming}],
                "outgoing": {"kind": "maildir", "path": self.outgoing}}

    def arrived(self):
        return len(os.listdir(os.path.join(self.outgoing, "new")))

    def keep(self, folder):
        shutil.copytree(self.outgoing, folder)

    def left(self):
        return f"{len(os.listdir(os.path.join(self.incoming, 'new')))} in the Maildir's new/"

    def stay(self):
        say("\nPress Enter to end.")
        sys.stdin.readline()


# ---- iecd

class Iecd:
    def __init__(self, settings):
        self.conf = os.path.join(FOLDER, "iecd.conf")
        self.log = os.path.join(FOLDER, "iecd.log")
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write("# Written by the demonstration; config/iecd.conf explains every setting.\n")
            f.writelines(f"{name} = {conf_value(value)};\n" for name, value in settings.items())
        self.process = None

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([IECD, "--config", self.conf], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)

    def stop(self):
        """Its exit status; 0 where SIGTERM ended it in good order."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()

    def ask(self, *words):
        done = subprocess.run([IECCTL, "--config", self.conf, "--format", "json", *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()] if not done.returncode else []

    def status(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"iecd ended with {self.process.returncode}")
        lines = self.ask("status")
        return lines[0] if lines else {}


def watch(iecd, place_, count):
    """Until every message is judged and every reply has arrived; says what changes."""
    begin, last = time.monotonic(), None
    while True:
        status = iecd.status()
        arrived = place_.arrived()
        now = (status.get("messages", 0), status.get("cases", 0), arrived)
        if now != last and status:
            say(f"  {time.monotonic() - begin:5.1f} s  {now[0]:2} of {count} messages registered, "
                f"{now[1]:2} cases, {now[2]:2} replies arrived")
            last = now
        if status and status["messages"] >= count and not status["pending"] and \
                not status["outbox_queued"] and status["outbox_sent"] <= arrived:
            return
        if time.monotonic() - begin > SECONDS:
            raise TimeoutError(f"not done after {SECONDS} seconds: {status}")
        time.sleep(0.05)


# ---- what came of it

def day_words(text):
    day = datetime.date.fromisoformat(text)
    return f"{day.day} {samples.MONTHS[day.month - 1][:3]} {day.year}"


def replied(case):
    if case.get("replied_at"):
        when = datetime.datetime.fromisoformat(case["replied_at"].replace("Z", "+00:00"))
        clock = when.astimezone(ZoneInfo("Europe/London")).strftime("%H:%M:%S")
        return clock + (" (receipt)" if case["decision"] == "refer" else "")
    if case["state"] == "awaiting-release":
        return "waits for approval"
    if "acknowledge-by-hand" in case["flags"]:
        return "none: answer by hand"
    return "not yet"


def cut(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"


def table(cases):
    rows = [["CASE", "FROM", "DECISION", "REASONS", "REPLY DUE", "REPLIED AT"]]
    for case in cases:
        why = case["reasons"] or case["asks"] or case["refer"]
        rows.append([case["reference"], cut(case["from"] or "?", 32), case["decision"],
                     ", ".join(why) or "-",
                     day_words(case["reply_due"]) if case.get("reply_due") else "-",
                     replied(case)])
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def no_cases(messages):
    kinds = [NOT_CASES[m.expect["kind"]] for m in messages if m.expect["kind"] in NOT_CASES]
    same = sum(1 for m in messages if m.same_as)
    return (f"The other {len(kinds) + same} messages are registered and got no case of their own: "
            f"{', '.join(kinds)}, and {same} message that was delivered twice.")


def look_next(conf, first):
    ctl = f"{shown(IECCTL)} --config {shown(conf)}"
    say("\nLook next at")
    for what, how in (
            ("one case, with evidence and mail", f"{ctl} show {first}"),
            ("rejections that wait for a person", f"{ctl} review"),
            ("the replies themselves (a Maildir)", shown(os.path.join(FOLDER, "replies"))),
            ("why one message is judged so", f"{shown(IECCTL)} assess "
             + shown(os.path.join(FOLDER, "messages", "06-refusal-and-too-late.eml"))),
            ("the settings this ran with", shown(conf)),
            ("the rules and the templates", "config/rules, config/templates")):
        say(f"  {what + ':':37} {how}")


def check(cases, messages):
    """Each sample's case against samples.json; the sender tells which is whose."""
    bad = 0
    by_sender = {}
    for case in cases:
        by_sender.setdefault(case["from"], []).append(case)
    for sample in messages:
        parsed = email.message_from_bytes(sample.data, policy=email.policy.default)
        sender = email.utils.parseaddr(str(parsed["From"]))[1]
        found = by_sender.get(sender, [])
        wanted = sample.expect
        if wanted["decision"] == "none":
            problem = "became a case" if found else ""
        elif len(found) != 1:
            problem = f"{len(found)} cases"
        else:
            problem = "; ".join(f"{key} is {found[0][key]}" for key in
                                ("decision", "release", "reasons", "asks", "refer")
                                if key in wanted and found[0][key] != wanted[key])
        if problem:
            bad += 1
            say(f"NOT AS EXPECTED {sample.file}: {problem}")
    return bad


# ---- the run

def fresh_folder(messages):
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(os.path.join(FOLDER, "messages"))
    for message in messages:
        with open(os.path.join(FOLDER, "messages", message.file), "wb") as f:
            f.write(message.data)


def keep_files(group, name):
    """The files a server's settings name, copied beside iecd.conf: iecctl checks them later too,
    when the server and its folder are gone."""
    for key in ("ca_file", "secret_file"):
        if key in group:
            group[key] = shutil.copy(group[key], os.path.join(FOLDER, f"{name}.{key[:-5]}"))


def settings_for(place_, stack):
    run = place.run_folder("demo")  # of a short name: a socket's path has 108 bytes
    stack.callback(place.remove, run)
    settings = place_.settings()
    keep_files(settings["mailboxes"][0], "mailbox")
    keep_files(settings["outgoing"], "outgoing")
    return {"state_dir": os.path.join(FOLDER, "state"), "run_dir": os.path.join(run, "iecd"),
            **settings, "casework": {"hold_working_days": 0}}


def show(options, stack):
    messages = samples.load()
    fresh_folder(messages)
    say("Starting, all of it under build/ and gone afterwards:")
    place_ = (Maildirs if options.maildir else Servers)(stack)
    place_.load(messages)
    iecd = Iecd(settings_for(place_, stack))
    stack.callback(iecd.stop)
    say("  iecd, with a hold of 0 on rejections for this demonstration: as shipped a rejection\n"
        "  waits one working day, so that people who write in parts are heard whole\n")
    begin = time.monotonic()
    try:
        iecd.start()
        watch(iecd, place_, len(messages))
    except (RuntimeError, TimeoutError) as why:
        with open(iecd.log, encoding="utf-8", errors="replace") as f:
            say(f"demo: {why}; the log ends:\n" + textwrap.indent(f.read()[-3000:], "  "))
        return 1
    cases = sorted(iecd.ask("cases"), key=lambda c: c["reference"])
    say(f"\nDone in {time.monotonic() - begin:.1f} seconds: {len(messages)} messages, {len(cases)} "
        f"cases, {place_.arrived()} replies ({place_.left()}).\n")
    table(cases)
    say("\n" + no_cases(messages))
    bad = check(cases, messages) if options.check else 0
    if options.stay:
        place_.stay()
    ended = iecd.stop()
    if ended:
        say(f"demo: iecd ended with {ended}; see {shown(iecd.log)}")
    place_.keep(os.path.join(FOLDER, "replies"))
    look_next(iecd.conf, cases[0]["reference"] if cases else "CASE")
    return 1 if bad or ended else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("stay", "maildir", "check"):
        parser.add_argument("--" + name, action="store_true")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.makedirs(place.BUILD, exist_ok=True)
    with open(os.path.join(place.BUILD, ".demo.lock"), "w", encoding="ascii") as lock, \
            contextlib.ExitStack() as stack:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return show(options, stack)
        except BlockingIOError:
            say("demo: another one is running in this checkout; let it end first")
        except servers.Unavailable as why:
            say(f"demo: {why}; `python3 tests/lib/demo.py --maildir` needs no servers")
        except KeyboardInterrupt:
            say("demo: stopped")
        return 1


if __name__ == "__main__":
    sys.exit(main())
