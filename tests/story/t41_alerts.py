#!/usr/bin/env python3
"""Who is alerted, and what stops our letters: risk, threats, serious misconduct and deadlines; a death, a
withdrawal, "do not write to this address", and a new address (policy 4 line 0, 4a, 4b's last line)."""
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_smtp import FakeSmtp
from fakes import SILENCE
from letters import Writer
from office import Office, london, message
from process import until

DUTY = ["duty@office.example", "night@office.example"]
HEAD = "head@office.example"
MONDAY = datetime.date(2026, 11, 2)
NOBODY = {"casework": {"alert_addresses": DUTY, "head_address": HEAD}}

DESPERATE = """I complained to UK Visas and Immigration in the spring. I cannot go on any more. I have the tablets
here and I am going to end my life tonight.

Ines Garside
"""
RACIST = """HM Passport Office sent me their final response to my complaint by email on 20 October 2026. It says that
I can bring my complaint to the Independent Examiner of Complaints. The officer punched me in the face and called
me a racist name at the counter, and nobody looks at it.

Jomo Mbeki
"""
CALM = """I complained to UK Visas and Immigration about the delay in my visa application. I received their final
response by email on 20 October 2026. It says that I can bring my complaint to the Independent Examiner of
Complaints. They did not answer my main point, and I have waited eleven months. {more}

{name}
"""


def case_of(office, address):
    return next(c for c in office.cases() if c["from"] == address)


def to(office, address):
    return [r for r in office.sent() if address in r["To"]]


def happened(office, reference, what):
    return [e for e in office.show(reference)["events"] if e["what"] == what]


def sent(office, reference):
    return [r["kind"] for r in office.show(reference)["replies"]
            if r["state"] == "sent" and r["kind"] != "notice"]


def send(office, data, when=None):
    seen = office.status()["messages"]
    office.deliver(data, received=when and london(when))
    office.settle(messages=seen + 1)


def answer(office, address, body):
    """An answer to the last reply that went to this address."""
    last = to(office, address)[-1]
    return message(address, "Re: " + last["Subject"], body, In_Reply_To=last["Message-ID"],
                   References=last["Message-ID"])


def rejected(office, writer):
    """Somebody whose rejection is held."""
    address, data = writer.letter("late")
    send(office, data, "2026-11-02 10:00")
    case = case_of(office, address)
    tap.equal((case["state"], sent(office, case["reference"])),
              ("awaiting-release", ["acknowledgement"]), "a rejection is held")
    return address, case["reference"]


def ack(office, reference, who="anna"):
    return office.iecctl("alert", "ack", reference, "--why", "rang the police", "--as", who)


def risk():
    """At midnight on a Saturday, and again every quarter of an hour until somebody has seen it."""
    with Office(**NOBODY) as office:
        office.at("2026-11-07 23:50")
        begin = time.monotonic()
        send(office, message("Ines Garside <ines@example.org>", "help", DESPERATE), "2026-11-07 23:50")
        case = case_of(office, "ines@example.org")
        tap.equal((case["decision"], case["refer"]), ("refer", ["urgent"]), "risk: referred")
        tap.equal([len(to(office, a)) for a in DUTY], [1, 1], "each address is alerted")
        tap.ok(time.monotonic() - begin < 60, "within a minute of receipt")
        alert = to(office, DUTY[0])[0]
        tap.ok(case["reference"] in alert["Subject"] and "urgent" in alert["Subject"],
               "the mail names case and kind", alert)
        words = str(alert).lower()
        tap.ok(not any(w in words for w in ("ines", "tablets", "example.org>", "help")),
               "and nothing of the person", words)
        tap.ok(f"alert ack {case['reference']}" in alert.get_body().get_content(), "and what to do")
        text = to(office, "ines@example.org")[0].get_body(("plain",)).get_content()
        told = text.split("What we are doing")[0]
        tap.ok("call 999" in told and "Samaritans" in told and "116 123" in told,
               "the acknowledgement leads with where to get help now", text)
        tap.ok("do not need to send us any papers" in text, "and asks for no papers", text)
        log = [l for l in office.log_text().splitlines() if "alert: urgent" in l]
        tap.ok(log and not any("ines" in l.lower() for l in log), "the log says it", log)
        repeats(office, case["reference"])


def repeats(office, reference):
    office.at("2026-11-08 00:01")
    tap.equal(len(to(office, DUTY[0])), 1, "not again before a quarter of an hour is over")
    for n, moment in enumerate(("2026-11-08 00:06", "2026-11-08 00:22"), 2):
        office.at(moment)
        tap.equal(len(to(office, DUTY[0])), n, f"again at {moment}, on a Sunday")
    tap.equal(office.status()["alerts"], 1, "status counts it")
    listed = office.iecctl("alert", "list").stdout
    tap.ok(reference in listed and "urgent" in listed, "alert list shows it", listed)
    done = ack(office, reference)
    tap.equal((done.returncode, "1 alert acknowledged" in done.stdout), (0, True), "acknowledged") or \
        tap.note(done.stderr)
    tap.equal([(e["who"], "rang the police" in e["why"])
               for e in happened(office, reference, "alert-acknowledged")], [("anna", True)],
              "the journey says who and when")
    done = ack(office, reference)
    tap.equal((done.returncode, "no alert" in done.stderr), (1, True), "a second time in words")
    office.at("2026-11-08 02:00")
    tap.equal((len(to(office, DUTY[0])), office.status()["alerts"]), (3, 0), "and it comes no more")
    send(office, answer(office, "ines@example.org", "Thank you for writing back. Here is my number "
                        "at home, the form is on its way.\n"))
    tap.equal(len(to(office, DUTY[0])), 3, "a later message without risk alerts nobody")
    send(office, answer(office, "ines@example.org", "I will kill myself tomorrow.\n"))
    tap.equal(len(to(office, DUTY[0])), 4, "one with risk does, in whatever state the case is")
    tap.equal(sent(office, reference), ["urgent"], "and the letter with the numbers went once")


THREATS = ["If I see that officer again I will kill him.", "I am going to burn your office down.",
           "Next time I am coming to your office with a knife."]
NO_THREATS = ["I will sue you all if nobody answers.", "I will go to the press with this.",
              "My husband said he will kill me if I am sent back years ago.", "Heads will roll."]


def threats():
    with Office(**NOBODY) as office:
        office.at("2026-11-02 10:00")
        for n, words in enumerate(THREATS + NO_THREATS):
            send(office, message(f"p{n}@example.org", "Complaint", CALM.format(more=words, name="P")),
                 "2026-11-02 10:00")
        kinds = {c["from"]: [e["why"] for e in happened(office, c["reference"], "alerted")]
                 for c in office.cases()}
        for n, words in enumerate(THREATS):
            tap.equal((case_of(office, f"p{n}@example.org")["decision"],
                       "a threat is made" in kinds[f"p{n}@example.org"]), ("refer", True), words)
        for n, words in enumerate(NO_THREATS, len(THREATS)):
            tap.ok("a threat is made" not in kinds[f"p{n}@example.org"], f"no threat: {words}", kinds)
        send(office, message("jomo@example.org", "Complaint", RACIST), "2026-11-02 10:00")
        tap.ok("serious misconduct is described" in
               [e["why"] for e in happened(office, case_of(office, "jomo@example.org")["reference"],
                                           "alerted")], "serious misconduct is alerted")
        address, data = Writer(today=MONDAY).letter("accept")
        send(office, data, "2026-11-02 10:00")
        case = case_of(office, address)
        tap.equal(case["state"], "accepted", "a complaint is accepted")
        send(office, answer(office, address, "I will find the officer and stab him.\n"))
        case = case_of(office, address)
        told = [e["why"] for e in happened(office, case["reference"], "alerted")]
        tap.equal((case["state"], "a threat is made" in told), ("referred", True),
                  "a threat after it is a person's, and alerted")


def ceiling():
    """Twenty replies wait at two a minute: the alert does not."""
    writer = Writer(today=MONDAY)
    with Office(outgoing=None, **NOBODY) as office:
        office.settings["outgoing"]["per_minute"] = 2
        office.write_conf()
        office.start()
        for _ in range(12):
            office.deliver(writer.letter("accept")[1])
        until(lambda: office.status()["outbox_queued"] >= 8, 60, "replies that wait")
        office.deliver(message("ines@example.org", "help", DESPERATE))
        until(lambda: all(to(office, a) for a in DUTY), 50, "the alerts, over the ceiling")
        tap.ok(office.status()["outbox_queued"] >= 6, "the alerts went before the replies that wait")


def server_down():
    with Office(**NOBODY) as office:
        office.at("2026-11-02 10:00")
        aside = office.outgoing + "-gone"
        os.rename(office.outgoing, aside)
        with open(office.outgoing, "w", encoding="utf-8"):
            pass  # no folder: nothing can be written
        seen = office.status()["messages"]
        office.deliver(message("ines@example.org", "help", DESPERATE), received=london("2026-11-02 10:00"))
        until(lambda: "alert: urgent" in office.log_text(), 60, "the log line")
        until(lambda: "reply not sent" in office.log_text(), 60, "a try that fails")
        tap.equal(office.status()["messages"], seen + 1, "with no mail server the log has it at once")
        office.stop()
        office.clock += 3600
        office.start()
        until(lambda: office.log_text().count("alert: urgent") >= 2, 60, "the repetition")
        office.stop()
        os.unlink(office.outgoing)
        os.rename(aside, office.outgoing)
        office.at("2026-11-02 11:05")
        tap.equal([len(to(office, a)) for a in DUTY], [1, 1],
                  "and each address gets one mail when it is back, not one for each repetition")


def by_smtp(smtp, **settings):
    return Office(outgoing={"kind": "smtp", **smtp.settings()}, **settings)


def wrong_address():
    """A duty address that the server refuses is no reason to call the complainant unreachable."""
    refused = {DUTY[0]: "550 5.1.1 No such user"}
    with FakeSmtp(tls="starttls", refused=refused) as smtp, by_smtp(smtp, **NOBODY) as office:
        office.start()
        send(office, message("ines@example.org", "help", DESPERATE))
        case = case_of(office, "ines@example.org")
        tap.equal(sorted(m.recipient for m in smtp.taken), ["ines@example.org", DUTY[1]],
                  "the other address and the person have their mail")
        tap.equal((case["flags"], len(happened(office, case["reference"], "notice-undelivered"))),
                  (["urgent"], 1), "the case is not called undelivered")
        tap.ok("look at the addresses of casework" in office.log_text(), "the log says what to mend")
        office.stop()


def stopped_on_the_way():
    """The server does not greet: a reply on its way there is stopped by a withdrawal."""
    with FakeSmtp(tls="starttls", plan={"connect": [SILENCE]}) as smtp, by_smtp(smtp, **NOBODY) as office:
        office.start()
        address, data = Writer().letter("ask")
        office.deliver(data)
        until(lambda: office.cases() and smtp.connections > 0, 60, "a connection")
        reference = office.cases()[0]["reference"]
        office.deliver(message(address, f"Re: {reference}", "I wish to withdraw my complaint.\n"))
        office.settle(messages=2)
        replies = [(r["kind"], r["state"]) for r in office.show(reference)["replies"] if r["kind"] != "notice"]
        tap.equal((replies, case_state(office, reference)), ([("question", "cancelled")], "referred"),
                  "a reply not yet begun is stopped")
        send(office, message("ines@example.org", "help", DESPERATE))
        tap.equal([m.recipient for m in smtp.taken],
                  [*DUTY, "ines@example.org"], "the next are sent, alerts first")
        office.stop()


def withdrawal():
    with Office(hold=1, **NOBODY) as office:
        office.at("2026-11-02 10:00")
        address, reference = rejected(office, Writer(today=MONDAY))
        send(office, answer(office, address, "I wish to withdraw my complaint. Thank you.\n"),
             "2026-11-02 11:00")
        case = case_of(office, address)
        tap.equal((case["state"], "withdrawal" in case["refer"]), ("referred", True), "withdrawn: a person's")
        office.at("2026-11-04 12:00")
        tap.equal(sent(office, reference), ["acknowledgement"], "the held rejection never goes")
        office.at("2026-11-09 12:05")
        tap.equal(sent(office, reference), ["acknowledgement"], "nor a holding letter")
        tap.equal(office.iecctl("decide", reference, "close", "--note", "You told us that you "
                                "withdraw your complaint.", "--as", "anna").returncode, 0, "a person closes it")
        office.settle()
        tap.equal(sent(office, reference), ["acknowledgement", "closed"], "and writes to them")
        send(office, message("w@example.org", "Complaint", CALM.format(
            more="They asked me to withdraw my complaint and I will not.", name="W")))
        tap.equal(case_of(office, "w@example.org")["state"], "accepted", "who will not withdraw is heard")
        send(office, message("v@example.org", "My complaint", "My visa came. I no longer wish to pursue my "
                             "complaint about UK Visas and Immigration.\n\nV\n"))
        case = case_of(office, "v@example.org")
        tap.equal((case["state"], case["refer"][-1:], sent(office, case["reference"])),
                  ("referred", ["withdrawal"], []), "a first message that withdraws gets no template")


def death():
    with Office(hold=1, **NOBODY) as office:
        office.at("2026-11-02 10:00")
        address, reference = rejected(office, Writer(today=MONDAY))
        send(office, answer(office, address, "This is his daughter. I am sorry to tell you that my father "
                            "died on Sunday.\n"), "2026-11-02 11:00")
        tap.equal(case_of(office, address)["state"], "referred", "a death: a person's")
        office.at("2026-11-09 12:05")
        tap.equal(sent(office, reference), ["acknowledgement"], "no template goes any more")
        tap.ok("no letter goes: death" in office.iecctl("contact", reference).stdout, "contact says why")
        done = office.iecctl("decide", reference, "accept", "--as", "anna")
        tap.equal((done.returncode, "death" in done.stderr, "iecctl contact" in done.stderr), (1, True, True),
                  "not even one that a person chose without looking") or tap.note(done.stderr)
        done = office.iecctl("contact", reference, "--address", "Daughter@example.net", "--name",
                             "Mina Dunmore", "--why", "she rang", "--as", "anna")
        tap.equal(done.returncode, 0, "who is to be written to is a person's word") or tap.note(done.stderr)
        tap.equal(office.iecctl("decide", reference, "accept", "--as", "anna").returncode, 0, "then")
        office.settle()
        letter = to(office, "daughter@example.net")
        tap.equal((len(letter), "Mina Dunmore" in str(letter[-1])), (1, True), "the letter goes to them")
        send(office, message("d@example.org", "Complaint", CALM.format(
            more="My client died on 3 October 2026 while waiting.", name="D")))
        case = case_of(office, "d@example.org")
        tap.equal((case["state"], sent(office, case["reference"])), ("referred", []),
                  "told in the first message: no automatic reply at all")
        send(office, Writer(today=MONDAY).letter("none-yet")[1].replace(
            b"I came straight to you.", b"I came straight to you. My father died in 2019."))
        case = next(c for c in office.cases() if c["state"] == "awaiting-release")
        tap.equal((case["release"], sent(office, case["reference"])), ("reviewed", ["acknowledgement"]),
                  "a death years ago makes the release reviewed and stops nothing")


def silence():
    with Office(hold=1, **NOBODY) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        address, first = rejected(office, writer)
        data = writer.letter("late")[1]
        sender = next(l for l in data.split(b"\r\n") if l.startswith(b"From: "))
        send(office, data.replace(sender, f"From: {address}".encode()), "2026-11-02 10:05")
        second = next(c["reference"] for c in office.cases() if c["from"] == address and
                      c["reference"] != first)
        tap.equal(case_state(office, second), "awaiting-release", "a second case of theirs")
        send(office, answer(office, address, "Please do not write to this address, my husband reads it.\n"),
             "2026-11-02 11:00")
        tap.equal([case_state(office, c) for c in (first, second)], ["referred", "referred"],
                  "do not write to this address: both cases are a person's")
        office.at("2026-11-09 12:05")
        tap.equal(len(to(office, address)), 2, "and nothing goes there again, not even a holding letter")
        done = office.iecctl("decide", first, "reject", "--reasons", "out-of-time", "--as", "anna")
        tap.equal((done.returncode, "not to write" in done.stderr), (1, True), "not by a person's decision") or \
            tap.note(done.stderr)
        tap.equal(office.iecctl("contact", first, "--address", "safe@example.net", "--as", "anna").returncode, 0,
                  "until one says where")
        tap.equal(office.iecctl("decide", first, "reject", "--reasons", "out-of-time", "--as",
                                "anna").returncode, 0, "then the letter")
        office.settle()
        tap.equal((len(to(office, address)), len(to(office, "safe@example.net"))), (2, 1), "goes there")
        send(office, message("old@example.org", "Complaint", CALM.format(
            more="I asked UKVI to stop emailing me. Please do not hesitate to email me.", name="O")))
        tap.equal(case_of(office, "old@example.org")["state"], "accepted", "near misses are answered")
        silence_of_nobody(office)


def silence_of_nobody(office):
    """Two From addresses, so no sender: a case that cannot be written to asks not to be."""
    send(office, message("x@example.org, y@example.org", "Border Force", "Border Force at Dover were rude to me. "
                         "I have not complained to them yet. Please do not write to this address.\n"))
    case = next(c for c in office.cases() if c["from"] in (None, "", "x@example.org", "y@example.org"))
    reference = case["reference"]
    tap.equal((case["state"], sent(office, reference)), ("referred", []), "no sender: its own case falls silent")
    done = office.iecctl("contact", reference, "--address", "x@example.org", "--as", "anna")
    tap.equal((done.returncode, len(happened(office, reference, "stop-lifted"))), (0, 1),
              "until a person says where to write") or tap.note(done.stderr)


def case_state(office, reference):
    return office.show(reference)["state"]


def new_address():
    with Office(**NOBODY) as office:
        office.at("2026-11-02 10:00")
        send(office, message("Ada Fenwick <ada@example.org>", "Complaint", CALM.format(
            more="Please write to me at my new address ada.new@example.net instead.", name="Ada Fenwick")))
        case = case_of(office, "ada@example.org")
        reference = case["reference"]
        tap.equal((case["state"], len(to(office, "ada@example.org")), len(to(office, "ada.new@example.net"))),
                  ("accepted", 1, 0), "the reply goes to the confirmed contact only")
        tap.ok("new-address" in office.iecctl("alert").stdout, "and a person is asked to confirm the new one")
        office.at("2026-11-03 08:55")
        tap.equal(len(to(office, DUTY[0])), 1, "asked again")
        office.at("2026-11-03 09:01")
        tap.equal(len(to(office, DUTY[0])), 2, "when the office opens")
        send(office, answer(office, "ada@example.org", "Here is the form.\n").replace(
            b"From: ada@example.org", b"From: ada.new@example.net"))
        tap.equal(len({c["reference"] for c in office.cases()}), 2, "until then the new one proves nothing")
        for words, says in (("ada.new", "plain email address"), ("iec@homeoffice.gov.uk", "own address")):
            done = office.iecctl("contact", reference, "--address", words)
            tap.equal((done.returncode, says in done.stderr), (1, True), f"contact: {says}")
        done = office.iecctl("contact", reference, "--address", "ada.new@example.net", "--why", "rang her",
                             "--as", "anna")
        tap.equal((done.returncode, office.status()["alerts"]), (0, 0), "confirmed") or tap.note(done.stderr)
        tap.equal([(e["who"], e["why"]) for e in happened(office, reference, "contact-confirmed")],
                  [("anna", "rang her")], "the journey says by whom")
        send(office, answer(office, "ada@example.org", "Here is the form once more.\n").replace(
            b"From: ada@example.org", b"From: ada.new@example.net"))
        tap.equal(case_state(office, reference), "referred", "now it joins")
        tap.equal(to(office, "ada.new@example.net")[-1]["Subject"].count(reference), 1,
                  "and is acknowledged there")


def deadlines():
    with Office(**NOBODY) as office:
        office.at("2026-11-02 10:00")
        send(office, message("v@example.org", "Question", CALM.format(
            more="The Ombudsman may be looking at it already. I do not know.", name="V")),
            "2026-11-02 10:00")
        case = case_of(office, "v@example.org")
        if not tap.equal((case["decision"], case["reply_due"]), ("refer", "2026-11-09"), "referred"):
            tap.note(case)
        for moment, mails, kinds in (("2026-11-04 18:00", 0, []), ("2026-11-05 00:30", 1, ["deadline-near"]),
                                     ("2026-11-05 09:01", 2, ["deadline-near"]),
                                     ("2026-11-06 00:30", 3, ["deadline-near"])):
            office.at(moment)
            tap.equal((len(to(office, DUTY[0])), alerts(office)), (mails, kinds), f"alerted by {moment}")
        office.at("2026-11-09 12:01")
        tap.equal([len(to(office, HEAD)), "holding letter" in to(office, HEAD)[-1]["Subject"]], [1, True],
                  "the head of the team is told when the holding letter goes")
        office.at("2026-11-17 00:10")
        tap.equal(alerts(office), ["deadline-past"], "past the promised day the one alert stands for both")
        office.at("2026-11-17 09:01")
        tap.ok("passed" in to(office, DUTY[0])[-1]["Subject"], "and comes again in the morning")
        tap.equal(office.iecctl("decide", case["reference"], "accept", "--as", "anna").returncode, 0, "decided")
        office.at("2026-11-18 09:01")
        tap.equal((alerts(office), "passed" in to(office, DUTY[0])[-1]["Subject"]), ([], True),
                  "what is decided alerts nobody any more")
        tap.equal([e["who"] for e in happened(office, case["reference"], "alert-over")], ["iecd", "iecd"],
                  "and the journey says so")


def alerts(office):
    return [line.split()[1] for line in office.iecctl("alert").stdout.splitlines()
            if line.startswith("IEC/")]


def raised_meanwhile():
    """An alert of danger that came after the list was looked at is acknowledged by nobody's leave."""
    with Office(**NOBODY) as office:
        office.at("2026-11-02 10:00")
        send(office, message("Eve Mead <eve@example.org>", "Complaint", CALM.format(
            name="Eve Mead", more="Please write to me at my new address eve2@example.net instead.")), "2026-11-02 10:00")
        reference = case_of(office, "eve@example.org")["reference"]
        tap.equal(alerts(office), ["new-address"], "a new address is listed")
        send(office, answer(office, "eve@example.org", DESPERATE), "2026-11-02 10:00")
        done = ack(office, reference)
        tap.equal((done.returncode, sorted(alerts(office)), "urgent,new-address" in done.stderr),
                  (1, ["new-address", "urgent"], True), "what came meanwhile is not acknowledged with it")
        mail = to(office, DUTY[0])[-1].get_body().get_content()
        tap.ok(f"alert ack {reference} urgent" in mail, "each mail names its own kind", mail)
        for kind, status, says in (("new-address", 0, "1 alert acknowledged: new-address"),
                                   ("threat", 1, "no alert of the kind threat; what waits: urgent"),
                                   ("thunder", 1, "no alert of the kind thunder")):
            done = office.iecctl("alert", "ack", reference, kind, "--as", "anna")
            tap.equal((done.returncode, says in done.stdout + done.stderr), (status, True), f"alert ack {kind}")
        tap.equal(alerts(office), ["urgent"], "the other waits still")
        tap.ok("1 alert acknowledged: urgent" in ack(office, reference).stdout, "the last needs no name")


def story():
    risk()
    raised_meanwhile()
    threats()
    ceiling()
    server_down()
    wrong_address()
    stopped_on_the_way()
    withdrawal()
    death()
    silence()
    new_address()
    deadlines()


tap.run(story)
