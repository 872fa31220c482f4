#!/usr/bin/env python3
"""What people do through iecctl: decisions with the daemon running and stopped, mistakes answered in
words, every command's help and JSON, filters, and a stranger's control characters kept away."""
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from office import ROOT, Office, message

WHY_LATE = """Dear Examiner,

HM Passport Office sent me their final response to my complaint by email on 2 January 2026. My passport
renewal took five months because of their error. I know that I am late: I was in hospital from April
until October, seriously ill, and could not write before.

{name}
"""
DECISIONS = [  # words after the case, state, decision, reply
    (("accept",), "accepted", "accept", "acceptance"),
    (("reject", "--reasons", "out-of-time,no-final-response"), "rejected", "reject", "rejection"),
    (("ask", "--asks", "final-response"), "asked", "ask", "question"),
    (("refer",), "referred", "refer", None),
    (("close",), "closed", "none", None),
    (("close", "--note", "We spoke on the telephone today."), "closed", "none", "closed"),
]
MISTAKES = [  # words, exit status, what the answer says
    (("decide", "IEC/26/999999", "accept"), 1, "there is no case IEC/26/999999"),
    (("decide", "12345", "accept"), 1, "write it like IEC/26/000123"),
    (("decide", "{case}", "perhaps"), 1, "write accept, reject, ask, refer or close"),
    (("decide", "{case}", "reject"), 1, "add --reasons"),
    (("decide", "{case}", "reject", "--reasons", "rude"), 1, "iecctl decide --help"),
    (("decide", "{case}", "ask", "--asks", "shoe-size"), 1, "iecctl decide --help"),
    (("decide", "{case}", "ask"), 1, "add --asks"),
    (("decide", "{case}", "accept", "--why", "x" * 3000), 1, "under 2000 bytes"),
    (("decide", "{case}"), 2, "usage"),
    (("decide", "{case}", "accept", "now"), 2, "too many"),
    (("decide", "{case}", "accept", "--whyever"), 2, "--help"),
    (("show", "IEC/26/999999"), 1, "there is no case"),
    (("show", "nonsense"), 1, "IEC/26/000123"),
    (("show",), 2, "name a case"),
    (("review", "alert", "approve"), 2, "usage"),
    (("review", "approve", "{case}"), 1, "holds no rejection"),
    (("cases", "--state", "lost"), 2, "awaiting-release"),
    (("cases", "--decision", "maybe"), 2, "write one of"),
    (("cases", "--flag", "red"), 2, "write one of"),
    (("cases", "--due-by", "Friday"), 2, "2026-06-01"),
    (("frobnicate",), 2, "not a command"),
    (("--format", "xml", "status"), 2, "text or json"),
    (("assess", "/nowhere/at/all.eml"), 1, "/nowhere/at/all.eml"),
    (("assess", "--explain", "--rules", "/nowhere", "some.eml"), 1, "/nowhere"),
    (("--format", "json", "assess", "--explain", "some.eml"), 2, "for people"),
    (("rules",), 2, "check or list"),
    (("rules", "mend"), 2, "check or list"),
    (("rules", "list", "/nowhere"), 1, "/nowhere"),
]
COMMANDS = ("status cases show decide close outcome contact review release wrong sample alert assess parse "
            "rules reload check-config").split()
# An escape sequence, a bell, a C1 control, a reversal of direction: in subject and name.
HOSTILE = "=?utf-8?q?Look_=1B]0;owned=07=1B[2J_=C2=9B31m_=E2=80=AEgnp.exe?="


def letter(name):
    address = name.lower().replace(" ", ".") + "@example.org"
    return address, message(f"{name} <{address}>", "My passport", WHY_LATE.format(name=name))


def decide_all(office, people, who):
    by_address = {c["from"]: c["reference"] for c in office.cases()}
    for address, (words, *_) in zip(people, DECISIONS):
        case = by_address[address]
        done = office.iecctl("decide", case, *words, "--why", "read by two of us", "--as", who)
        tap.equal((done.returncode, done.stdout.startswith(case)), (0, True),
                  f"decide {' '.join(words)}") or tap.note(done.stderr)


def outcome_of(office, address):
    case = next(c for c in office.cases() if c["from"] == address)
    show = office.show(case["reference"])
    told = [(e["who"], e["why"]) for e in show["events"] if e["what"] == "judged"][-1]
    replies = [r["kind"] for r in show["replies"] if r["kind"] != "acknowledgement"]
    return (case["state"], case["decision"], case["reasons"], case["asks"], told, replies)


def decisions(office):
    names = [f"{first} {last}" for last in ("Ashdown", "Birchall")
             for first in ("Ada", "Bodil", "Carys", "Dewi", "Esme", "Farid")]
    people = []
    for name in names:
        address, data = letter(name)
        people.append(address)
        office.deliver(data)
    office.settle(messages=len(people))
    tap.equal({c["decision"] for c in office.cases()}, {"refer"}, "all are a person's to decide")
    running, stopped = people[:6], people[6:]
    decide_all(office, running, "priya")
    office.settle()
    office.stop()
    decide_all(office, stopped, "priya")
    for one, other, (words, state, decision, reply) in zip(running, stopped, DECISIONS):
        first, second = outcome_of(office, one), outcome_of(office, other)
        tap.equal(second, first, f"{words[0]}: the same with the daemon stopped")
        tap.equal((first[0], first[1], first[5]), (state, decision, [reply] if reply else []),
                  f"{words[0]}: state, decision and reply")
        tap.equal(first[4][0], "priya", f"{words[0]}: the history names who")
        tap.ok("read by two of us" in first[4][1], f"{words[0]}: and why", first[4])
    office.start()
    office.settle()
    counts = [sum(a in r["To"] for r in office.sent()) for a in people]
    tap.equal(counts[6:], counts[:6], "the next start sends what was queued while it was stopped")
    tap.equal(counts[:6], [2 if d[3] else 1 for d in DECISIONS], "each reply once")
    return people


def mistakes(office, people):
    reference = next(c["reference"] for c in office.cases() if c["from"] == people[0])
    before = office.show(reference)
    for running in (True, False):
        if not running:
            office.stop()
        for words, status, says in MISTAKES:
            done = office.iecctl(*(w.format(case=reference) for w in words))
            tap.ok(done.returncode == status and says in done.stderr and not done.stdout,
                   f"{' '.join(words)[:60]}: status {status}, {says}",
                   f"{done.returncode} {done.stdout} {done.stderr}")
        done = office.iecctl("decide", reference, "reject", "--reasons", "court")
        tap.ok(done.returncode == 1 and "cannot become rejected" in done.stderr,
               "an accepted case is not rejected afterwards", done.stderr)
    tap.equal(office.show(reference), before, "and nothing of it changed the case")
    office.start()


def formats(office):
    tap.equal(office.iecctl("--help").returncode, 0, "iecctl --help")
    some = os.path.join(office.dir, "some.eml")
    with open(some, "wb") as f:
        f.write(letter("Greta Garside")[1])
    reference = office.cases()[-1]["reference"]
    accepted = office.cases("--state", "accepted")[0]["reference"]
    tries = {"show": [reference], "contact": [reference], "assess": [some], "parse": [some], "rules": ["list"],
             "decide": [reference, "refer", "--why", "again"],
             "close": [accepted, "--as", "outside", "--why", "it is in court"],
             "outcome": [accepted, "investigate"]}
    for name in COMMANDS:
        done = office.iecctl(name, "--help")
        tap.ok(done.returncode == 0 and "Usage" in done.stdout, f"{name} --help",
               done.stdout + done.stderr)
        done = office.iecctl("--format", "json", name, *tries.get(name, []))
        try:
            rows = [json.loads(line) for line in done.stdout.splitlines()]
        except ValueError as error:
            rows = [str(error)]
        tap.ok(done.returncode == 0 and all(isinstance(r, dict) for r in rows) and
               (rows or name in ("review", "wrong", "sample", "alert")), f"{name} --format json",
               done.stdout + done.stderr)


def filters(office, people):
    def found(*words):
        return sorted(c["from"] for c in office.cases(*words))
    tap.equal(found("--state", "accepted"), sorted([people[0], people[6]]), "--state")
    tap.equal(found("--decision", "ask"), sorted([people[2], people[8]]), "--decision")
    tap.equal(found("--text", "birchall"), sorted(people[6:]), "--text")
    tap.equal(found("--text", "%"), [], "--text takes no wildcard")
    tap.equal(found("--due-by", "2020-01-01"), [], "--due-by long ago")
    tap.equal(len(found("--due-by", "2099-01-01", "--state", "referred")), 2, "--due-by with --state")
    tap.equal(len(found("--limit", "3")), 3, "--limit")


def unsafe(text):
    return [hex(ord(c)) for c in text if (ord(c) < 32 and c not in "\n\t") or 0x7f <= ord(c) < 0xa0
            or 0x200b <= ord(c) <= 0x200f or 0x2028 <= ord(c) <= 0x202e]


def terminal(office):
    messages = office.status()["messages"]
    office.deliver(message(f"{HOSTILE} <mallory@example.net>", HOSTILE,
                           WHY_LATE.format(name="Mallory \x1b[2J\x9b31m\u202e Quick")))
    office.settle(messages=messages + 1)
    reference = next(c["reference"] for c in office.cases() if c["from"] == "mallory@example.net")
    shown = office.iecctl("show", reference).stdout
    tap.ok("Look" in shown and "HM Passport Office" in shown, "show prints mail and evidence", shown)
    original = office.show(reference)["messages"][0]["original"]
    for words in (("show", reference), ("cases",), ("review",), ("status",), ("assess", original),
                  ("assess", "--explain", original), ("parse", original), ("decide", reference, "refer", "--why", "\x1b[2J")):
        for format in ("text", "json"):
            done = office.iecctl("--format", format, *words)
            tap.equal(unsafe(done.stdout + done.stderr), [],
                      f"{words[0]} in {format}: nothing that moves a cursor")
    shown = office.iecctl("show", reference).stdout
    tap.equal(unsafe(shown), [], "not even a colleague's words do")


def rules(office):
    """Who edits a rule is told what is wrong with it, and sees what it changes."""
    folder = os.path.join(office.dir, "edited")
    shutil.copytree(os.path.join(ROOT, "config"), folder)
    some = os.path.join(office.dir, "some.eml")
    with open(some, "wb") as f:
        f.write(letter("Gwen Hallam")[1])
    explained = office.iecctl("assess", "--explain", "--rules", folder, some).stdout
    for words in ("because         late, with a reason", "[[HM Passport Office]]^", "-- body",
                  "[area.passport.named]", "HM Passport Office is named.", "-- subject"):
        tap.ok(words in explained, f"--explain shows {words}", explained)
    before = office.iecctl("rules", "check", folder).stdout.splitlines()
    tap.ok(" loaded in " in before[-1], "rules check says how long they take to load", before[-1])
    with open(os.path.join(folder, "rules", "zz.conf"), "w", encoding="utf-8") as f:
        f.write('''rules: (
  { id = "zz.new"; source = "policy 2"; says = "The passport is new."; fact = "wrong";
    value = "error"; phrases = [ "my passport renewal" ]; match = [ "my passport renewal" ];
    no_match = [ "my renewal" ]; },
  { id = "zz.clash"; source = "policy 2"; says = "Clashes."; fact = "area"; value = "ukvi";
    phrases = [ "passport office" ]; match = [ "nothing of it" ]; } );
''')
    done = office.iecctl("rules", "check", folder)
    for words in ("zz.conf:5: rule zz.clash misses its example",
                  'rule zz.clash: "passport office" states area = ukvi'):
        tap.ok(done.returncode == 1 and words in done.stdout, f"rules check: {words}", done.stdout)
    data = json.loads(office.iecctl("--format", "json", "rules", "check", folder).stdout)
    tap.equal((data["ok"], any("zz.clash" in f for f in data["faults"])), (False, True), "as JSON")
    explained = office.iecctl("assess", "--explain", "--rules", folder, some).stdout
    tap.ok("The passport is new." in explained, "--rules shows what an edit changes", explained)
    with open(os.path.join(folder, "rules", "zz.conf"), "a", encoding="utf-8") as f:
        f.write("rules: (")
    done = office.iecctl("rules", "check", folder)
    tap.ok(done.returncode == 1 and "zz.conf:7: " in done.stdout,
           "rules check: what does not load", done.stdout)


def story():
    with Office() as office:
        office.start()
        people = decisions(office)
        mistakes(office, people)
        filters(office, people)
        formats(office)
        terminal(office)
        rules(office)
        office.stop()


tap.run(story)
