#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""package.py - makes packages of this checkout

    package.py deb OUT       Debian's packages, source and binary, into the folder OUT
    package.py source OUT    Debian's source package alone
    package.py rpm OUT       RPM's, source and binary
    package.py arch OUT      Arch Linux's
    package.py tarball OUT   the sources alone, as a release has them
    package.py depends       the Debian packages that building needs, one a line

The build runs in a folder of its own, on a copy of what git would commit: tracked files and new
ones that it does not ignore. DEB_BUILD_OPTIONS is Debian's; where it is not set, the tests are not
run once more ("nocheck").
"""

import argparse
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEBIAN = ROOT / "packaging" / "debian"
PROVIDERS = {"debhelper-compat": "debhelper", "dh-sequence-elpa": "dh-elpa",
             "dh-sequence-gir": "gobject-introspection", "dh-sequence-python3": "dh-python"}
NOT_SOURCES = {".git", "build", "dist", "__pycache__"}


def version():
    """That of meson.build, which is the only place that has one."""
    found = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text(encoding="utf-8"))
    return found.group(1)


def changelog(field):
    """A field of the newest entry of debian/changelog, as dpkg-parsechangelog calls it."""
    command = ["dpkg-parsechangelog", "-l", DEBIAN / "changelog", "-S", field]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def source_files():
    """Paths relative to ROOT, sorted."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "ls-files", "-z", "--cached",
                   "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        paths = {Path(os.fsdecode(name)) for name in names.split(b"\0") if name}
    else:
        paths = {path.relative_to(ROOT) for path in ROOT.rglob("*") if not path.is_dir()}
        paths = {path for path in paths if not NOT_SOURCES & set(path.parts)}
    return sorted(path for path in paths if (ROOT / path).exists())


def export(folder):
    """Copies the sources into @folder, which is made; modes are 755 or 644, whatever the umask."""
    for path in source_files():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
        target.chmod(0o755 if os.access(ROOT / path, os.X_OK) else 0o644)


def write_tarball(folder, target, when):
    """@folder as @target, a .tar.xz: the same bytes whoever makes it, wherever and whenever."""
    def plain(member):
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = when
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    with lzma.open(target, "wb", preset=6) as compressed, \
            tarfile.open(fileobj=compressed, mode="w", format=tarfile.GNU_FORMAT) as tarball:
        for path in [folder, *sorted(folder.rglob("*"))]:
            name = path.relative_to(folder.parent)
            tarball.add(path, str(name), recursive=False, filter=plain)


def make_debian_tree(work):
    """work/proofd-VERSION with debian/ at the top, and upstream's tarball beside it."""
    if changelog("Version").rpartition("-")[0] != version():
        sys.exit(f"packaging/debian/changelog: its newest version is {changelog('Version')}, "
                 f"that of meson.build is {version()}")
    tree = work / f"proofd-{version()}"
    export(tree)
    write_tarball(tree, work / f"proofd_{version()}.orig.tar.xz", int(changelog("Timestamp")))
    shutil.copytree(tree / "packaging" / "debian", tree / "debian")
    return tree


def run_dpkg(out, *options):
    """dpkg-buildpackage on a copy of the sources; what it makes goes to @out."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    env = dict(os.environ)
    env.setdefault("DEB_BUILD_OPTIONS", f"nocheck parallel={len(os.sched_getaffinity(0))}")
    with tempfile.TemporaryDirectory(prefix="package-", dir=build) as work:
        tree = make_debian_tree(Path(work))
        subprocess.run(["dpkg-buildpackage", "-us", "-uc", *options], cwd=tree, env=env, check=True,
                       stdin=subprocess.DEVNULL)
        for path in sorted(Path(work).iterdir()):
            if path.is_file():
                shutil.move(path, out / path.name)
                print(out / path.name)


def make_tarball(work):
    """work/proofd-VERSION.tar.xz"""
    tree = work / f"proofd-{version()}"
    tarball = work / f"{tree.name}.tar.xz"
    export(tree)
    write_tarball(tree, tarball, int(changelog("Timestamp")))
    shutil.rmtree(tree)
    return tarball


def run_rpmbuild(work):
    """Gives the packages' paths. Debian's rpmbuild knows nothing of what is installed."""
    make_tarball(work)
    options = ["--without", "check", "-D", f"_topdir {work}", "-D", f"_sourcedir {work}"]
    if Path("/etc/debian_version").exists():
        multiarch = subprocess.run(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.strip()
        options += ["--nodeps", "-D", f"_libdir /usr/lib/{multiarch}"]
    env = dict(os.environ, SOURCE_DATE_EPOCH=changelog("Timestamp"))
    subprocess.run(["rpmbuild", "-ba", *options, ROOT / "packaging" / "rpm" / "proofd.spec"],
                   check=True, env=env, stdin=subprocess.DEVNULL)
    return sorted(work.rglob("*.rpm"))


def run_makepkg(work):
    """Gives the packages' paths. makepkg refuses to be run by root, and only looks for pacman."""
    make_tarball(work)
    shutil.copy(ROOT / "packaging" / "arch" / "PKGBUILD", work)
    command = ["makepkg", "--nocheck", "--nodeps", "--noconfirm"]
    if os.geteuid() == 0:
        for path in (work, *work.iterdir()):
            os.chown(path, 65534, 65534)
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    env = dict(os.environ, HOME=str(work), PKGEXT=".pkg.tar.zst",
               SOURCE_DATE_EPOCH=changelog("Timestamp"))
    if not shutil.which("pacman"):
        env["PACMAN"] = "true"
    subprocess.run(command, cwd=work, env=env, check=True, stdin=subprocess.DEVNULL)
    return sorted(work.glob("*.pkg.tar.zst"))


def run_in_folder(out, make):
    """What @make(folder) makes in a folder that is only its own goes to @out."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="proofd-package-") as work:
        for path in make(Path(work)):
            shutil.copy(path, out / path.name)
            print(out / path.name)


def build_depends():
    """Names, the first of alternatives, those of the tests too."""
    text = (DEBIAN / "control").read_text(encoding="utf-8")
    field = re.search(r"^Build-Depends:((?:.*\n)(?:[ \t].*\n)*)", text, re.MULTILINE).group(1)
    names = [re.split(r"[\s:(|<]", item.strip())[0] for item in field.split(",")]
    return [PROVIDERS.get(name, name) for name in names]


def main():
    parser = argparse.ArgumentParser(description="Makes packages of this checkout.")
    commands = parser.add_subparsers(dest="command", required=True)
    makers = {"rpm": run_rpmbuild, "arch": run_makepkg,
              "tarball": lambda work: [make_tarball(work)]}
    for name in ("deb", "source", *makers):
        commands.add_parser(name).add_argument("out", type=Path)
    commands.add_parser("depends")
    arguments = parser.parse_args()
    if arguments.command == "depends":
        print("\n".join(build_depends()))
    elif arguments.command in makers:
        run_in_folder(arguments.out.resolve(), makers[arguments.command])
    elif arguments.command == "source":
        run_dpkg(arguments.out.resolve(), "-S", "-d", "-nc")
    else:
        run_dpkg(arguments.out.resolve())


if __name__ == "__main__":
    main()
