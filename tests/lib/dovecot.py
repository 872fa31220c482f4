"""Dovecot 2.3 of a test's own, unpacked: IMAP with STARTTLS, IMAPS, and the door Postfix asks
whether a password is right. Runs as root (mail then belongs to `mail`) or as an ordinary user."""
import grp
import os
import socket
import ssl
import time

import certs
import packages
from imap_client import Mailboxes
from process import Server, banner, free_ports, ordinary_user

CONF = """
base_dir = {folder}/base
state_dir = {folder}/state
instance_name = test
import_environment = TZ LD_LIBRARY_PATH LD_PRELOAD REROOT
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}/mail/%n
mail_location = {location}
mail_max_userip_connections = {connections}
mail_fsync = {fsync}
imap_idle_notify_interval = {idle_notify}
{more}
namespace inbox {{
  inbox = yes
  separator = {separator}
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%n {folder}/passwd
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n
}}
auth_mechanisms = plain login{mechanisms}
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
default_client_limit = 2000
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port_tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  unix_listener {folder}/auth-client {{
    mode = 0666
  }}
}}
"""
STORES = {
    "maildir": "maildir:~/Maildir",
    "mdbox": "mdbox:~/mdbox",
    "sdbox": "sdbox:~/sdbox",
}


class Dovecot(Mailboxes, Server):
    """port (plain and STARTTLS), port_tls (implicit), ca.file, user, password.

    store: maildir (++), mdbox, sdbox. certificate: good, wrong, expired, foreign.
    more: further lines of dovecot.conf."""

    name = "dovecot"

    def __init__(self, user="iec", password="a good secret", users=None, store="maildir",
                 certificate="good", ca=None, connections=50, idle_notify="2 mins",
                 fsync="optimized", mechanisms="", ssl="yes", more="", keep=False):
        super().__init__(keep)
        self.root = packages.folder("dovecot")
        self.user, self.password = user, password
        self.users = {user: password, **(users or {})}
        self.store = store
        self.ca = ca or certs.CA(self.folder)
        self.certificate = certificate
        self.options = {"connections": connections, "idle_notify": idle_notify, "fsync": fsync,
                        "mechanisms": " " + mechanisms if mechanisms else "", "ssl": ssl,
                        "more": more}
        self.port = self.port_tls = None
        self.owner = ordinary_user("mail", "games", "news")
        self.delivered = 0
        self.auth_socket = os.path.join(self.folder, "auth-client")
        self._make_homes()

    def _make_homes(self):
        homes = os.path.join(self.folder, "mail")
        os.mkdir(homes)
        with open(os.path.join(self.folder, "passwd"), "w", encoding="utf-8") as f:
            for user, password in self.users.items():
                f.write(f"{user}:{{PLAIN}}{password}\n")
        for path in [homes, *(os.path.join(homes, user) for user in self.users)]:
            os.makedirs(path, exist_ok=True)
            self._give(path)

    def _give(self, path):
        if os.getuid() == 0:
            os.chown(path, self.owner[1], self.owner[2])

    def configure(self):
        if self.port is None:
            self.port, self.port_tls = free_ports(2)
        cert, key = self.ca.certificate(self.certificate)
        login = ordinary_user("nobody")[0]
        internal = ordinary_user("daemon", "bin")
        text = CONF.format(
            folder=self.folder, root=self.root, login_user=login, internal_user=internal[0],
            internal_group=grp.getgrgid(internal[2]).gr_name, uid=self.owner[1],
            gid=self.owner[2], location=STORES[self.store], cert=cert, key=key, port=self.port,
            port_tls=self.port_tls, separator="." if self.store == "maildir" else "/",
            **self.options)
        with open(os.path.join(self.folder, "dovecot.conf"), "w", encoding="utf-8") as f:
            f.write(text)

    def command(self):
        lib = "/usr/lib/dovecot"
        paths = {lib: self.root + lib, "/usr/bin/doveconf": self.root + "/usr/bin/doveconf"}
        return ([self.root + "/usr/sbin/dovecot", "-F", "-c",
                 os.path.join(self.folder, "dovecot.conf")],
                packages.environment("dovecot", self.log, paths))

    def answers(self):
        return banner(self.port, b"* OK") and banner_tls(self)

    def secret_file(self):
        path = os.path.join(self.folder, "password")
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
                f.write(self.password + "\n")
        return path

    # ---- the Maildir itself, faster than IMAP for thousands
    def maildir(self, user=None, folder="INBOX"):
        path = os.path.join(self.folder, "mail", user or self.user, "Maildir")
        return path if folder == "INBOX" else os.path.join(path, "." + folder)

    def append(self, messages, mailbox="INBOX", flags=""):
        """Each message is bytes, or (bytes, seconds since 1970: its INTERNALDATE)."""
        if self.store != "maildir" or flags:
            return super().append(messages, mailbox, flags)
        path = self.maildir(folder=mailbox)
        self._make_maildir(path)
        for message in messages:
            data, when = (message, None) if isinstance(message, bytes) else message
            self._drop(path, data, when)
        return None

    def _make_maildir(self, path):
        home = os.path.dirname(self.maildir())
        for part in ("", "tmp", "new", "cur"):
            folder = os.path.join(path, part)
            if not os.path.isdir(folder):
                os.makedirs(folder, mode=0o700)
        where = path
        while where != home:
            for part in ("", "tmp", "new", "cur"):
                if os.path.isdir(os.path.join(where, part)):
                    self._give(os.path.join(where, part))
            where = os.path.dirname(where)

    def _drop(self, path, data, when):
        self.delivered += 1
        name = f"{int(time.time())}.M{self.delivered:07d}P{os.getpid()}.test"
        tmp = os.path.join(path, "tmp", name)
        with open(tmp, "wb") as f:
            f.write(data)
        self._give(tmp)
        if when is not None:
            os.utime(tmp, (when, when))
        os.rename(tmp, os.path.join(path, "new", name))


def banner_tls(server):
    """The first TLS handshake makes Dovecot load its certificate: a bad one shows here."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", server.port_tls), timeout=5) as s, \
                context.wrap_socket(s) as t:
            return t.recv(200).startswith((b"* OK", b"220 "))
    except OSError:
        return False
