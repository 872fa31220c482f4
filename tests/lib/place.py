"""Where tests keep unpacked servers and what runs: build/servers and build/run.

Servers started by root drop to an ordinary user, who must be able to walk to their files; in a
checkout below a closed folder (/root is one) both go to a folder of root's own under /var/tmp."""
import hashlib
import os
import shutil
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build")
SOCKET_PATH_ROOM = 45  # of sun_path's 108 bytes, what the servers' own names below may need


def _open_to_all(path):
    """Whether every folder on the way to path lets others pass."""
    while True:
        if os.path.isdir(path) and not os.stat(path).st_mode & 0o001:
            return False
        if path == "/":
            return True
        path = os.path.dirname(path)


def _base():
    if os.getuid() != 0 or _open_to_all(BUILD):
        return BUILD
    base = "/var/tmp/iecd-build-" + hashlib.sha256(ROOT.encode()).hexdigest()[:12]
    os.makedirs(base, mode=0o755, exist_ok=True)
    if os.path.islink(base) or os.stat(base).st_uid != 0:
        raise RuntimeError(f"{base} is somebody else's; remove it")
    return base


def servers_folder():
    path = os.path.join(_base(), "servers")
    os.makedirs(path, exist_ok=True)
    return path


def _sweep(base):
    """Removes what runs left that were killed before they could clean up."""
    for name in os.listdir(base):
        pid_file = os.path.join(base, name, ".pid")
        try:
            with open(pid_file, encoding="ascii") as f:
                pid = int(f.read())
            os.kill(pid, 0)
        except ProcessLookupError:
            remove(os.path.join(base, name))
        except (OSError, ValueError):
            continue  # not one of ours, just gone, or somebody else's process


def run_folder(name):
    """A new folder for one server's data; short enough for its sockets."""
    base = os.path.join(_base(), "run")
    os.makedirs(base, exist_ok=True)
    _sweep(base)
    if len(base) + len(name) + 10 > 108 - SOCKET_PATH_ROOM:
        base = tempfile.gettempdir()
    path = tempfile.mkdtemp(prefix=name + "-", dir=base)
    os.chmod(path, 0o755)
    with open(os.path.join(path, ".pid"), "w", encoding="ascii") as f:
        f.write(str(os.getpid()))
    return path


def remove(path):
    shutil.rmtree(path, ignore_errors=True)
