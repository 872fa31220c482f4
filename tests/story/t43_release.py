#!/usr/bin/env python3
"""Who lets a rejection go (policy 4a): what forces a review, the stop that acts at once, approval and
change by named people, a rejection found wrong, the blind sample, and rules changed by two people."""
import datetime
import hashlib
import json
import os
import re
import shutil
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_smtp import FakeSmtp
from fakes import Delay
from letters import Writer
from office import ROOT, Office, london, message
from process import until

MONDAY = datetime.date(2026, 11, 2)
DUTY = "duty@casework.example"


def case_of(office, address):
    return next(c for c in office.cases() if c["from"] == address)


def happened(office, reference, what):
    return [(e["who"], e["why"]) for e in office.show(reference)["events"] if e["what"] == what]


def sent_kinds(office, reference):
    return [r["kind"] for r in office.show(reference)["replies"] if r["state"] == "sent"]


def do(office, *words, status=0, says="", name=""):
    done = office.iecctl(*words)
    tap.ok(done.returncode == status and says in done.stdout + done.stderr,
           name or f"iecctl {' '.join(words)}"[:90], f"{done.returncode} {done.stdout} {done.stderr}")
    return done.stdout


def write_in(office, writer, kind, when):
    address, data = writer.letter(kind)
    office.deliver(data, received=london(when))
    return address


# ---- 4a: stopping and resuming

def stopping():
    with Office(hold=1) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        late, none = (write_in(office, writer, k, "2026-11-02 10:00") for k in ("late", "none-yet"))
        office.settle(messages=3)
        do(office, "release", "stop", "out-of-time", "--why", "two complaints", "--as", "morgan",
           says="1 that waited are held back", name="4a: one reason is stopped, for what waits too")
        case = case_of(office, late)
        tap.equal((case["state"], case["release"]), ("awaiting-release", "reviewed"),
                  "4a: what waited for its hold now waits for a person")
        tap.ok(case["reference"] in office.iecctl("review").stdout, "and is listed for review")
        office.at("2026-11-03 10:05")
        tap.equal([case_of(office, a)["state"] for a in (late, none)], ["awaiting-release", "rejected"],
                  "4a: another reason's rejection goes when its hold is over; the stopped stays")
        second = write_in(office, writer, "late", "2026-11-03 10:05")
        office.settle(messages=5)
        tap.equal(case_of(office, second)["release"], "reviewed", "4a: one judged during the stop waits")
        do(office, "release", "stop", "out-of-time", status=1, says="stopped already")
        do(office, "release", "stop", "--as", "priya", says="stopped: all", name="4a: one command stops all")
        other = write_in(office, writer, "none-yet", "2026-11-03 10:05")
        office.settle(messages=6)
        office.at("2026-11-05 10:05")
        tap.equal(case_of(office, other)["state"], "awaiting-release", "4a: and nothing goes by itself")
        tap.equal(len(happened(office, case["reference"], "chased")) > 0, True,
                  "what is held back is chased like any case that waits for a person")
        tap.equal(office.status()["automatic_rejections_stopped"], ["all", "out-of-time"], "status says it")
        office.stop()
        do(office, "release", "resume", "--as", "priya", says="still stopped: out-of-time",
           name="4a: resumed with no daemon running")
        office.at("2026-11-05 10:10")
        tap.equal([case_of(office, a)["state"] for a in (other, second)], ["rejected", "awaiting-release"],
                  "4a: what is free again and past its hold goes then; the other reason still waits")
        third = write_in(office, writer, "late", "2026-11-05 10:10")
        office.settle(messages=9)
        do(office, "release", "resume", "out-of-time", "--as", "morgan", says="3 held back go")
        office.settle()
        tap.equal([case_of(office, a)["state"] for a in (late, second, third)],
                  ["rejected", "rejected", "awaiting-release"],
                  "4a: resumed: those whose hold is over go, the new one is held its day out")
        tap.equal(sent_kinds(office, case["reference"]).count("rejection"), 1, "each once")
        office.at("2026-11-06 10:15")
        tap.equal(case_of(office, third)["state"], "rejected", "and goes when that is over")
        history = [json.loads(line) for line in
                   office.iecctl("--format", "json", "release", "history").stdout.splitlines()]
        tap.equal([(h["who"], h["what"], h["reason"]) for h in history],
                  [("morgan", "stop", "out-of-time"), ("priya", "stop", "all"),
                   ("priya", "resume", "all"), ("morgan", "resume", "out-of-time")],
                  "who stopped and resumed what is kept")
        do(office, "release", "resume", status=1, says="not stopped")
        do(office, "release", "stop", "rudeness", status=1, says="not a reason")
        do(office, "release", "pause", status=2, says="usage")


def restart(office, when):
    """The clock is put forward; what waits for the mail server goes on waiting."""
    office.stop()
    office.clock = london(when) - int(time.time())
    office.start()


def rejection(office, address):
    case = office.show(case_of(office, address)["reference"])
    return case["state"], [r["state"] for r in case["replies"] if r["kind"] == "rejection"][-1]


def until_rejection(office, address, state):
    until(lambda: rejection(office, address)[1] == state, 30, f"a rejection {state}")


def on_the_way():
    """What was let go and waits for the mail server has not left."""
    with FakeSmtp(tls="starttls") as smtp, \
            Office(hold=1, outgoing={"kind": "smtp", **smtp.settings()}) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        late, none = (write_in(office, writer, k, "2026-11-02 10:00") for k in ("late", "none-yet"))
        office.settle(messages=3)
        smtp.always("rcpt", "450 4.2.1 Grey")
        restart(office, "2026-11-03 10:05")
        for address in (late, none):
            until_rejection(office, address, "queued")
            tap.equal(rejection(office, address), ("rejected", "queued"), "let go, and put off by the server")
        do(office, "release", "stop", "out-of-time", "--as", "morgan", says="1 on their way called back",
           name="4a: a stop reaches what waits for the mail server")
        tap.equal([rejection(office, a) for a in (late, none)],
                  [("referred", "cancelled"), ("rejected", "queued")], "4a: a person decides it, and it alone")
        do(office, "wrong", case_of(office, none)["reference"], "--why", "they had an answer", "--as", "morgan")
        tap.equal(rejection(office, none), ("referred", "cancelled"), "4a: found wrong in time, it never goes")
        smtp.always("rcpt", None)
        for reason in ("out-of-time", "no-final-response"):
            do(office, "release", "resume", reason, "--as", "morgan")
        two = [write_in(office, writer, "late", "2026-11-03 10:05") for _ in range(2)]
        office.settle(messages=5)
        smtp.on("dot", Delay(6, "451 4.3.0 Busy"), "451 4.3.0 Busy")
        restart(office, "2026-11-04 10:10")
        until(lambda: office.query("SELECT 1 FROM outbox WHERE state = 'sending'"), 30, "one on the wire")
        do(office, "release", "stop", "--as", "morgan")
        until(lambda: not office.query("SELECT 1 FROM outbox WHERE state = 'sending'"), 30, "the answer")
        restart(office, "2026-11-04 10:15")
        office.settle()
        tap.equal([rejection(office, a) for a in two], [("referred", "cancelled")] * 2,
                  "4a: one that the server was taking, and put off, is called back before its next try")


def heard_first():
    """What they wrote before the end of the hold is read before the rejection goes."""
    with Office(hold=1) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        address = write_in(office, writer, "none-yet", "2026-11-02 10:00")
        office.settle(messages=2)
        reference = case_of(office, address)["reference"]
        office.stop()
        office.deliver(message(f"<{address}>", f"Re: {reference}", "I forgot to say: I did complain to Border Force "
            "and their final response came\nby email on 20 October 2026. It names the Independent Examiner of "
            "Complaints.\n"), received=london("2026-11-02 20:00"))
        office.clock = london("2026-11-03 10:30") - int(time.time())
        office.start()
        office.settle(messages=3)
        tap.equal(rejection(office, address)[1], "cancelled",
                  "4: iecd was away when they wrote and when the hold ended: they are heard first")
        second = write_in(office, writer, "late", "2026-11-03 10:30")
        office.settle(messages=4)
        office.stop()
        away = {"name": "gone", "kind": "maildir", "path": "/dev/null/gone", "poll": "1 s"}
        office.settings["mailboxes"].append(away)
        office.write_conf()
        office.clock = london("2026-11-04 10:35") - int(time.time())
        office.start()
        office.settle()
        tap.equal(rejection(office, second), ("awaiting-release", "held"),
                  "4: while a mailbox cannot be read nobody is turned away")
        restart(office, "2026-11-10 10:00")
        until(lambda: case_of(office, second)["release"] == "reviewed", 30, "a person")
        tap.equal(rejection(office, second), ("awaiting-release", "held"), "and on deadline day a person sees to it")
        office.settings["mailboxes"].remove(away)


def settings_reload():
    """A reason that the settings make reviewed is reviewed for what waits, too."""
    with Office(hold=1) as office:
        office.at("2026-11-02 10:00")
        late = write_in(office, Writer(today=MONDAY), "late", "2026-11-02 10:00")
        office.settle(messages=2)
        office.settings["casework"]["reviewed"] = ["out-of-time"]
        office.write_conf()
        do(office, "reload", says="read again")
        office.at("2026-11-03 10:05")
        tap.equal(case_of(office, late)["state"], "awaiting-release",
                  "4a: per reason a setting: it acts on what already waits")
        office.settings["casework"]["reviewed"] = []
        office.write_conf()
        office.at("2026-11-03 10:10")
        tap.equal(case_of(office, late)["state"], "rejected", "and goes when the setting has gone")


# ---- 4a: always reviewed

NONE_YET = """Hello,

I want to complain about Border Force. The officer at passport control in Hull was rude to me and
shouted in front of my children. I have not complained to Border Force or to anybody else at the
Home Office yet, I came straight to you. {more}

{name}
"""
FORCED = [  # condition, what is added to a complaint the Home Office has not had
    ("", "It was on Friday."),
    ("serious-misconduct", "An officer at the counter punched me in the face and nobody has looked into it."),
    ("death", "My mother died the week before."),
    ("child", "I am 15 years old and I am writing this on my own."),
    ("capacity", "I have dementia and I get muddled; my doctor says I lack capacity to deal with it."),
    ("family-dispute", "My ex husband and I are in a custody dispute about the children."),
    ("detained", "I am detained in Harmondsworth immigration removal centre at the moment."),
    ("vulnerable", "I have stage four cancer and I am too ill to write much."),
]


def conditions():
    with Office(hold=1) as office:
        office.at("2026-11-02 10:00")
        people = {}
        for number, (why, more) in enumerate(FORCED):
            address = f"writer{number}@example.org"
            people[why] = address
            office.deliver(message(f"Writer <{address}>", "Complaint", NONE_YET.format(more=more, name="Pat Quill")),
                           received=london("2026-11-02 10:00"))
        people["no-authority"] = "adviser@solicitors.example"
        office.deliver(message("Quill & Co Solicitors <adviser@solicitors.example>", "Our client Mr Abara",
            "Dear Sirs,\n\nWe act for our client Mr Tomos Abara. HM Passport Office sent our client their final\n"
            "response to his complaint by email on 5 January 2026. His passport renewal took five months because\n"
            "of their error. He would like you to look at it.\n\nQuill & Co Solicitors"),
            received=london("2026-11-02 10:00"))
        people["welsh"] = "lowri@example.org"
        office.deliver(message("Lowri Cadogan <lowri@example.org>", "Cwyn",
            "Annwyl Syr neu Fadam,\n\nHoffwn gwyno am Swyddfa Basbort Ei Fawrhydi. Cefais yr ymateb terfynol i'm cwyn trwy\n"
            "e-bost ar 2 Ebrill 2026. Cymerodd fy mhasbort bum mis oherwydd eu camgymeriad nhw. Nid wyf yn hapus\n"
            "gyda'r ateb. Rwyf am i chi edrych ar yr achos hwn os gwelwch yn dda.\n\nYn gywir,\nLowri Cadogan"),
            received=london("2026-11-02 10:00"))
        people["unread"] = "locked@example.org"
        pdf = "JVBERi0xLjQKJeLjz9MK" + "AAAA" * 40
        office.deliver(("From: Locked <locked@example.org>\r\nTo: iec@homeoffice.gov.uk\r\nSubject: My passport\r\n"
            "Message-ID: <locked1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
            NONE_YET.format(more="I attach more papers.", name="Ines Jessop").replace("\n", "\r\n") +
            "\r\n--b\r\nContent-Type: application/pdf; name=papers.pdf\r\nContent-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; filename=papers.pdf\r\n\r\n" + pdf + "\r\n--b--\r\n").encode(),
            received=london("2026-11-02 10:00"))
        office.settle(messages=1 + len(people))
        for why, address in people.items():
            case = case_of(office, address)
            because = office.query("SELECT release_why FROM decisions d JOIN cases c ON c.id = d.case_id "
                                   "WHERE c.reference = ?", case["reference"])[0][0]
            if case["decision"] != "reject":
                tap.ok(why and case["decision"] == "refer", f"4a: {why}: even more than reviewed: a person's",
                       json.dumps(case))
                continue
            tap.ok((why in because.split(",")) if why else because == "",
                   f"4a: {why or 'nothing'} forces a review", f"{because} {case['reasons']}")
            tap.equal(case["release"], "reviewed" if why else "automatic", f"4a: {why or 'nothing'}: the release")
        office.at("2026-11-04 10:00")
        gone = [why for why, address in people.items() if case_of(office, address)["state"] == "rejected"]
        tap.equal(gone, [""], "4a: only the plain one goes by itself")
        listed = office.iecctl("review").stdout
        tap.ok("because death" in listed and "because welsh" in listed, "review says which condition", listed)


# ---- review: shown, approved, changed, returned; a second look by somebody else

def reviewing():
    with Office(hold=1, casework={"reviewed": ["out-of-time"]}) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        people = [write_in(office, writer, "late", "2026-11-02 10:00") for _ in range(4)]
        office.settle(messages=5)
        first, second, third, fourth = (case_of(office, a)["reference"] for a in people)
        shown = do(office, "review", "show", first, says="[[HM Passport Office]]^",
                   name="4a: the evidence stands in the original's words")
        tap.ok("because setting" in shown, "and what it waits for", shown)
        do(office, "review", "approve", first, "--as", "morgan", says="goes out now")
        do(office, "review", "change", second, status=1, says="add --reasons")
        do(office, "review", "change", second, "--reasons", "court,out-of-time", "--why", "a court has it",
           "--as", "morgan", says="now rejected", name="4a: changed before it goes: its reasons")
        do(office, "review", "change", third, "--decision", "accept", "--as", "priya", says="now accepted",
           name="4a: changed before it goes: the decision")
        do(office, "review", "return", fourth, "--why", "look at the date", "--as", "morgan")
        office.settle()
        tap.equal(happened(office, first, "released"), [("morgan", "approved")], "4a: the approver is recorded")
        rejections = [m for m in office.sent() if people[1] in m["To"] and second in m["Subject"]]
        text = rejections[-1].get_body(("plain",)).get_content()
        tap.ok("court" in text.lower(), "the changed rejection says the changed reasons", text)
        tap.equal([sent_kinds(office, r)[1:] for r in (first, second, third, fourth)],
                  [["rejection"], ["rejection"], ["acceptance"], []], "each got what was decided, once")
        for reference, address in ((first, people[0]), (second, people[1])):
            office.deliver(message(address, f"Re: {reference}",
                                   "You are wrong. Please have a person look at my complaint again.",
                                   In_Reply_To=office.show(reference)["replies"][-1]["message_id"]))
        office.settle(messages=7)
        tap.equal([office.show(r)["refer"] for r in (first, second)], [["look-again"]] * 2, "look-again")
        for reference in (first, second):
            do(office, "decide", reference, "accept", "--as", "morgan", status=1, says="somebody else",
               name="4b: who let the rejection go does not decide the second look")
            do(office, "decide", reference, "accept", "--as", "priya", says="accepted")


# ---- a rejection found wrong

def wrong():
    with Office(hold=0, casework={"alert_address": DUTY}) as office:
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        people = [write_in(office, writer, k, "2026-11-02 10:00") for k in ("late", "late", "none-yet")]
        office.settle(messages=4)
        office.at("2026-11-02 10:10")
        mine, alike, other = (case_of(office, a)["reference"] for a in people)
        tap.equal({case_of(office, a)["state"] for a in people}, {"rejected"}, "three rejected by the rules")
        do(office, "wrong", mine, status=1, says="--why")
        said = do(office, "wrong", mine, "--why", "the date was the letter's, not the reply's", "--as", "priya",
                  says="stopped: out-of-time", name="4a: found wrong: its reason is reviewed again")
        tap.ok(f"{alike} rejected same-reason\n" in said and f"{other} rejected\n" in said,
               "4a: and every case that those rules rejected is listed, the same reason marked", said)
        case = office.show(mine)
        tap.equal((case["state"], case["refer"]), ("referred", ["look-again"]), "the case is a person's again")
        tap.equal(case["reply_due"], "2026-11-09", "with five working days")
        tap.equal(happened(office, mine, "found-wrong"),
                  [("priya", "the date was the letter's, not the reply's")], "its journey says who and why")
        tap.equal([w for w, _ in happened(office, alike, "alike-found-wrong")], ["priya"],
                  "and so does that of the case rejected alike")
        office.settle()
        notices = [m for m in office.sent() if DUTY in m["To"]]
        tap.ok(len(notices) == 1 and mine in notices[0]["Subject"] and "letter's" not in notices[0].as_string(),
               "the duty officer is told, none of the words", [n["Subject"] for n in notices])
        do(office, "wrong", mine, "--why", "again", status=1, says="already")
        fresh = write_in(office, writer, "late", "2026-11-02 10:10")
        office.settle(messages=6)
        office.at("2026-11-02 10:20")
        tap.equal(case_of(office, fresh)["state"], "awaiting-release", "4a: the next such rejection waits")
        do(office, "wrong", case_of(office, fresh)["reference"], "--why", "x", status=1, says="has not left")
        do(office, "decide", mine, "accept", "--as", "morgan", says="accepted")


# ---- the blind sample

def sample():
    with Office(hold=0, ceilings={"per_day": 1000}, casework={"alert_address": DUTY}) as office:
        office.at("2026-11-04 10:00")
        writer = Writer(today=datetime.date(2026, 11, 4))
        count = 24
        for n in range(count):
            write_in(office, writer, "late" if n % 2 else "none-yet", "2026-11-04 10:00")
        office.settle(messages=count + 1)
        office.at("2026-11-04 10:10")
        tap.equal(len(office.cases("--state", "rejected")), count, "as many automatic rejections in a week")
        tap.ok("0 wait" in office.iecctl("sample").stdout, "4a: nobody knows before the week is over")
        office.at("2026-11-09 00:30")
        week, seed, rejections, drawn = office.query("SELECT week, seed, rejections, drawn FROM sample_weeks")[0]
        tap.equal((rejections, drawn), (count, 20), "4a: a tenth, but at least twenty")
        all_of = [r for r, in office.query("SELECT c.reference FROM automatic_rejections s "
                                           "JOIN cases c ON c.id = s.case_id")]
        ranks = sorted(all_of, key=lambda r: hashlib.sha256(seed + r.encode()).digest())[:20]
        listed = [json.loads(line)["reference"]
                  for line in office.iecctl("--format", "json", "sample").stdout.splitlines()]
        tap.equal(sorted(listed), sorted(ranks), "4a: at random, and anybody can draw it again with the seed")
        one, two, three = sorted(listed)[:3]
        shown = do(office, "sample", "read", one, says="-- body", name="4a: the original")
        told = re.findall(r"reject|decision|out-of-time|no-final-response|\[\[|finding|rules", shown)
        tap.equal(told, [], "4a: without decision, reasons or findings") or tap.note(shown)
        reasons = {r: ",".join(office.show(r)["reasons"]) for r in listed}
        do(office, "sample", "judge", one, "reject", status=1, says="add --reasons")
        said = do(office, "sample", "judge", one, "reject", "--reasons", reasons[one], "--as", "anna",
                  says="the same", name="4a: and then the comparison")
        tap.ok(f"decided: reject {reasons[one]}" in said, "which tells how it was decided", said)
        do(office, "sample", "judge", two, "accept", "--as", "anna", says="overturned")
        do(office, "sample", "judge", three, "reject", "--reasons", "court", "--as", "anna", says="other reasons")
        do(office, "sample", "judge", one, "accept", "--as", "anna", status=1, says="does not wait")
        rest = sorted(listed)[3]
        do(office, "decide", rest, "refer", "--as", "anna")
        do(office, "sample", "judge", rest, "accept", "--as", "anna", status=1, says="had a hand in it",
           name="4a: who had a hand in a case does not read it")
        figures = [json.loads(line) for line in
                   office.iecctl("--format", "json", "sample", "report").stdout.splitlines()]
        by = {(f["by"], f["value"]): (f["read"], f["overturned"], f["other_reasons"]) for f in figures}
        tap.equal(by["all", None], (3, 1, 1), "4a: the overturn rate")
        tap.equal((by["language", "en"], by["channel", "email"], by["representation", "nobody"]),
                  ((3, 1, 1),) * 3, "4a: by language, channel and representation")
        tap.equal(sum(v[0] for k, v in by.items() if k[0] == "reason"), 3, "4a: and by reason")
        text = do(office, "sample", "report", says="33.3%")
        tap.ok("drawn 20, read 3" in text, "with counts", text)
        tap.ok("drawn 0, read 0" in office.iecctl("sample", "report", "--since", "2026-11-09").stdout, "--since")
        office.settle()
        tap.equal(sum(DUTY in m["To"] and "seems to be wrong" in m["Subject"] for m in office.sent()), 1,
                  "the duty officer hears of one overturned")
        office.at("2026-11-10 10:00")
        tap.equal(office.query("SELECT count(*) FROM sample_weeks")[0][0], 1, "a week is drawn once")


# ---- rules changed by two people

def replace(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert old in text, old
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))


def ask(office, request):
    """What iecd answers to a request that no iecctl made."""
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.path.join(office.settings["run_dir"], "control.sock"))
        control.sendall(json.dumps(request).encode() + b"\n")
        return control.makefile().readline()


def rules():
    with Office(hold=1) as office:
        data, edited = (os.path.join(office.dir, n) for n in ("data", "edited"))
        for folder in (data, edited):
            shutil.copytree(os.path.join(ROOT, "config"), folder)
        office.settings["data_dir"] = data
        office.write_conf()
        office.at("2026-11-02 10:00")
        writer = Writer(today=MONDAY)
        for kind in ("accept", "none-yet", "late"):
            write_in(office, writer, kind, "2026-11-02 10:00")
        office.settle(messages=4)
        first = office.status()["daemon"]["rules"]
        with open(os.path.join(edited, "rules", "zz.conf"), "w", encoding="utf-8") as f:
            f.write('''rules: (
  { id = "zz.capacity"; source = "policy 5"; says = "Capacity."; fact = "reviewed"; value = "capacity";
    strength = "states"; scope = [ "writer" ]; phrases = [ "officer at passport control in hull" ];
    match = [ "the officer at passport control in hull" ]; no_match = [ "the officer" ]; } );
''')
        said = do(office, "rules", "propose", edited, "--as", "anna", says="proposed: ",
                  name="4a: a dry run over the last cases")
        version = re.search(r"proposed: (\S+);", said).group(1)
        tap.ok("of the last 3 cases 1 would be judged otherwise: reject to reject 1" in said and version != first and
               "reject no-final-response -> reject no-final-response (reviewed)" in said, "which shows what would change", said)
        tap.note(said)
        answer = ask(office, {"command": "rules-propose", "version": "made/up", "cases": "0", "changed": "0",
                              "figures": "", "as": "eve"})
        tap.ok("the dry run was over 0 cases and the register's last are 3" in answer,
               "4a: rules without a dry run over the last cases are not proposed", answer)
        office.stop()
        shutil.copy(os.path.join(edited, "rules", "zz.conf"), os.path.join(data, "rules", "zz.conf"))
        office.start(wait=False)
        tap.equal(office.process.wait(60), 1, "4a: a start with rules not approved is refused")
        office.process = None
        tap.ok(f"the rules {version} are not approved" in office.log_text().splitlines()[-1], "with one line",
               office.log_text()[-300:])
        os.unlink(os.path.join(data, "rules", "zz.conf"))
        office.start()
        shutil.copy(os.path.join(edited, "rules", "zz.conf"), os.path.join(data, "rules", "zz.conf"))
        do(office, "reload", status=1, says="are not approved", name="4a: and so is a reload")
        tap.equal(office.status()["daemon"]["rules"], first, "the approved rules stay in force")
        do(office, "rules", "approve", version, "--as", "anna", status=1, says="somebody else",
           name="4a: not by who proposed them")
        do(office, "rules", "approve", "0123456789abcdef", "--as", "morgan", status=1, says="no rules")
        do(office, "rules", "approve", version.split("/")[1], "--as", "morgan", says="proposed by anna",
           name="4a: by a second named person")
        do(office, "rules", "approve", version, "--as", "morgan", status=1, says="approved already")
        do(office, "reload", says="read again")
        tap.equal(office.status()["daemon"]["rules"], version, "then they are taken")
        history = do(office, "rules", "history", says=f"in force: {version} (reload)")
        tap.ok("by anna" in history and "by morgan" in history and f"in force: {first} (first)" in history,
               "4a: the history of rule sets", history)
        office.stop()
        replace(os.path.join(data, "rules", "version.conf"), "20", "30")
        office.settings["casework"]["rules_need_approval"] = False
        office.write_conf()
        office.start()
        tap.ok(office.status()["daemon"]["rules"].startswith("30"), "an office may do without it")


def story():
    stopping()
    on_the_way()
    heard_first()
    settings_reload()
    conditions()
    reviewing()
    wrong()
    sample()
    rules()


tap.run(story)
