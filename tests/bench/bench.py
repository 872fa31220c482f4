#!/usr/bin/env python3
"""make bench: what iecd costs, measured and printed, never asserted.

backlog-a  3,000 messages of about 24 KB, plain and HTML, in Dovecot on loopback
backlog-b  the same, a third carrying a letter as PDF
           iecd: from its start until all are registered, judged and queued, durable; mail is left
           where it is (no MOVE inside the timed part) and nothing can be sent
           mbsync: the same mailbox copied into a new Maildir, default FSync, the same TLS
           five pairs, taking turns; medians; ratio is mbsync's time over iecd's
memory     iecd after 3,000 and after 30,000 messages
assess     judgements a second beyond parsing, of 20 KB of text, and the loading of the rules
latency    untagged EXISTS to the reply recorded as accepted by Postfix, and APPEND to accepted

Words choose parts: bench.py backlog-a latency; BENCH_PAIRS=1 BENCH_MESSAGES=500 for a quick look."""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import packages
import typeset
from dovecot import Dovecot
from letters import Writer
from mailroom import MailOffice
from office import BUILD, ROOT, Office, until

PAIRS = int(os.environ.get("BENCH_PAIRS", "5"))
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "3000"))
SIZE = 24_000


def mailbox(with_pdf):
    writer = Writer(seed=11)
    for n in range(MESSAGES):
        attachment = None
        if with_pdf and n % 3 == 0:
            letter = writer.text("accept", "Home Office", 11_000)
            attachment = ("final response.pdf", "application/pdf", typeset.pdf(letter))
        size = SIZE // 2 - 800 if not attachment else 1500
        yield writer.letter(size=size if n % 2 else SIZE - 1500 if not attachment else 3000,
                            html=bool(n % 2), attachment=attachment)[1]


# ---- the two contenders
def memory(pid):
    """Peak resident MB of a process, of its children together."""
    def peak(p):
        try:
            with open(f"/proc/{p}/status", encoding="ascii") as f:
                return int(re.search(r"VmHWM:\s+(\d+)", f.read()).group(1)) / 1024
        except (OSError, AttributeError):
            return 0.0
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    below = children.split()
    for child in list(below):
        below += subprocess.run(["pgrep", "-P", child], capture_output=True,
                                text=True).stdout.split()
    return peak(pid), sum(map(peak, below))


def judged(office):
    try:
        return office.query("SELECT count(*) FROM messages WHERE state <> 'received'")[0][0]
    except Exception:  # the register is not there yet
        return 0


def run_iecd(imap, count):
    """(seconds, iecd's MB, readers' MB). Replies queue: nobody listens at the outgoing port."""
    closed = {"kind": "smtp", "host": "127.0.0.1", "port": 1, "tls": "starttls",
              "ca_file": imap.ca.file}
    box = imap.settings("implicit", name="office", after="leave")
    with Office(mailboxes=[box], outgoing=closed, hold=1, log_level="warning") as office:
        begin = time.monotonic()
        office.start(wait=False)
        until(lambda: judged(office) >= count, 1200, "the end of the backlog")
        seconds = time.monotonic() - begin
        own, readers = memory(office.process.pid)
        queued = office.query("SELECT count(*) FROM outbox")[0][0]
        cases = office.query("SELECT count(*) FROM cases")[0][0]
        office.kill()
        if cases != count or queued < count:
            raise RuntimeError(f"{count} messages made {cases} cases and {queued} replies")
    return seconds, own, readers


def run_mbsync(imap, count):
    target = os.path.join(imap.folder, "copy")
    conf = os.path.join(imap.folder, "mbsyncrc")
    os.makedirs(target)
    with open(conf, "w", encoding="utf-8") as f:
        f.write(f"""IMAPAccount test
Host localhost
Port {imap.port_tls}
User {imap.user}
Pass "{imap.password}"
SSLType IMAPS
CertificateFile {imap.ca.file}

IMAPStore far
Account test

MaildirStore near
Inbox {target}/inbox

Channel all
Far :far:
Near :near:
Sync Pull
Create Near
SyncState {target}/
""")
    begin = time.monotonic()
    done = subprocess.run([packages.folder("isync") + "/usr/bin/mbsync", "-q", "-c", conf, "all"],
                          env={**os.environ, "LD_LIBRARY_PATH": packages.library_path("isync")},
                          capture_output=True, text=True)
    seconds = time.monotonic() - begin
    got = sum(len(os.listdir(f"{target}/inbox/{part}")) for part in ("new", "cur")
              if os.path.isdir(f"{target}/inbox/{part}"))
    shutil.rmtree(target)
    if done.returncode or got != count:
        raise RuntimeError(f"mbsync copied {got} of {count}: {done.stderr[-500:]}")
    return seconds


def backlog(name, with_pdf):
    with Dovecot(connections=100) as imap:
        imap.append(mailbox(with_pdf))
        run_mbsync(imap, MESSAGES)  # Dovecot's own cache files are warm for both from here on
        pairs = []
        for n in range(PAIRS):
            ours, theirs = (run_iecd(imap, MESSAGES), run_mbsync(imap, MESSAGES)) if n % 2 == 0 \
                else reversed((run_mbsync(imap, MESSAGES), run_iecd(imap, MESSAGES)))
            pairs.append((ours, theirs))
            print(f"#  {name} pair {n + 1}: iecd {ours[0]:.2f} s, mbsync {theirs:.2f} s", flush=True)
    ours = statistics.median(p[0][0] for p in pairs)
    theirs = statistics.median(p[1] for p in pairs)
    print(f"BENCH {name} iecd_s={ours:.2f} mbsync_s={theirs:.2f} ratio={theirs / ours:.2f} "
          f"rss_mb={max(p[0][1] for p in pairs):.0f} readers_mb={max(p[0][2] for p in pairs):.0f} "
          f"messages={MESSAGES} move=outside", flush=True)


def poppler_share():
    """Poppler alone on one of backlog-b's letters, and what that makes for a third of the mailbox."""
    letter = os.path.join(BUILD, "bench", "letter.pdf")
    with open(letter, "wb") as f:
        f.write(typeset.pdf(Writer(seed=11).text("accept", "Home Office", 11_000)))
    done = subprocess.run([os.path.join(BUILD, "bench", "bench_pdf"), letter], capture_output=True,
                          text=True, check=True)
    each = float(re.search(r"ms_per_letter=([0-9.]+)", done.stdout).group(1))
    print(f"BENCH poppler ms_per_letter={each:.2f} letters={MESSAGES // 3} "
          f"cpu_s={each * (MESSAGES // 3) / 1000:.2f}", flush=True)


def flat_memory():
    figures = []
    for count in (MESSAGES, MESSAGES * 10):
        with Dovecot(connections=100) as imap:
            writer = Writer(seed=5)
            imap.append(writer.letter(size=SIZE - 1500)[1] for _ in range(count))
            figures.append((count, *run_iecd(imap, count)))
    for count, seconds, own, readers in figures:
        print(f"BENCH memory messages={count} rss_mb={own:.0f} readers_mb={readers:.0f} "
              f"iecd_s={seconds:.1f}", flush=True)


# ---- latency
def trace_times(office, name):
    try:
        with open(os.path.join(office.dir, "trace"), encoding="ascii") as f:
            return [int(line.split()[1]) / 1e6 for line in f if line.startswith(name + " ")]
    except FileNotFoundError:
        return []


def exists_times(folder):
    """Times of `* n EXISTS` in Dovecot's raw logs of what it sent."""
    times = []
    for root, _, files in os.walk(folder):
        for name in files:
            if name.endswith(".out"):
                with open(os.path.join(root, name), "rb") as f:
                    for line in f:
                        found = re.match(rb"(\d+\.\d+) .?\* \d+ EXISTS", line)
                        if found:
                            times.append(float(found.group(1)))
    return sorted(times)


def print_latency(name, waits):
    waits = sorted(w * 1000 for w in waits)
    print(f"BENCH {name} median_ms={statistics.median(waits):.1f} worst_ms={waits[-1]:.1f} "
          f"n={len(waits)}", flush=True)


def one_latency(mail, writer):
    """(APPEND, accepted) of one message into an idle office."""
    office = mail.office
    before = len(trace_times(office, "smtp-answered"))
    begin = time.time()
    Dovecot.__mro__[1].append(mail.imap, [writer.letter("accept")[1]])
    until(lambda: len(trace_times(office, "smtp-answered")) > before, 30, "a reply")
    return begin, trace_times(office, "smtp-answered")[before]


def latency(count=50):
    raw = "protocol imap {\n  rawlog_dir = %h/raw\n}\n"
    with MailOffice(imap=Dovecot(more=raw), after="leave") as mail:
        folder = os.path.join(mail.imap.folder, "mail", mail.imap.user, "raw")
        os.makedirs(folder, mode=0o777)
        os.chmod(folder, 0o777)
        mail.office.start(env={"IECD_STOP_TRACE": os.path.join(mail.office.dir, "trace")})
        writer, waits = Writer(seed=21), []
        one_latency(mail, writer)
        for _ in range(count):
            waits.append(one_latency(mail, writer))
        seen = exists_times(folder)
    noticed = [accepted - max(t for t in seen if t < accepted) for _, accepted in waits
               if any(t < accepted for t in seen)]
    if noticed:
        print_latency("latency-exists-to-accepted", noticed)
    print_latency("latency-append-to-accepted server=dovecot", [b - a for a, b in waits])


def cyrus_latency(count=50):
    from cyrus import Cyrus
    with MailOffice(imap=Cyrus(), after="leave") as mail:
        mail.office.start(env={"IECD_STOP_TRACE": os.path.join(mail.office.dir, "trace")})
        writer, waits = Writer(seed=22), []
        for _ in range(count + 1):
            waits.append(one_latency(mail, writer))
    print_latency("latency-append-to-accepted server=cyrus", [b - a for a, b in waits[1:]])


def programs():
    for name in ("bench_pool", "bench_originals"):
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            more = [folder] if name == "bench_originals" else []
            subprocess.run([os.path.join(BUILD, "bench", name), *more], check=True)


def assess():
    subprocess.run([os.path.join(BUILD, "bench", "bench_assess"),
                    os.path.join(ROOT, "tests", "corpus", "dev")], check=True)


PARTS = {
    "assess": assess,
    "backlog-a": lambda: backlog("backlog-a", False), "backlog-b": lambda: (backlog("backlog-b", True), poppler_share()),
    "memory": flat_memory, "latency": latency, "cyrus": cyrus_latency,
    "programs": programs,
}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
