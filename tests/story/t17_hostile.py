#!/usr/bin/env python3
"""Poison among ordinary mail: whatever arrives, every ordinary message is judged, every poisonous one
is registered with its original kept byte for byte, and the mailbox goes on."""
import datetime
import hashlib
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from dovecot import Dovecot
from letters import Writer, words
from office import Office, message
from typeset import pdf

NOISE = random.Random(20261123)
HEAD = b"From: Poison <poison@example.net>\r\nTo: iec@homeoffice.gov.uk\r\nSubject: Complaint\r\n"
MIME = HEAD + b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


def nested(depth):
    parts = [HEAD + b"MIME-Version: 1.0\r\n"]
    for n in range(depth):
        parts.append(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n))
    return b"".join(parts) + b"Content-Type: text/plain\r\n\r\nI complain.\r\n"


def attached(kind, name, data, coded=True):
    import base64
    body = base64.encodebytes(data) if coded else data
    return (MIME + b"--b\r\nContent-Type: text/plain\r\n\r\nUK Visas and Immigration lost my passport."
            b"\r\n--b\r\nContent-Type: " + kind + b"; name=" + name +
            (b"\r\nContent-Transfer-Encoding: base64" if coded else b"") +
            b"\r\nContent-Disposition: attachment; filename=" + name + b"\r\n\r\n" + body +
            b"\r\n--b--\r\n")


def poison():
    yield "groups in From", b"From: " + b"g:" * 60000 + b"\r\nSubject: x\r\n\r\nI complain.\r\n"
    yield "groups in To", HEAD + b"Cc: " + b"g:" * 200000 + b"\r\n\r\nI complain.\r\n"
    yield "comments", HEAD + b"Cc: " + b"(" * 300000 + b"\r\n\r\nI complain.\r\n"
    yield "deep multipart", nested(20000)
    yield "messages in messages", HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 20000 + b"x\r\n"
    yield "a million headers", HEAD + b"X: y\r\n" * 1000000 + b"\r\nI complain.\r\n"
    yield "a header of 10 MB", HEAD + b"X-Long: " + b"y" * 10000000 + b"\r\n\r\nI complain.\r\n"
    yield "a line of 20 MB", HEAD + b"\r\n" + b"y" * 20000000
    yield "a body of 40 MB", HEAD + b"\r\n" + b"It took too long. \r\n" * 2000000
    yield "100,000 parts", MIME + b"--b\r\n\r\nx\r\n" * 100000 + b"--b--\r\n"
    yield "100,000 parameters", HEAD + b"Content-Type: text/plain" + b"; a*0*=x" * 100000 + b"\r\n\r\nx"
    yield "encoded words", HEAD + b"Subject: " + b"=?utf-8?q?=F0=9F?= " * 100000 + b"\r\n\r\nx\r\n"
    yield "a million references", HEAD + b"References: " + b"<a@b>\r\n " * 1000000 + b"\r\n\r\nx\r\n"
    yield "NULs", HEAD + b"X: \0\0\0\r\n\r\n" + b"I \0 complain \0" * 1000
    yield "nothing but NULs", b"\0" * 100000
    yield "empty", b""
    yield "one line end", b"\r\n"
    yield "header only", HEAD
    yield "half a header", b"From: Poison <poison@exam"
    yield "noise", NOISE.randbytes(300000)
    yield "noise in a body", HEAD + b"\r\n" + NOISE.randbytes(300000)
    yield "no such charset", HEAD + b"Content-Type: text/plain; charset=" + b"x" * 3000 + b"\r\n\r\nx\r\n"
    yield "odd charset", HEAD + b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGEAYg- +" * 1000
    yield "bad base64", HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A==" * 100000
    yield "html without end", HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div><b>" * 300000
    yield "a name for a path", attached(b"text/plain", b'"../../../etc/passwd\\0"', b"x")
    yield "noise as PDF", attached(b"application/pdf", b"a.pdf", b"%PDF-1.4\n" + NOISE.randbytes(99999))
    yield "half a PDF", attached(b"application/pdf", b"a.pdf", pdf("Our final response")[:600])
    yield "noise as TNEF", attached(b"application/ms-tnef", b"winmail.dat",
                                    b"\x78\x9f\x3e\x22" + NOISE.randbytes(99999))
    yield "noise as Word", attached(b"application/vnd.openxmlformats-officedocument.wordprocessingml."
                                    b"document", b"a.docx", b"PK\x03\x04" + NOISE.randbytes(99999))


def locked(text):
    """A PDF that only a password opens."""
    plain = pdf(text)
    key = b"<" + b"5a" * 32 + b">"
    return plain.replace(b"trailer\n<<", b"trailer\n<< /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O "
                         + key + b" /U " + key + b" >> /ID [<00> <00>]")


def delivered_all(office, poisons, ordinary):
    for n, (name, data) in enumerate(poisons):
        office.deliver(ordinary[n % len(ordinary)][1] if n < len(ordinary) else message(
            "News <news@shop.example.com>", f"Offer {n}", "Twenty per cent off.",
            Precedence="bulk"))
        office.deliver(data)


def rows(office):
    return {sha: (state, kind, case, size) for sha, state, kind, case, size in office.query(
        "SELECT sha256, state, kind, case_id, size FROM messages")}


def kept(office):
    found = {}
    for folder, _, files in os.walk(os.path.join(office.settings["state_dir"], "originals")):
        for file in files:
            with open(os.path.join(folder, file), "rb") as f:
                found[file] = hashlib.sha256(f.read()).hexdigest()
    return found


def among_ordinary():
    writer = Writer(seed=17)
    kinds = ["accept", "late", "none-yet", "ask"] * 3
    ordinary = [writer.letter(kind) for kind in kinds]
    poisons = list(poison())
    with Office(limits={"wall": "5 s"}) as office:
        delivered_all(office, poisons, ordinary)
        office.start()
        office.settle(messages=2 * len(poisons), seconds=100)
        by_address = {c["from"]: c["decision"] for c in office.cases()}
        tap.equal([by_address.get(address) for address, _ in ordinary],
                  ["accept", "reject", "reject", "ask"] * 3,
                  "every ordinary message among the poison is judged as ever")
        known, originals = rows(office), kept(office)
        decisions = dict(office.query("SELECT id, decision || ' ' || refer FROM cases"))
        for name, data in poisons:
            sha = hashlib.sha256(data).hexdigest()
            state, kind, case, size = known.get(sha, ("lost", "", None, -1))
            tap.ok(originals.get(sha) == sha and size == len(data), f"{name}: kept byte for byte")
            # Several have the same sender and words: the same text sent again (policy 4b).
            again = state == "duplicate" and case in decisions
            good = state == "judged" or again or (state == "unreadable" and
                                                  decisions.get(case) == "refer unreadable")
            tap.ok(good, f"{name}: judged, or unreadable and a person's",
                   f"{state} {kind} {decisions.get(case)}")
            tap.note(f"{name}: {state} {kind} {decisions.get(case, 'no case')}")
        tap.ok(all(d != "reject" and d.split()[0] != "accept" for c, d in decisions.items()
                   if c in {known[hashlib.sha256(p).hexdigest()][2] for _, p in poisons}),
               "nobody is rejected or accepted for poison", decisions)
        tap.ok("No such" not in office.log_text() and office.stop()[0] == 0, "and iecd ends well")
        office.start()
        office.settle()
        tap.equal(len(rows(office)), len(known), "a restart finds nothing to do again")


def oversize():
    big = message("Bodil Thorne <bodil@example.org>", "Complaint about my visa",
                  "It took too long. " * 20000)
    address, data = Writer().letter("accept")
    with Office(limits={"max_message": "64 KiB"}) as office:
        office.start()
        office.deliver(big)
        office.deliver(data)
        office.settle(messages=2)
        cases = {c["from"]: office.show(c["reference"]) for c in office.cases()}
        case = cases["bodil@example.org"]
        tap.equal((case["decision"], case["refer"], case["state"]),
                  ("refer", ["unreadable"], "referred"), "too large: registered, a person's")
        tap.equal(case["messages"][0]["subject"], "Complaint about my visa", "with its header")
        with open(case["messages"][0]["original"], "rb") as f:
            head = f.read()
        tap.equal(head, big[:len(head)], "which is kept")
        tap.equal(cases[address]["decision"], "accept", "and the next is judged")


def attachments():
    """What cannot be opened is never the ground of a rejection that nobody reads."""
    text = ("Dear Examiner,\n\nUK Visas and Immigration lost my documents. Their final response to my "
            "complaint is attached.\n\nAda Fenwick\n")
    writer, day = Writer(), words(datetime.date.today() - datetime.timedelta(days=20))
    papers = {"readable": pdf(f"UK Visas and Immigration\n{day}\n\nDear Ada Fenwick,\n\nThis is "
                              "our final response to your complaint. If you are unhappy with it you can "
                              "go to the Independent Examiner of Complaints.\n"),
              "locked": locked("Final response"), "garbage": b"%PDF-1.4\n" + NOISE.randbytes(5000)}
    with Office() as office:
        office.start()
        people = {}
        for n, (name, data) in enumerate(papers.items()):
            mail = writer.letter("ask", attachment=("response.pdf", "application/pdf", data))[1]
            head, _, body = mail.partition(b"\r\n\r\n")
            start, end = body.index(b"\r\n\r\n") + 4, body.index(b"\r\n--=_mix", 20)
            mail = head + b"\r\n\r\n" + body[:start] + text.replace("\n", "\r\n").encode() + body[end:]
            people[name] = mail
            office.deliver(mail.replace(b"From: ", b"X-Was: ").replace(
                b"X-Was: ", f"From: P{n} <p{n}@example.org>\r\nX-Was: ".encode(), 1))
        office.settle(messages=len(papers))
        cases = {c["from"]: c for c in office.cases()}
        for n, name in enumerate(papers):
            case = cases[f"p{n}@example.org"]
            tap.note(f"{name}: {case['decision']} {case['asks']} {case['refer']} {case['flags']}")
            if name == "readable":
                tap.equal((case["decision"], case["flags"]), ("accept", []), "a PDF is read")
            else:
                tap.ok(case["decision"] in ("ask", "refer") and "unread-part" in case["flags"],
                       f"a {name} PDF: asked for or a person's, and flagged", case)


def by_imap():
    writer = Writer(seed=5)
    with Dovecot() as imap:
        chosen = [data for name, data in poison() if len(data) < 1000000 and data]
        imap.append([d for data in chosen for d in (data, writer.letter()[1])])
        stored = {hashlib.sha256(data).hexdigest() for _, _, data in imap.messages()}
        box = imap.settings("implicit", name="office", after="move", move_to="Done", poll="1 s")
        with Office(mailboxes=[box], limits={"wall": "5 s"}) as office:
            office.start()
            office.settle(messages=len(stored), seconds=100)
            tap.equal(set(rows(office)), stored, "over IMAP too: every message as the server has it")
            tap.equal(set(kept(office).values()), stored, "kept byte for byte")
            tap.ok(office.settled(), "and the mailbox goes on")


def story():
    among_ordinary()
    oversize()
    attachments()
    by_imap()


tap.run(story)
