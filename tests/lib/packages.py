"""Debian packages of the test servers, unpacked under build/servers and never installed.

Dovecot, Cyrus and Courier exclude each other as packages, so do Postfix, OpenSMTPD and Exim; and
no machine may lose its mail server to a test. Each server is unpacked with the shared libraries
the system lacks, keyed by version: what is there already is not fetched again."""
import fcntl
import glob
import os
import re
import shutil
import stat
import subprocess

import place

# Packages unpacked whole; the libraries they need follow by themselves.
SERVERS = {
    "dovecot": ["dovecot-core", "dovecot-imapd"],
    "cyrus": ["cyrus-common", "cyrus-imapd", "libsasl2-modules", "libsasl2-modules-db"],
    "postfix": ["postfix"],
    "exim": ["exim4-daemon-light"],
    "isync": ["isync"],
}
# One program a server whose libraries must all be found before the copy counts as whole.
PROBE = {
    "dovecot": ["usr/lib/dovecot/imap", "usr/lib/dovecot/auth"],
    "cyrus": ["usr/lib/cyrus/bin/imapd"],
    "postfix": ["usr/lib/postfix/sbin/smtpd"],
    "exim": ["usr/sbin/exim4"],
    "isync": ["usr/bin/mbsync"],
}


class Unavailable(Exception):
    """A server cannot be had or run here; the message says why in one line."""


def _apt_options():
    """Lists of our own where the system has none and we may not fetch them for it."""
    state = os.path.join(place.servers_folder(), "apt")
    if not os.path.isdir(state):
        return []
    return ["-o", f"Dir::State::lists={state}/lists", "-o", f"Dir::Cache={state}/cache"]


def _run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, "LC_ALL": "C"}, **options)


def _candidates(names):
    """{package: version that apt would fetch}; a package apt does not know is left out."""
    done = _run(["apt-cache", *_apt_options(), "policy", *names])
    found, name = {}, None
    for line in done.stdout.splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif "Candidate:" in line and "(none)" not in line:
            found[name] = line.split()[1]
    return found


def _refresh_lists():
    state = os.path.join(place.servers_folder(), "apt")
    os.makedirs(f"{state}/lists/partial", exist_ok=True)
    os.makedirs(f"{state}/cache/archives/partial", exist_ok=True)
    done = _run(["apt-get", *_apt_options(), "update"])
    if done.returncode:
        raise Unavailable("apt-get update: " + (done.stderr.strip().splitlines() or ["failed"])[-1])


def _libraries(names):
    """Shared libraries (packages lib*) that installing these would add to the system."""
    done = _run(["apt-get", *_apt_options(), "install", "--simulate", "--no-install-recommends",
                 *names])
    # "Inst name (version ...)"; with "[old]" between, an older one is there and serves.
    added = re.findall(r"^Inst (\S+) \(", done.stdout, re.M)
    return [n for n in added if n.startswith("lib") and not n.endswith("-perl") and
            n not in names and not n.startswith("libperl")]


def library_path(name):
    root = os.path.join(place.servers_folder(), name)
    folders = {os.path.dirname(f) for pattern in ("lib/**/*.so*", "usr/lib/**/*.so*")
               for f in glob.glob(os.path.join(root, pattern), recursive=True)}
    wanted = [f for f in sorted(folders) if f.endswith(("-linux-gnu", "/lib", "/postfix",
                                                        "/dovecot", "/cyrus", "/old-stats"))]
    return ":".join(wanted)


def _missing_libraries(name):
    root = os.path.join(place.servers_folder(), name)
    env = {**os.environ, "LC_ALL": "C", "LD_LIBRARY_PATH": library_path(name)}
    out = ""
    for probe in PROBE[name]:
        done = subprocess.run(["ldd", os.path.join(root, probe)], env=env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        out += done.stdout + done.stderr if done.returncode else done.stdout
    return re.findall(r"^\s*(\S+) => not found", out, re.M) + re.findall("No such file", out)


def _fetch(name, packages):
    folder = place.servers_folder()
    debs = os.path.join(folder, "debs", name)
    shutil.rmtree(debs, ignore_errors=True)
    os.makedirs(debs)
    done = _run(["apt-get", *_apt_options(), "download", *packages], cwd=debs)
    if done.returncode:
        raise Unavailable(f"{name}: apt-get download: " +
                          (done.stderr.strip().splitlines() or ["failed"])[-1])
    new = os.path.join(folder, name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    for deb in sorted(glob.glob(debs + "/*.deb")):
        subprocess.run(["dpkg", "-x", deb, new], check=True, stdin=subprocess.DEVNULL)
    shutil.rmtree(debs)
    _drop_set_id(new)
    return new


def _drop_set_id(root):
    """A program that runs as root for whoever calls it (Exim) may not lie about in a build."""
    for folder_name, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder_name, name)
            mode = os.lstat(path).st_mode
            if not stat.S_ISLNK(mode) and mode & (stat.S_ISUID | stat.S_ISGID):
                os.chmod(path, mode & 0o777)


def preload():
    """The library that leads servers' compiled-in paths elsewhere (reroot.c); built at need."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reroot.c")
    library = os.path.join(place.servers_folder(), "reroot.so")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        new = f"{library}.{os.getpid()}"
        subprocess.run(["gcc", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-shared",
                        "-fPIC", "-o", new, source], check=True, stdin=subprocess.DEVNULL)
        os.rename(new, library)
    return library


def environment(name, log, paths=None, users=None):
    """What an unpacked server needs: its libraries, and where its compiled-in paths lead."""
    return {"LD_LIBRARY_PATH": library_path(name), "LD_PRELOAD": preload(), "SYSLOG_FILE": log,
            "REROOT": ":".join(f"{a}={b}" for a, b in (paths or {}).items()),
            "REUSER": ":".join(f"{a}={b}" for a, b in (users or {}).items())}


def _have(name):
    stamp = os.path.join(place.servers_folder(), name, "VERSION")
    if not os.path.exists(stamp) or _missing_libraries(name):
        return None
    with open(stamp, encoding="ascii") as f:
        return f.read().strip()


def unpack(name, candidates=None):
    """Makes build/servers/NAME whole and current; returns (folder, version, whether fetched)."""
    with open(os.path.join(place.servers_folder(), ".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _unpack(name, candidates)


def unpack_all():
    """Yields (name, version or None, whether fetched, why not) for each server."""
    candidates = _candidates([packages[0] for packages in SERVERS.values()])
    for name in SERVERS:
        try:
            _, version, fetched = unpack(name, candidates)
            yield name, version, fetched, None
        except Unavailable as why:
            yield name, None, False, str(why)


def _unpack(name, candidates):
    root = os.path.join(place.servers_folder(), name)
    main = SERVERS[name][0]
    have = _have(name)
    wanted = (_candidates([main]) if candidates is None else candidates).get(main)
    if have and wanted in (have, None):
        return root, have, False
    if not wanted:
        _refresh_lists()
        wanted = _candidates([main]).get(main)
        if not wanted:
            raise Unavailable(f"{name}: apt knows no package {main}")
    packages = SERVERS[name] + _libraries(SERVERS[name])
    try:
        new = _fetch(name, packages)
    except Unavailable:
        _refresh_lists()  # old lists name files the archive has replaced
        new = _fetch(name, packages)
    with open(os.path.join(new, "VERSION"), "w", encoding="ascii") as f:
        f.write(_candidates([main])[main] + "\n")
    shutil.rmtree(root, ignore_errors=True)
    os.rename(new, root)
    missing = _missing_libraries(name)
    if missing:
        raise Unavailable(f"{name}: libraries not found: {' '.join(sorted(set(missing)))}")
    return root, wanted, True


def folder(name):
    """The unpacked server; Unavailable where `make deps` has not been able to get it."""
    root = os.path.join(place.servers_folder(), name)
    if not os.path.exists(os.path.join(root, "VERSION")):
        unpack(name)
    return root
