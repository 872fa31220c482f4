"""Cyrus IMAP 3.6 of a test's own, unpacked: IMAP with STARTTLS, IMAPS, IDLE through idled, MOVE.
Runs as root (its processes then become `mail`) or as an ordinary user. Any password is right."""
import os

import certs
import packages
from dovecot import banner_tls
from imap_client import Mailboxes, login
from process import Server, banner, free_ports, ordinary_user

IMAPD = """
configdirectory: {folder}/conf
defaultpartition: default
partition-default: {folder}/spool
cyrus_user: {owner}
admins: cyrus
servername: localhost
unixhierarchysep: yes
altnamespace: yes
autocreate_quota: 0
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN LOGIN
sasl_auto_transition: no
allowplaintext: yes
tls_server_cert: {cert}
tls_server_key: {key}
tls_versions: tls1_2 tls1_3
tls_session_timeout: 0
imapidlepoll: 60
imap_admins: cyrus
idlesocket: {folder}/conf/socket/idle
lmtpsocket: {folder}/conf/socket/lmtp
notifysocket: {folder}/conf/socket/notify
master_pid_file: {folder}/conf/master.pid
syslog_prefix: test
maxlogins_per_user: {connections}
popminpoll: 0
duplicatesuppression: no
delete_mode: immediate
expunge_mode: immediate
hashimapspool: no
{more}
"""
CYRUS = """
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {folder}/imapd.conf" listen="127.0.0.1:{port}" prefork=1
  imaps cmd="{bin}/imapd -C {folder}/imapd.conf -s" listen="127.0.0.1:{port_tls}" prefork=1
}}
EVENTS {{
}}
DAEMON {{
  idled cmd="{bin}/idled -C {folder}/imapd.conf"
}}
"""


class Cyrus(Mailboxes, Server):
    """port (plain and STARTTLS), port_tls (implicit), ca.file, user, password."""

    name = "cyrus"

    def __init__(self, user="iec", password="a good secret", certificate="good", ca=None,
                 connections=0, more="", keep=False):
        super().__init__(keep)
        self.root = packages.folder("cyrus")
        self.user, self.password = user, password
        self.ca = ca or certs.CA(self.folder)
        self.certificate, self.connections, self.more = certificate, connections, more
        self.port = self.port_tls = None
        self.owner = ordinary_user("mail", "games", "news")
        self._make_folders()

    def _make_folders(self):
        for part in ("conf", "conf/socket", "conf/proc", "conf/db", "conf/log", "conf/msg",
                     "conf/ptclient", "conf/lock", "conf/user", "conf/quota", "spool",
                     "spool/stage."):
            path = os.path.join(self.folder, part)
            os.makedirs(path, mode=0o755)
            if os.getuid() == 0:
                os.chown(path, self.owner[1], self.owner[2])

    def configure(self):
        if self.port is None:
            self.port, self.port_tls = free_ports(2)
        cert, key = self.ca.certificate(self.certificate)
        values = {"folder": self.folder, "owner": self.owner[0], "cert": cert, "key": key,
                  "connections": self.connections, "more": self.more, "port": self.port,
                  "port_tls": self.port_tls, "bin": self.root + "/usr/lib/cyrus/bin"}
        for file, text in (("imapd.conf", IMAPD), ("cyrus.conf", CYRUS)):
            with open(os.path.join(self.folder, file), "w", encoding="utf-8") as f:
                f.write(text.format(**values))

    def command(self):
        paths = {p: self.root + p for p in ("/usr/lib/cyrus", "/usr/lib/x86_64-linux-gnu/sasl2")}
        return ([self.root + "/usr/lib/cyrus/bin/master", "-C", self.folder + "/imapd.conf", "-M",
                 self.folder + "/cyrus.conf", "-p", self.folder + "/master.pid", "-D"],
                {**packages.environment("cyrus", self.log, paths), "CYRUS_USER": self.owner[0],
                 "CYRUS_VERBOSE": "0"})

    def answers(self):
        return banner(self.port, b"* OK") and banner_tls(self)

    def start(self):
        super().start()
        client = login(self)  # the first login makes the user's INBOX
        client.logout()
        return self

    def secret_file(self):
        path = os.path.join(self.folder, "password")
        if not os.path.exists(path):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
                f.write(self.password + "\n")
        return path
