#!/usr/bin/env python3
"""The daemon's own life: one at a time, settings read again, stops at busy moments, mistakes said in
one line, and what it tells systemd."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import tap
from fake_imap import FakeImap
from fake_smtp import FakeSmtp
from fakes import SILENCE
from letters import Writer
from office import BUILD, ROOT, Office, until


def iecd(office, *words):
    return subprocess.run([os.path.join(BUILD, "iecd"), "--config", office.conf, *words],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)


def one_line(done, *wanted):
    """Refused with status 1 and one line that says all of it."""
    said = done.stderr.strip()
    return done.returncode == 1 and "\n" not in said and all(w in said for w in wanted)


def only_one():
    with Office() as office:
        office.start()
        done = iecd(office)
        tap.ok(one_line(done, "state"), "a second iecd on the same register is refused in one line",
               done)
        tap.note(done.stderr.strip())
        tap.ok(office.is_ready(), "and the first goes on")
        state, office.settings["run_dir"] = office.settings["run_dir"], office.dir + "/other"
        office.write_conf()
        tap.ok(one_line(iecd(office), "state"), "also where only the register is the same")
        office.settings["run_dir"] = state
        office.write_conf()
        office.stop()


def complain(office, writer, kind="accept"):
    seen = office.status()["messages"]
    address, data = writer.letter(kind)
    office.deliver(data)
    office.settle(messages=seen + 1)
    case = next(c for c in office.cases() if c["from"] == address)
    return case, [r for r in office.sent() if address in r["To"]]


def stale(office):
    return office.status()["daemon"].get("settings", "")


def hup(office, done):
    office.process.send_signal(signal.SIGHUP)
    until(done, 20, "the reload")


def replace(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace(old, new))
    return text


def restore(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def reload():
    writer = Writer()
    with Office() as office:
        data = os.path.join(office.dir, "data")
        shutil.copytree(os.path.join(ROOT, "config"), data)
        office.settings["data_dir"] = data
        office.settings["casework"]["reviewed"] = ["out-of-time"]
        office.settings["casework"]["rules_need_approval"] = False
        office.write_conf()
        office.start()
        tap.equal(complain(office, writer, "late")[0]["release"], "reviewed", "as it started")
        broken_files(office, writer, data)
        office.settings["casework"]["reviewed"] = []
        office.write_conf()
        replace(os.path.join(data, "templates", "en", "acceptance.txt"), "Subject: ",
                "Subject: From now on, ")
        before = office.status()["daemon"]["rules"]
        replace(os.path.join(data, "rules", "version.conf"), "20", "30")
        hup(office, lambda: office.status()["daemon"]["rules"] != before)
        tap.equal(stale(office), "", "a good file is taken")
        case, sent = complain(office, writer, "late")
        tap.equal((case["release"], case["state"]), ("automatic", "rejected"), "settings")
        tap.ok("From now on" in complain(office, writer)[1][0]["Subject"], "templates")
        done = office.iecctl("reload")
        tap.equal(done.returncode, 0, "iecctl reload")
        tap.equal(office.stop()[0], 0, "and it ends well")


def broken_files(office, writer, data):
    """Each mistake is said with its file and line, and what ran goes on."""
    moved = os.path.join(office.dir, "elsewhere")
    shutil.copytree(data, moved)
    tries = [("another data_dir", office.conf, f'data_dir = "{data}"', f'data_dir = "{moved}"'),
             ("settings", office.conf, "casework = {", "casework = { holdd = 1; "),
             ("settings' grammar", office.conf, "casework = {", "casework = {{"),
             ("a template", os.path.join(data, "templates", "en", "acceptance.txt"),
              "${answer_by}", "${no_such_value}"),
             ("the forms", os.path.join(data, "forms.conf"), "\"myself\"", "\"me\""),
             ("a rule", os.path.join(data, "rules", "bars.conf"), "(", "(("),
             ("the calendar", os.path.join(data, "bank-holidays.json"), "england-and-wales", "Mars")]
    for name, path, old, new in tries:
        text = replace(path, old, new)
        refusals = office.log_text().count("reload refused")
        hup(office, lambda n=refusals: office.log_text().count("reload refused") > n)
        done = office.iecctl("reload")
        tap.ok(done.returncode == 1 and os.path.basename(path) in done.stderr,
               f"{name} broken: iecctl reload fails and says so", done)
        restore(path, text)  # iecctl reads the same settings
        said = stale(office)
        tap.ok(os.path.basename(path) in said, f"{name} broken: the status says where", said)
        tap.note(said)
        case, sent = complain(office, writer)
        tap.ok(case["decision"] == "accept" and len(sent) == 1, f"{name} broken: mail is answered")
        hup(office, lambda: not stale(office))


def busy():
    """SIGTERM again and again while a backlog is read: nothing lost, nothing twice."""
    writer, pauses = Writer(seed=18), (0.0, 0.02, 0.05, 0.1, 0.15, 0.2)
    with Office() as office:
        people = [writer.letter(size=3000) for _ in range(150)]
        for _, data in people:
            office.deliver(data)
        ends = []
        for pause in pauses:
            office.start(wait=False)
            until(lambda: f"ready: {office.conf}" in office.log_text(), 20, "readiness")
            time.sleep(pause)  # the moments themselves: this is no wait for an event
            ends.append(office.stop())
            os.unlink(office.log)
        tap.equal([status for status, _ in ends], [0] * len(pauses), "SIGTERM while busy: status 0")
        tap.ok(max(s for _, s in ends) < 10, "within ten seconds", ends)
        tap.note("messages read at each stop: longest stop %.2f s" % max(s for _, s in ends))
        office.start()
        office.settle(messages=150)
        tap.equal(len(office.cases("--limit", "1000")), 150, "in the end every message is one case")
        tap.equal(len({r["Message-ID"] for r in office.sent()}), len(office.sent()),
                  "and no reply was written twice")
        office.stop()


def mute():
    """A server that says nothing more holds up nobody."""
    with FakeSmtp(tls="starttls") as smtp, FakeImap([Writer().letter("accept")[1]]) as imap:
        smtp.always("dot", SILENCE)
        box = imap.settings(name="mute", after="leave", poll="1 s")
        with Office(mailboxes=[box], outgoing={"kind": "smtp", **smtp.settings()}) as office:
            office.start()
            smtp.wait(lambda: any(step == "dot" for _, step in smtp.steps), 20, "the dot")
            imap.always("idle", SILENCE)
            status, seconds = office.stop()
            tap.equal(status, 0, "SIGTERM with a reply on the wire and a mute server: status 0")
            tap.ok(seconds < 10, "within ten seconds", seconds)
            tap.note(f"{seconds:.1f} s")


MISTAKES = [
    ("mailboxes[0].kind", "mailboxes", [{"name": "in", "kind": "pigeon"}]),
    ("casework.reply_days", "casework", {"reply_days": 0}),
    ("limits.max_message", "limits", {"max_message": "50 potatoes"}),
    ("office_address", "office_address", "nobody at all"),
    ("colour", "colour", "blue"),
    ("outgoing.host", "outgoing", {"kind": "smtp"}),
    ("log_level", "log_level", 7),
    ("data_dir", "data_dir", "/nowhere/at/all"),
]


def check_config():
    with Office() as office:
        done = iecd(office, "--check-config")
        tap.equal((done.returncode, done.stderr), (0, ""), "--check-config: no mistake found")
        tap.ok(not os.path.exists(office.settings["state_dir"]), "and nothing is made")
        good = dict(office.settings)
        for key, name, value in MISTAKES:
            office.settings = {**good, name: value}
            office.write_conf()
            done = iecd(office, "--check-config")
            line = next((l for l in done.stderr.splitlines() if key in l or "/nowhere" in l), "")
            tap.ok(done.returncode == 1 and line, f"{key}: refused, naming it", done)
            tap.ok("iecd.conf:" in line or "/nowhere" in line, f"{key}: with its line", line)
            started = iecd(office)
            tap.equal((started.returncode, started.stderr), (1, done.stderr),
                      f"{key}: a start says the same")


def check_data():
    """--check-config reads rules, forms, templates and calendar too."""
    with Office() as office:
        data = os.path.join(office.dir, "data")
        shutil.copytree(os.path.join(ROOT, "config"), data)
        office.settings["data_dir"] = data
        office.write_conf()
        tap.equal(iecd(office, "--check-config").returncode, 0, "--check-config: a data_dir of ours")
        for path, old, new in (("rules/bars.conf", "(", "(("), ("forms.conf", "ask", "aks"),
                               ("bank-holidays.json", "wales", "x"),
                               ("templates/cy/holding.txt", "${answer_by}", "${nothing}")):
            text = replace(os.path.join(data, path), old, new)
            done = iecd(office, "--check-config")
            tap.ok(one_line(done, os.path.basename(path)), f"{path} broken: said in one line", done)
            restore(os.path.join(data, path), text)


def registers():
    with Office() as office:
        office.start()
        office.stop()
        path = os.path.join(office.settings["state_dir"], "register.sqlite")
        with sqlite3.connect(path) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            db.execute("PRAGMA user_version = 999")
        db.close()
        done = iecd(office)
        tap.ok(one_line(done, "999"), "a register from a later iecd is refused in one line", done)
        tap.note(done.stderr.strip())
        done = office.iecctl("cases")
        tap.ok(done.returncode == 1 and "999" in done.stderr, "by iecctl too", done)
        with sqlite3.connect(path) as db:
            db.execute(f"PRAGMA user_version = {version}")
        db.close()
        office.start()
        tap.equal(office.stop()[0], 0, "and is untouched")
        for leftover in (path + "-wal", path + "-shm"):
            if os.path.exists(leftover):
                os.unlink(leftover)
        with open(path, "wb") as f:
            f.write(b"This is a letter, not a register.\n" * 1000)
        done = iecd(office)
        tap.ok(one_line(done, "register.sqlite"), "a file that is no register is refused", done)
        tap.note(done.stderr.strip())
        office.settings["state_dir"] = "/proc/iecd"
        office.write_conf()
        done = iecd(office)
        tap.ok(one_line(done, "/proc/iecd"), "a state_dir nobody can write to: one line", done)
        tap.note(done.stderr.strip())


def notices():
    with Office() as office, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        path = os.path.join(office.dir, "notify")
        notify.bind(path)
        notify.settimeout(20)
        office.start(env={"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "600000"}, wait=False)
        heard = []

        def hear(what, count=1):
            """Until it was said so often."""
            while sum(what in line for line in heard) < count:
                heard.extend(notify.recv(4096).decode().splitlines())
        hear("READY=1")
        tap.ok(office.is_ready(), "READY=1 comes when it is")
        begin = time.monotonic()
        hear("WATCHDOG=1", 4)
        tap.ok(time.monotonic() - begin < 2.4, "WATCHDOG=1 comes more often than it must")
        hear("STATUS=")
        tap.ok(any("cases" in line for line in heard if line.startswith("STATUS=")), "with a STATUS=")
        office.process.send_signal(signal.SIGSTOP)
        notify.settimeout(1)
        try:
            while True:
                notify.recv(4096)
        except TimeoutError:
            tap.ok(True, "a loop that does not turn has no beat")
        office.process.send_signal(signal.SIGCONT)
        notify.settimeout(20)
        office.process.send_signal(signal.SIGHUP)
        hear("RELOADING=1")
        hear("MONOTONIC_USEC=")
        hear("READY=1", 2)
        tap.ok(True, "RELOADING=1, MONOTONIC_USEC= and READY=1 around a reload")
        office.process.send_signal(signal.SIGTERM)
        hear("STOPPING=1")
        tap.equal(office.process.wait(20), 0, "STOPPING=1, and the end")
        office.process = None


def story():
    only_one()
    check_config()
    check_data()
    registers()
    reload()
    busy()
    mute()
    notices()


tap.run(story)
