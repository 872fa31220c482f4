#!/usr/bin/env python3
"""Real IMAP servers: Dovecot and Cyrus, implicit TLS and STARTTLS, each way to leave a mailbox,
several at once, IDLE, a server that goes away, and servers that must not be trusted."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import life
import tap
from cyrus import Cyrus
from dovecot import Dovecot
from fake_imap import FakeImap
from fake_smtp import FakeSmtp
from letters import Writer
from office import Office, london, until
from packages import Unavailable

SECRET = "a good secret"


WELL = ("starting", "connecting", "connected", "idle", "polling")


def health(office, name):
    return office.status().get("daemon", {}).get(f"mailbox {name}", "")


def letters(writer, count):
    return [writer.letter()[1] for _ in range(count)]


def three_ways(imap):
    """INBOX is moved, Web gets a keyword, Old is left alone: at once, over both kinds of TLS."""
    writer = Writer()
    name = imap.name
    for mailbox in ("Web", "Old"):
        imap.create(mailbox)
    batches = {mailbox: letters(writer, 3) for mailbox in ("INBOX", "Web", "Old")}
    for mailbox, messages in batches.items():
        imap.append(messages, mailbox)
    boxes = [imap.settings("implicit", name="in", after="move", poll="1 h"),
             imap.settings("starttls", name="web", mailbox="Web", after="keyword", poll="1 h"),
             imap.settings("starttls", name="old", mailbox="Old", after="leave", poll="1 h")]
    with Office(mailboxes=boxes) as office:
        office.start()
        office.settle(messages=9)
        tap.equal(len(office.cases()), 9, f"{name}: three mailboxes, nine cases")
        until(lambda: imap.count() == 0, 20, "the move")
        moved = [data for _, _, data in imap.messages("Registered")]
        tap.equal(moved, batches["INBOX"], f"{name}: moved to the folder, byte for byte")
        until(lambda: all("$IecdTaken" in flags for _, flags, _ in imap.messages("Web")), 20,
              "the keyword")
        web, old = imap.messages("Web"), imap.messages("Old")
        tap.equal(len(web), 3, f"{name}: the keyword marks, and nothing moves")
        tap.equal([[f for f in flags if f not in ("\\Recent", "$IecdTaken")]
                   for _, flags, _ in web + old], [[]] * 6, f"{name}: nothing is marked as read")
        tap.equal([data for _, _, data in old], batches["Old"], f"{name}: leave leaves")
        originals(office, batches, name)
        idle(office, imap, writer)
        away(office, imap, writer)
        seen = office.status()["messages"]
        office.stop()
        imap.append(letters(writer, 1), "Old")
        office.start()
        office.settle(messages=seen + 1)
        tap.equal(office.status()["messages"], seen + 1, f"{name}: a restart reads only what is new")
        tap.equal(office.status()["cases"], seen + 1, f"{name}: each message is one case")


def in_order_of_receipt(imap):
    """UIDs say when a message was put into the mailbox, INTERNALDATE when it was received."""
    story = life.Story("4b-05a-the-letter-forgotten")
    with life.PostRoom(imap) as office:
        office.at("2026-06-02 10:30")
        office.stop()
        for (file, received), in reversed(story.as_written()):
            office.deliver(story.mail[file], received=london(received))
        office.start()
        office.settle(messages=3)
        tap.equal([(c["state"], c["decision"]) for c in office.cases()], [("accepted", "accept")],
                  f"{imap.name}: what was received first is judged first, though its UID is higher")


def originals(office, batches, name):
    kept = set()
    for folder, _, files in os.walk(os.path.join(office.settings["state_dir"], "originals")):
        for file in files:
            with open(os.path.join(folder, file), "rb") as f:
                kept.add(f.read())
    tap.equal(kept, {data for messages in batches.values() for data in messages},
              f"{name}: every original is kept byte for byte")


def idle(office, imap, writer):
    """The mailboxes are polled once an hour: only IDLE brings these in."""
    slowest = 0
    for mailbox in ("INBOX", "Web", "INBOX"):
        seen = office.status()["messages"]
        begin = time.monotonic()
        imap.append(letters(writer, 1), mailbox)
        office.settle(messages=seen + 1)
        slowest = max(slowest, time.monotonic() - begin)
    tap.ok(slowest < 2, f"{imap.name}: IDLE brings a message to its reply in under 2 s", slowest)
    tap.note(f"{imap.name}: slowest {slowest:.2f} s")


def away(office, imap, writer):
    imap.stop()
    until(lambda: health(office, "in") not in WELL, 20, "the news that the server is gone")
    tap.ok(office.status()["running"], f"{imap.name} stops: iecd goes on, and says so")
    tap.note(health(office, "in"))
    seen = office.status()["messages"]
    imap.start()
    imap.append(letters(writer, 1))
    until(lambda: office.settled(seen + 1), 30, "the way back")
    tap.ok(True, f"{imap.name} starts again: iecd finds its way back")


def distrusted(dovecot):
    """One good mailbox among six that must not be used: it alone is read."""
    mailbox = {"after": "leave", "poll": "1 s"}
    bad = [Dovecot(certificate=kind) for kind in ("wrong", "expired", "foreign")]
    plain = FakeImap(Writer(seed=9).letter()[1:])
    try:
        boxes = [dovecot.settings("implicit", name="good", **mailbox)]
        for server in bad:
            server.start()
            server.append(letters(Writer(seed=8), 1))
            for tls in ("implicit", "starttls"):
                boxes.append(server.settings(tls, name=f"{server.certificate}-{tls}", **mailbox))
        plain.start()
        boxes.append({**plain.settings(), "tls": "starttls", "name": "no-tls", **mailbox})
        secret = os.path.join(dovecot.folder, "wrong-password")
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
            f.write("not this one\n")
        boxes.append({**dovecot.settings("implicit", name="password", mailbox="Web", **mailbox),
                      "secret_file": secret})
        dovecot.append(letters(Writer(seed=10), 2))
        before = dovecot.count()
        with Office(mailboxes=boxes) as office:
            office.start()
            for box in boxes[1:]:
                until(lambda name=box["name"]: health(office, name) not in WELL, 30)
            office.settle(messages=before)
            said = {box["name"]: health(office, box["name"]) for box in boxes}
            refused(said)
            tap.equal(office.status()["messages"], before, "only the good mailbox is read")
            tap.ok(said["good"] in WELL, "and goes on", said["good"])
            words = " ".join(line for _, line in plain.commands).upper()
            tap.ok("LOGIN" not in words and "AUTHENTICATE" not in words,
                   "nobody logs in in the clear", words)
            log = office.log_text()
            tap.ok(SECRET not in log and "not this one" not in log, "no password in the log")
            tap.ok(SECRET not in str(office.status()), "nor in the status")
            text = office.iecctl("status").stdout
            tap.ok(all(said[box["name"]] in text for box in boxes), "status tells all of it", text)
    finally:
        for server in bad + [plain]:
            server.close()


def refused(said):
    for name, words in said.items():
        if name == "good":
            continue
        kind = name.partition("-")[0]
        wanted = {"wrong": ("name", "host", "match"), "expired": ("expired",),
                  "foreign": ("self", "issuer", "unable", "trust"), "no": ("TLS", "tls"),
                  "password": ("login", "password", "refuse", "denied", "auth")}[kind]
        tap.ok(any(w in words for w in wanted), f"{name}: refused, and the status says why", words)
        tap.note(f"{name}: {words}")


def distrusted_smtp():
    tries = [(kind, tls) for kind in ("wrong", "expired", "foreign")
             for tls in ("implicit", "starttls")] + [("no-tls", "starttls"), ("password", "starttls")]
    for kind, tls in tries:
        certificate = kind if kind in ("wrong", "expired", "foreign") else "good"
        with FakeSmtp(tls="none" if kind == "no-tls" else tls, certificate=certificate) as smtp:
            settings = {"kind": "smtp", **smtp.settings(), "tls": tls}
            if kind == "password":
                smtp.password = "another"
            with Office(outgoing=settings) as office:
                office.start()
                office.deliver(Writer().letter("accept")[1])
                said = until(lambda: next((w for w in [office.status()["daemon"]["outgoing"]]
                                           if w not in ("", "not yet connected", "sending")), None))
                refused({f"{kind}-{tls}": said})
                case = office.cases()[0]
                reply = office.show(case["reference"])["replies"][0]
                tap.equal((smtp.taken, reply["state"], case["state"]), ([], "queued", "accepted"),
                          f"mail server, {kind}, {tls}: nothing is sent, the reply waits")
                if kind != "password":
                    clear = [line for _, line in smtp.commands if line.startswith(("AUTH", "MAIL"))]
                    tap.equal(clear, [], f"mail server, {kind}, {tls}: and nothing was given away")


def story():
    with Dovecot() as dovecot:
        three_ways(dovecot)
    with Dovecot() as dovecot:
        in_order_of_receipt(dovecot)
    with Dovecot() as dovecot:
        distrusted(dovecot)
    distrusted_smtp()
    try:
        with Cyrus() as cyrus:
            three_ways(cyrus)
    except Unavailable as why:
        tap.note(f"not run: Cyrus: {why}")


tap.run(story)
