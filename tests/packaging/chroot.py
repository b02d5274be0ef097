# SPDX-License-Identifier: LGPL-2.1-or-later
"""A bare Debian 12 in a folder, made by debootstrap, in which packages are built and tried.

The first one is kept as build/packaging/bookworm.tar and its downloads in build/packaging/archives.
All mounts belong to a namespace of the command that needs them, so nothing stays behind whatever
happens. PROOFD_MIRROR names another mirror than deb.debian.org.
"""

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "packaging"
MIRROR = os.environ.get("PROOFD_MIRROR", "http://deb.debian.org/debian")
SECURITY = MIRROR.rstrip("/") + "-security"
SOURCES = f"""deb {MIRROR} bookworm main
deb {MIRROR} bookworm-updates main
deb {SECURITY} bookworm-security main
"""
PROXIES = {name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy")
           if name in os.environ}
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "TERM": "dumb", "DEBIAN_FRONTEND": "noninteractive", **PROXIES}
MOUNTS = """set -e
mount -t proc proc {dir}/proc
mount -t tmpfs -o mode=1777 tmp {dir}/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts {dir}/dev/pts
ln -sf pts/ptmx {dir}/dev/ptmx
mount --bind {archives} {dir}/var/cache/apt/archives
exec {command}
"""


def as_root(command):
    return command if os.geteuid() == 0 else ["sudo", *command]


def missing():
    """Why there can be no chroot here; None: there can."""
    if not shutil.which("debootstrap") or not shutil.which("unshare"):
        return "needs debootstrap and unshare"
    if os.geteuid() != 0 and not shutil.which("sudo"):
        return "needs root or sudo"
    return None


def call(command, log, **options):
    """Runs it; what it prints goes to the file @log, whose end is told if it fails."""
    options.setdefault("stdin", subprocess.DEVNULL)
    with open(log, "ab") as output:
        output.write(f"$ {shlex.join(map(str, command))}\n".encode())
        output.flush()
        done = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False,
                              **options)
    if done.returncode != 0:
        end = Path(log).read_text(errors="replace")[-6000:]
        raise AssertionError(f"{shlex.join(map(str, command))[:300]}: {done.returncode}\n{end}")


class Chroot:
    """Ends with close(), which removes it."""

    def __init__(self, log):
        self.log = log
        KEPT.mkdir(parents=True, exist_ok=True)
        self.lock = open(KEPT / "lock", "ab")
        fcntl.flock(self.lock, fcntl.LOCK_EX)  # one at a time: they share the downloads
        self.dir = Path(tempfile.mkdtemp(prefix="chroot-", dir=KEPT))
        self.dir.chmod(0o755)
        try:
            self._fill(KEPT / "bookworm.tar")
        except AssertionError:
            self.close()
            raise

    def _fill(self, base):
        if not base.exists():
            self._bootstrap(base)
        else:
            call(as_root(["tar", "-C", self.dir, "-xf", base]), self.log)
        shutil.copyfile("/etc/resolv.conf", KEPT / "resolv.conf")
        call(as_root(["cp", KEPT / "resolv.conf", self.dir / "etc"]), self.log)
        self.run("apt-get update -q")
        self.run("apt-get dist-upgrade -q -y")
        self.run("useradd --create-home builder")

    def _bootstrap(self, base):
        call(as_root(["debootstrap", "--variant=minbase", "bookworm", self.dir, MIRROR]), self.log)
        self.run("cat >/etc/apt/sources.list", input=SOURCES)
        self.run("echo force-unsafe-io >/etc/dpkg/dpkg.cfg.d/unsafe-io")
        self.run("apt-get clean && rm -rf /var/lib/apt/lists/*")
        call(as_root(["tar", "-C", self.dir, "-cf", f"{base}.new", "."]), self.log)
        call(as_root(["mv", f"{base}.new", base]), self.log)

    def command(self, *command):
        """For outside: @command with this system's mounts in place, alone and until it ends."""
        archives = KEPT / "archives"
        (archives / "partial").mkdir(parents=True, exist_ok=True)
        script = MOUNTS.format(dir=shlex.quote(str(self.dir)), archives=shlex.quote(str(archives)),
                               command=shlex.join(map(str, command)))
        return as_root(["unshare", "--mount", "--propagation", "private", "--pid", "--fork",
                        "--kill-child", "sh", "-c", script])

    def inside(self, script, user="root", network=True, **variables):
        """The command that runs @script, for a shell, inside as @user."""
        home = "/root" if user == "root" else f"/home/{user}"
        variables = {**ENVIRONMENT, "HOME": home, "USER": user, **variables}
        inner = ["env", "-i", *(f"{key}={value}" for key, value in variables.items()),
                 "chroot", f"--userspec={user}:{user}", self.dir, "sh", "-c", f"cd; {script}"]
        if not network:
            inner = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *inner]
        return self.command(*inner)

    def run(self, script, input=None, **how):
        """Runs it; an AssertionError tells if it fails."""
        options = {} if input is None else {"input": input.encode(), "stdin": None}
        call(self.inside(script, **how), self.log, **options)

    def ask(self, script, **how):
        """Runs it whatever its status: (status, what it printed on stdout, and on stderr)"""
        done = subprocess.run(self.inside(script, **how), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        return done.returncode, done.stdout, done.stderr

    def put(self, paths, folder="/srv"):
        inside = f"{self.dir}{folder}"
        call(as_root(["mkdir", "-p", inside]), self.log)
        call(as_root(["cp", "-r", "--preserve=timestamps", *paths, inside]), self.log)
        call(as_root(["chmod", "-R", "a+rX", inside]), self.log)

    def close(self):
        call(as_root(["rm", "-rf", "--one-file-system", self.dir]), self.log)
        self.lock.close()
