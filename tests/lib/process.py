"""What the test servers have in common: a folder, free ports, a process group, an answer to wait
for, and an end."""
import os
import pwd
import signal
import socket
import subprocess
import time

import place
from packages import Unavailable

# Waits for its input to end, which it does when the test dies, however it dies; then ends the
# server. (The kernel's own way, PR_SET_PDEATHSIG, is forgotten when a server changes its user.)
WATCH = 'read _; kill -TERM "$0" 2>/dev/null'


def free_ports(count):
    """Loopback ports nobody listens on now. Somebody may take one before the server does: start()
    then tries again with others."""
    held = [socket.socket() for _ in range(count)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def until(condition, seconds=30.0, what="it"):
    """Waits for condition() to be true and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come in {seconds:g} seconds")
        time.sleep(0.01)


def banner(port, starts):
    """Whether the first line from the port begins so."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as s:
            return s.recv(200).startswith(starts)
    except OSError:
        return False


def ordinary_user(*names):
    """The first of these users there is, as (name, uid, gid); ourselves where we are not root."""
    if os.getuid() != 0:
        me = pwd.getpwuid(os.getuid())
        return me.pw_name, me.pw_uid, me.pw_gid
    for name in names:
        try:
            user = pwd.getpwnam(name)
            return user.pw_name, user.pw_uid, user.pw_gid
        except KeyError:
            continue
    raise Unavailable("none of these users is on this machine: " + ", ".join(names))


def need_root(what):
    if os.getuid() != 0:
        raise Unavailable(f"{what} needs root")


def group_members(group):
    """Processes of a process group, from /proc."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as f:
                    fields = f.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] != "Z":
                found.append(int(entry))
    return found


class Server:
    """One server of a test's own. `with Dovecot() as d:` starts and ends it; its folder goes."""

    name = "server"
    become = None  # (name, uid, gid) to run as, where root starts it
    attempts = 2

    def __init__(self, keep=False):
        self.folder = place.run_folder(self.name)
        self.log = os.path.join(self.folder, "log")
        with open(self.log, "ab"):
            os.chmod(self.log, 0o666)  # written by whatever user the server becomes
        self.keep = keep
        self.process = self.watch = None

    # What a server is: these three are its own.
    def configure(self):
        """Writes configuration for fresh ports."""
        raise NotImplementedError

    def command(self):
        """(argv, extra environment)."""
        raise NotImplementedError

    def answers(self):
        raise NotImplementedError

    def start(self):
        for attempt in range(self.attempts):
            self.configure()
            self._spawn()
            try:
                until(self._up, 20, self.name)
                return self
            except (TimeoutError, RuntimeError) as error:
                self.stop()
                if attempt + 1 == self.attempts:
                    raise RuntimeError(f"{error}; its log ends:\n{self.tail()}") from error
        return self

    def _spawn(self):
        argv, env = self.command()
        user = {"user": self.become[1], "group": self.become[2], "extra_groups": []} \
            if self.become else {}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                env={"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                     "LC_ALL": "C.UTF-8", **env},
                start_new_session=True, **user)
        self.watch = subprocess.Popen(["/bin/sh", "-c", WATCH, str(self.process.pid)],
                                      stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL, start_new_session=True)

    def _up(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}")
        return self.answers()

    def tail(self, size=3000):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                return f.read()[-size:]
        except OSError:
            return ""

    def stop(self):
        """SIGTERM to the server itself, then whatever of its group is left."""
        if self.process is None:
            return
        self.watch.kill()
        self.watch.wait()
        self.watch.stdin.close()
        group = self.process.pid  # it leads its own session
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pid in group_members(group):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process = None

    def signal_all(self, number):
        """SIGSTOP makes the whole server mute, SIGCONT lets it go on."""
        os.killpg(self.process.pid, number)

    def close(self):
        self.stop()
        if not self.keep:
            place.remove(self.folder)

    def __enter__(self):
        try:
            return self.start() if self.process is None else self
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()
