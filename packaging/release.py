#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""release.py [--check] [--no-tests] [OUT]: what a release consists of, in OUT (dist/)

  proofd-VERSION.tar.xz          the sources, by `meson dist`, which builds and tests them
  proofd-VERSION.spdx.json       bill of materials: sources, and each file of model data, with
                                 licences and where they come from (SPDX 2.3)
  SHA256SUMS                     of both; SHA256SUMS.asc beside it if there is a key
  vVERSION                       a signed tag, if there is a key

The version is meson.build's. Refused: files that are not committed, a NEWS.md without a dated
section of that version first, another version in a package of an editor or a distribution, a tag of
that name on another commit. --check looks at NEWS.md and the versions alone.
Exit status: 0 done, 1 refused.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = re.compile(r"## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d|not released yet)\)$")
DATA = "Apache-2.0"
ALL = f"LGPL-2.1-or-later AND {DATA} AND FSFAP"  # FSFAP: the AppStream metainfo
COPYRIGHT = "Copyright proofd authors"
ALSO_IN = (("plugin/emacs/proofd.el", r"^;; Version: (\S+)$"),
           ("plugin/vscode/package.json", r'^  "version": "([^"]+)"'),
           ("plugin/gedit/proofd.plugin", r"^Version=(\S+)$"),
           ("plugin/editor/data/org.proofd.Editor.metainfo.xml", r'<release version="([^"]+)"'),
           ("packaging/debian/changelog", r"\Aproofd \(([^)]+)-[^-)]+\)"),
           ("packaging/rpm/proofd.spec", r"^Version: +(\S+)$"),
           ("packaging/arch/PKGBUILD", r"^pkgver=(\S+)$"))
# What the model's data was made from, by others: name, licence, copyright, where from.
ORIGINS = (
    ("all-MiniLM-L6-v2", "Apache-2.0", "nreimers, Microsoft",
     "pkg:huggingface/sentence-transformers/all-MiniLM-L6-v2"),
    ("bert-base-uncased-vocabulary", "Apache-2.0",
     "The Google AI Language Team Authors", "pkg:huggingface/google-bert/bert-base-uncased"),
)


class Refused(Exception):
    """Why there is no release; for people."""


def git(root, *arguments):
    return subprocess.run(["git", "-C", root, *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=True).stdout.strip()


def version_of(root):
    """The project's version, from meson.build, the one place that has it."""
    text = (root / "meson.build").read_text(encoding="utf-8")
    return re.search(r"project\('proofd',[^)]*?\bversion: '([\d.]+)'", text)[1]


# --- NEWS ---

def news(text):
    """[(version, date or "not released yet", [lines])] of NEWS.md, newest first. Refused: it is not
    a title and sections `## VERSION (DATE)`, each newer than the next and with text."""
    lines = text.split("\n")
    if lines[0] != "# News":
        raise Refused('NEWS.md:1: does not begin with "# News"')
    sections = []
    for number, line in enumerate(lines[1:], 2):
        if line.startswith("#"):
            match = HEADING.match(line)
            if match is None:
                raise Refused(f"NEWS.md:{number}: \"{line}\" is not \"## VERSION (YYYY-MM-DD)\" or "
                              "\"## VERSION (not released yet)\"")
            check_heading(sections, number, *match.groups())
            sections.append((match[1], match[2], []))
        elif line.strip() and not sections:
            raise Refused(f"NEWS.md:{number}: text before the first version")
        elif line.strip():
            sections[-1][2].append(line)
    for version, _, section in sections:
        if not section:
            raise Refused(f"NEWS.md: nothing is said of {version}")
    if not sections:
        raise Refused("NEWS.md: there is no version in it")
    return sections


def check_heading(sections, number, version, date):
    parts = tuple(map(int, version.split(".")))
    if sections and parts >= tuple(map(int, sections[-1][0].split("."))):
        raise Refused(f"NEWS.md:{number}: {version} stands below {sections[-1][0]}")
    if sections and date == "not released yet":
        raise Refused(f"NEWS.md:{number}: only the first version may be unreleased")
    if date == "not released yet":
        return
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        raise Refused(f"NEWS.md:{number}: {date} is no date") from None


def check_news(root):
    """The sections; the first must be meson.build's version, which the packages repeat."""
    for name, pattern in ALSO_IN:
        path = root / name
        if path.exists():
            found = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
            if found is None:
                raise Refused(f"{name}: no version is where one should be")
            if found[1] != version_of(root):
                raise Refused(f"{name}: its version is {found[1]}, but meson.build has "
                              f"{version_of(root)}")
    sections = news((root / "NEWS.md").read_text(encoding="utf-8"))
    if sections[0][0] != version_of(root):
        raise Refused(f"NEWS.md: its first version is {sections[0][0]}, but meson.build has "
                      f"{version_of(root)}")
    return sections


# --- bill of materials ---

def sums(path):
    data = path.read_bytes()
    return [{"algorithm": name, "checksumValue": hashlib.new(name.lower(), data).hexdigest()}
            for name in ("SHA1", "SHA256")]


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def file_of(path, root):
    name = path.relative_to(root).as_posix()
    others = {"vocab.txt": ORIGINS[1][2], "model.safetensors": f"{COPYRIGHT}; {ORIGINS[0][2]}"}
    return {"SPDXID": identifier(name), "fileName": f"./{name}", "checksums": sums(path),
            "licenseConcluded": DATA, "licenseInfoInFiles": [DATA],
            "copyrightText": others.get(path.name, COPYRIGHT)}


def verification_code(files):
    """SPDX 2.3, 7.9: SHA1 of the sorted SHA1s."""
    values = sorted(file["checksums"][0]["checksumValue"] for file in files)
    return {"packageVerificationCodeValue": hashlib.sha1("".join(values).encode()).hexdigest()}


def package(name, version, licence, copyright_text, **more):
    return {"SPDXID": identifier(f"Package-{name}"), "name": name, "versionInfo": version,
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": licence, "licenseDeclared": licence,
            "copyrightText": copyright_text, **more}


def bill(root, version, tarball, created):
    """The SPDX document as a dict. `created`: seconds since 1970, so that it can be made again."""
    packages = [package("proofd", version, ALL, COPYRIGHT, packageFileName=tarball.name,
                        checksums=sums(tarball), primaryPackagePurpose="SOURCE")]
    files, relations = [], [("SPDXRef-DOCUMENT", "DESCRIBES", packages[0]["SPDXID"])]
    origins = [package(name, "NOASSERTION", licence, who, externalRefs=[{
        "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
        "referenceLocator": place}]) for name, licence, who, place in ORIGINS]
    for folder in sorted(path for path in (root / "model" / "data").iterdir() if path.is_dir()):
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        here = [file_of(path, root) for path in sorted(folder.iterdir()) if path.is_file()]
        model = package(manifest["name"], manifest["version"], manifest["licence"], COPYRIGHT,
                        primaryPackagePurpose="OTHER",
                        packageVerificationCode=verification_code(here))
        model["filesAnalyzed"] = True
        packages.append(model)
        files += here
        relations += [(packages[0]["SPDXID"], "CONTAINS", model["SPDXID"]),
                      (model["SPDXID"], "DESCENDANT_OF", origins[0]["SPDXID"])]
        relations += [(model["SPDXID"], "CONTAINS", file["SPDXID"]) for file in here]
        relations += [(file["SPDXID"], "COPY_OF", origins[1]["SPDXID"]) for file in here
                      if file["fileName"].endswith("/vocab.txt")]
    moment = datetime.datetime.fromtimestamp(created, datetime.timezone.utc)
    space = uuid.uuid5(uuid.NAMESPACE_URL, f"proofd-{version}-{packages[0]['checksums'][1]}")
    return {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"proofd-{version}", "documentNamespace": f"urn:uuid:{space}",
            "creationInfo": {"created": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                             "creators": ["Tool: proofd-release.py"]},
            "packages": packages + origins, "files": files,
            "relationships": [{"spdxElementId": one, "relationshipType": kind,
                               "relatedSpdxElement": other} for one, kind, other in relations]}


# --- the release ---

def check_tree(root):
    """The version to release."""
    version = version_of(root)
    dirty = git(root, "status", "--porcelain")
    if dirty:
        raise Refused(f"not committed:\n{dirty}")
    date = check_news(root)[0][1]
    if date == "not released yet":
        raise Refused(f"NEWS.md: {version} has no date yet: write the day of the release")
    tags = git(root, "tag", "--list", f"v{version}")
    head = git(root, "rev-parse", "HEAD")
    if tags and git(root, "rev-parse", f"v{version}^{{commit}}") != head:
        raise Refused(f"the tag v{version} is on another commit: a released version stays as it is")
    return version


def signing_key(root):
    """Whom git would sign as, if gpg has a secret key of theirs; else ""."""
    try:
        who = git(root, "config", "user.signingkey")
    except subprocess.CalledProcessError:
        try:
            who = git(root, "config", "user.email")
        except subprocess.CalledProcessError:
            return ""
    if not shutil.which("gpg"):
        return ""
    found = subprocess.run(["gpg", "--list-secret-keys", who], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    return who if found.returncode == 0 else ""


def sign(root, out, version, key):
    subprocess.run(["gpg", "--yes", "--local-user", key, "--armor", "--detach-sign",
                    out / "SHA256SUMS"], check=True)
    if not git(root, "tag", "--list", f"v{version}"):
        subprocess.run(["git", "-C", root, "tag", "--sign", "--local-user", key, "--message",
                        f"proofd {version}", f"v{version}"], check=True)


def make_tarball(root, build, version, tests):
    if not (build / "build.ninja").exists():
        subprocess.run(["meson", "setup", build, root], check=True)
    subprocess.run(["meson", "dist", "-C", build, "--formats", "xztar",
                    *([] if tests else ["--no-tests"])], check=True)
    return build / "meson-dist" / f"proofd-{version}.tar.xz"


def release(root, out, build, tests):
    version = check_tree(root)
    made = make_tarball(root, build, version, tests)
    out.mkdir(parents=True, exist_ok=True)
    tarball = Path(shutil.copy(made, out))
    created = int(git(root, "log", "-1", "--format=%ct"))
    document = out / f"proofd-{version}.spdx.json"
    document.write_text(json.dumps(bill(root, version, tarball, created), indent=1) + "\n",
                        encoding="utf-8")
    (out / "SHA256SUMS").write_text("".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in (tarball, document)), encoding="utf-8")
    key = signing_key(root)
    if key:
        sign(root, out, version, key)
        print(f"signed by {key}; git push origin v{version} publishes the tag")
    else:
        print("there is no key to sign with: neither SHA256SUMS nor a tag is signed")
    for path in sorted(out.glob(f"proofd-{version}.*")):
        print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, help="folder (default: dist)")
    parser.add_argument("--check", action="store_true", help="NEWS.md alone")
    parser.add_argument("--no-tests", action="store_true", help="do not build and test the tarball")
    parser.add_argument("--build", type=Path, help="build folder (default: build/default)")
    parser.add_argument("--root", type=Path, default=ROOT, help="of the sources")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    try:
        if arguments.check:
            check_news(root)
        else:
            release(root, arguments.out or root / "dist",
                    (arguments.build or root / "build" / "default").resolve(),
                    not arguments.no_tests)
    except Refused as reason:
        print(f"release: {reason}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"release: {' '.join(map(str, error.cmd))}: {error.stderr or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
