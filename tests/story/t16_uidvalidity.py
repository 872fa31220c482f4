#!/usr/bin/env python3
"""A mailbox that forgets its numbers: Dovecot with its UID list deleted, while iecd is stopped and
while it runs. Nothing is registered or answered twice, and what is new is still taken. And what
makes two messages one: the same bytes, or the same words from the same person; never the same
Message-ID alone."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from dovecot import Dovecot
from fake_imap import FakeImap
from imap_client import login
from letters import Writer, words
from office import Office, message, until

SAME = "<chosen.by.a.stranger@example.net>"
TEXT = """Dear Examiner,

I complained to UK Visas and Immigration about {what}. I received their final response by email on
{response}. It says that I can bring my complaint to the Independent Examiner of Complaints.
"""
RESPONSE = words(datetime.date.today() - datetime.timedelta(days=20))


def forget_numbers(imap):
    """Dovecot finds the messages again under a new UIDVALIDITY."""
    before = uidvalidity(imap)
    os.unlink(os.path.join(imap.maildir(), "dovecot-uidlist"))
    after = until(lambda: next((v for v in [uidvalidity(imap)] if v != before), None), 10,
                  "a new UIDVALIDITY")
    tap.ok(after != before, "the mailbox has a new UIDVALIDITY", f"{before} {after}")


def uidvalidity(imap):
    client = login(imap)
    client.select("INBOX", readonly=True)
    _, data = client.response("UIDVALIDITY")
    client.logout()
    return int(data[0])


def counts(office):
    status = office.status()
    return status["messages"], status["cases"], len(office.sent())


def numbers(office):
    return office.query("SELECT count(*), count(DISTINCT uidvalidity) FROM source_keys")[0]


def forgotten(imap):
    writer = Writer()
    imap.append([writer.letter()[1] for _ in range(12)])
    box = imap.settings("implicit", name="office", after="leave", poll="1 s")
    with Office(mailboxes=[box]) as office:
        office.start()
        office.settle(messages=12)
        before = counts(office)
        tap.equal(before[:2], (12, 12), "twelve messages, twelve cases")
        office.stop()
        forget_numbers(imap)
        imap.append([writer.letter("accept")[1]])
        office.start()
        office.settle(messages=13)
        until(lambda: numbers(office) == (25, 2), 20, "the mailbox read again")
        office.settle()
        tap.equal(counts(office), (13, 13, before[2] + 1),
                  "forgotten while stopped: only the new message is registered and answered")
        tap.ok("UIDVALIDITY is new" in office.log_text(), "the log says what happened")
        forget_numbers(imap)
        imap.append([writer.letter("accept")[1]])
        office.settle(messages=14)
        until(lambda: numbers(office)[1] == 3 and numbers(office)[0] == 39, 30,
              "the mailbox read again")
        office.settle()
        tap.equal(counts(office), (14, 14, before[2] + 2), "forgotten while running: the same")
        office.stop()
        office.start()
        imap.append([writer.letter("accept")[1]])
        office.settle(messages=15)
        tap.equal(counts(office), (15, 15, before[2] + 3), "a restart after it reads on")
        tap.equal(numbers(office), (40, 3), "from where it was")


def moved_away():
    """With a folder to move to, a mailbox whose numbers change in the middle of it all."""
    writer = Writer(seed=4)
    with FakeImap([writer.letter()[1] for _ in range(6)]) as imap:
        box = imap.settings(name="office", after="move", poll="1 s")
        with Office(mailboxes=[box]) as office:
            imap.always("uid move", "NO [UNAVAILABLE] not now")
            office.start()
            office.settle(messages=6)
            before = counts(office)
            imap.new_uidvalidity()
            imap.always("uid move", None)
            imap.wait(lambda: imap.count() == 0 and imap.count("Registered") == 6, 30, "the move")
            imap.add(writer.letter("accept")[1])
            office.settle(messages=7)
            tap.equal(counts(office), (7, 7, before[2] + 1),
                      "not moved before the numbers changed: moved after, and registered once")


def twins(imap):
    """Each pair arrives in one mailbox: how many cases and replies it makes. The same sender's next
    words on one matter join its case, and are answered too (policy 4b)."""
    one = message("Ada Fenwick <ada@example.org>", "Complaint", TEXT.format(what="a delay", response=RESPONSE),
                  message_id=SAME)
    relayed = b"Received: by mx.example.org; Mon, 2 Nov 2026 10:00:01 +0000\r\n" + one
    other = message("Ada Fenwick <ada@example.org>", "Complaint",
                    TEXT.format(what="a rude caseworker at my interview", response=RESPONSE), message_id=SAME)
    thief = message("Mallory Quick <mallory@example.net>", "Complaint", TEXT.format(what="a delay", response=RESPONSE),
                    message_id=SAME)
    pairs = [("the same bytes twice", one, one, 1, 1),
             ("another Received header", one, relayed, 1, 1),
             ("the same Message-ID, other words", one, other, 1, 2),
             ("the same Message-ID and words, another sender", one, thief, 2, 2)]
    for name, first, second, cases, replies in pairs:
        imap.expunge()
        imap.append([first, second])
        box = imap.settings("implicit", name="office", after="leave", poll="1 s")
        with Office(mailboxes=[box]) as office:
            office.start()
            until(lambda: numbers(office)[0] == 2 if os.path.exists(os.path.join(
                office.settings["state_dir"], "register.sqlite")) else 0, 20, "both messages")
            office.settle()
            tap.equal((office.status()["cases"], len(office.sent())), (cases, replies),
                      f"{name}: cases {cases}, replies {replies}")


def story():
    # With indexes on disk Dovecot would remember the numbers after all.
    with Dovecot(more="mail_location = maildir:~/Maildir:INDEX=MEMORY\n") as imap:
        forgotten(imap)
        twins(imap)
    moved_away()


tap.run(story)
