"""A certificate authority for one test: certificates for localhost, and ones to be refused."""
import os
import subprocess

KINDS = {
    "good": ("localhost", "DNS:localhost,IP:127.0.0.1,IP:::1", ["-days", "2"]),
    "wrong": ("mail.other.example", "DNS:mail.other.example", ["-days", "2"]),
    "expired": ("localhost", "DNS:localhost,IP:127.0.0.1",
                ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"]),
}
CONF = """
[ca]
default_ca = this
[this]
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = %s
[req]
distinguished_name = dn
x509_extensions = root
prompt = no
[dn]
CN = Test authority of one run
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
"""


def _openssl(folder, *words):
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, "OPENSSL_CONF": "/dev/null"})
    if done.returncode:
        raise RuntimeError("openssl " + " ".join(words) + ": " + done.stderr)


class CA:
    """Keys are P-256: a P-256 key is made in milliseconds, an RSA key is not."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "ca")
        os.makedirs(self.folder)
        self.file = os.path.join(self.folder, "ca.crt")
        self._write("ca.conf", CONF % "DNS:unused")
        self._write("index.txt", "")
        self._key("ca.key")
        _openssl(self.folder, "req", "-x509", "-new", "-key", "ca.key", "-days", "3650",
                 "-config", "ca.conf", "-out", "ca.crt")

    def _write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as f:
            f.write(text)

    def _key(self, name, rsa=False):
        if rsa:
            _openssl(self.folder, "genrsa", "-out", name, "2048")
        else:
            _openssl(self.folder, "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out",
                     name)

    def certificate(self, kind="good", rsa=False):
        """(certificate, key) files: "good" for localhost and 127.0.0.1, "wrong" for another
        name, "expired", or "foreign": right in all but that nobody knows who signed it."""
        base = f"{kind}-rsa" if rsa else kind
        cert, key = (os.path.join(self.folder, f"{base}.{end}") for end in ("crt", "key"))
        if os.path.exists(cert):
            return cert, key
        name, names, period = KINDS["good" if kind == "foreign" else kind]
        self._key(f"{base}.key", rsa)
        # Cyrus reads it as an ordinary user; it guards nothing.
        os.chmod(key, 0o644)
        self._write(f"{base}.conf", CONF % names)
        _openssl(self.folder, "req", "-new", "-key", f"{base}.key", "-subj", f"/CN={name}",
                 "-config", f"{base}.conf", "-out", f"{base}.csr")
        if kind == "foreign":
            _openssl(self.folder, "x509", "-req", "-in", f"{base}.csr", "-signkey", f"{base}.key",
                     "-days", "2", "-extfile", f"{base}.conf", "-extensions", "server",
                     "-out", f"{base}.crt")
        else:
            _openssl(self.folder, "ca", "-batch", "-notext", "-config", f"{base}.conf",
                     "-extensions", "server", "-cert", "ca.crt", "-keyfile", "ca.key", *period,
                     "-in", f"{base}.csr", "-out", f"{base}.crt")
        return cert, key
