#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""proof doctor, with homes and programs of the test's own, and the real service on a bus.

Environment: as case.py; PROOFD_HTTP (may be empty): the program proofd-http.
"""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import unittest
from pathlib import Path

import tap
from case import PROOF, BusCase, Case, die_with_test

ROOT = Path(__file__).resolve().parents[2]
MODELS = Path(os.environ["PROOFD_MODELS"])
PROOFD_HTTP = os.environ.get("PROOFD_HTTP", "")
HUNSPELL = Path("/usr/share/hunspell")
GI_PYTHON = "/usr/bin/python3"
SCHEMA = """<schemalist><schema id="org.gnome.gedit.plugins" path="/org/gnome/gedit/plugins/">
<key name="active-plugins" type="as"><default>['docinfo']</default></key></schema></schemalist>"""
OFFICE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Linguistic/GrammarChecking/LanguageTool">\
<prop oor:name="BaseURL" oor:op="fuse"><value>{}</value></prop></item>
<item oor:path="/org.openoffice.Office.Linguistic/GrammarChecking/LanguageTool">\
<prop oor:name="IsEnabled" oor:op="fuse"><value>{}</value></prop></item>
</oor:items>
"""
# owns names on the bus; answers as a service of another version
OTHER = """
import sys
from gi.repository import Gio, GLib
XML = '''<node><interface name="org.proofd.Checker1">
<property name="Version" type="s" access="read"/></interface></node>'''
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
bus.register_object("/org/proofd/Checker1", Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0],
                    None, lambda *unused: GLib.Variant("s", "0.0.9"), None)
for name in sys.argv[1:]:
    Gio.bus_own_name_on_connection(bus, name, 0, lambda *unused: print("owned", flush=True), None)
GLib.MainLoop().run()
"""
has_gi = subprocess.run([GI_PYTHON, "-c", "import gi"], check=False, stderr=subprocess.DEVNULL,
                        ).returncode == 0 if os.path.exists(GI_PYTHON) else False
sys.dont_write_bytecode = True


class Doctor:
    """Mixed into a case: programs and data folders of the test's own."""

    def prepare(self):
        self.home = self.dir / "home"
        self.config = self.home / "config"
        self.bin = self.dir / "usr" / "bin"
        self.share = self.dir / "usr" / "share"
        self.bin.mkdir(parents=True)
        self.share.mkdir()
        self.env.update(PATH=str(self.bin), XDG_DATA_DIRS=str(self.share),
                        XDG_CONFIG_DIRS=str(self.dir / "etc" / "xdg"),
                        PROOFD_DICTIONARIES=str(HUNSPELL), PROOFD_HTTP_ADDRESS="localhost:9")
        self.program("apt-get")

    def program(self, name, script=""):
        """An executable in PATH."""
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    def put(self, path, text=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def example(self, path):
        """Installs an example of ours."""
        target = self.share / "doc" / "proofd" / "examples" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)

    def diagnose(self, *args):
        """What it tells: id -> item; a list of them where there are several."""
        done = self.run_proof("doctor", "--json", *args)
        self.assertEqual(done.stderr, b"")
        report = json.loads(done.stdout)
        self.items = report["items"]
        states = [item["state"] for item in self.items]
        self.assertLessEqual(set(states), {"ok", "off", "missing", "wrong"})
        self.assertEqual(report["wrong"], states.count("wrong"))
        self.assertEqual(done.returncode, 1 if report["wrong"] else 0)
        return {item["id"]: item for item in self.items}

    def check(self, name, state, text="", remedy=None, args=()):
        """Asserts what is told of one thing."""
        item = self.diagnose(*args)[name]
        self.assertEqual(item["state"], state, item)
        self.assertIn(text, item["text"])
        if remedy is not None:
            self.assertEqual(item["remedy"], remedy)
        return item

    def follow(self, name, state="off"):
        """Types what it says, in a shell, and asserts that all is well then."""
        item = self.check(name, state)
        self.assertEqual(len(item["remedy"]), 1)
        env = {**self.env, "PATH": f"{self.bin}:{os.environ['PATH']}"}
        subprocess.run(["/bin/sh", "-ec", item["remedy"][0]], env=env, check=True, timeout=60,
                       stdout=subprocess.DEVNULL)
        self.check(name, "ok", remedy=[])


class OnBus(Doctor, BusCase):
    """proofd itself, with a bus."""

    def setUp(self):
        super().setUp()
        self.prepare()

    def tell_bus(self):
        subprocess.run(["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus",
                        "--object-path", "/", "--method", "org.freedesktop.DBus.ReloadConfig"],
                       env={**self.env, "PATH": os.environ["PATH"]}, check=True,
                       stdout=subprocess.DEVNULL, timeout=60)

    def own(self, *names):
        """Something that owns these names on the bus."""
        other = subprocess.Popen([GI_PYTHON, "-c", OTHER, *names], env=self.env, text=True,
                                 stdout=subprocess.PIPE, preexec_fn=die_with_test)
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        for _ in names:
            self.assertEqual(other.stdout.readline(), "owned\n")

    def test_all_is_well(self):
        found = self.diagnose()
        for name in ("bus", "activation", "service", "settings", "dictionary", "model", "words"):
            self.assertEqual((name, found[name]["state"]), (name, "ok"))
            self.assertEqual(found[name]["remedy"], [])
        version = self.proof("--version").split()[1]
        self.assertEqual(found["service"]["text"], f"answers, version {version}")
        self.assertTrue((self.dir / "pid").exists(), "the service was not started")

    def test_changes_nothing(self):
        self.program("emacs")
        self.program("kate")
        (self.home / "data" / "proofd").mkdir(parents=True)  # the service makes it when it starts
        before = sorted(self.home.rglob("*"))
        self.diagnose()
        self.assertEqual(sorted(self.home.rglob("*")), before)

    def test_for_people(self):
        self.program("nvim")
        self.program("proofd-lsp")
        lines = self.proof("doctor").splitlines()
        self.assertEqual(lines[0], "proofd")
        self.assertIn("Where you write", lines)
        self.assertEqual(lines[-1], "Nothing is wrong.")
        rows = [line for line in lines if line.startswith("  ") and line[2] != " "]
        self.assertEqual({row[2:11].strip() for row in rows}, {"ok", "off", "missing"})
        texts = {re.match(r"  \w+ +\S+( \S+)*  +", row).end() for row in rows}
        self.assertEqual(len(texts), 1, "the columns are not aligned")

    def test_colours(self):
        """On a terminal alone."""
        self.assertNotIn("\033", self.proof("doctor"))
        for more, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            leader, follower = os.openpty()
            done = subprocess.Popen([PROOF, "doctor"], stdout=follower, env={**self.env, **more})
            os.close(follower)
            seen = b""
            try:
                while piece := os.read(leader, 4096):
                    seen += piece
            except OSError:  # EIO: the other end is closed
                pass
            os.close(leader)
            self.assertEqual(done.wait(), 0)
            self.assertEqual(b"\033[32mok\033[0m" in seen, coloured, seen)
            self.assertEqual(b"\033" in seen, coloured)

    def test_not_installed(self):
        (self.dir / "services" / "proofd.service").unlink()
        self.tell_bus()
        self.check("activation", "wrong", "not installed", ["sudo apt install proofd"])
        self.assertNotIn("service", {item["id"] for item in self.items})
        self.assertIn("model", {item["id"] for item in self.items})

    def test_the_bus_has_not_read_the_file(self):
        installed = self.put(self.share / "dbus-1" / "services" / "org.proofd.Checker1.service",
                             (self.dir / "services" / "proofd.service").read_text())
        (self.dir / "services" / "proofd.service").unlink()
        self.tell_bus()
        item = self.check("activation", "wrong", str(installed))
        self.assertIn("ReloadConfig", item["remedy"][0])

    def test_the_file_names_no_program(self):
        self.put(self.share / "dbus-1" / "services" / "org.proofd.Checker1.service",
                 "[D-BUS Service]\nName=org.proofd.Checker1\nExec=/nonexistent/proofd\n")
        self.check("activation", "wrong", "/nonexistent/proofd",
                   ["sudo apt install --reinstall proofd"])

    def test_the_file_is_no_key_file(self):
        self.put(self.share / "dbus-1" / "services" / "org.proofd.Checker1.service", "???\n")
        self.check("activation", "wrong", "org.proofd.Checker1.service")

    def test_the_service_does_not_start(self):
        (self.dir / "start").write_text("exit 3\n")
        self.check("service", "wrong", remedy=["proofd --replace --verbose"])

    @unittest.skipUnless(has_gi, "needs python3-gi: ./dev test --clients installs it")
    def test_another_version_runs(self):
        self.own("org.proofd.Checker1")
        self.check("service", "wrong", "0.0.9", ["proofd --replace &"])
        self.own("org.freedesktop.systemd1")
        self.check("service", "wrong", "0.0.9", ["systemctl --user restart proofd.service"])

    @unittest.skipUnless(has_gi, "needs python3-gi: ./dev test --clients installs it")
    def test_unit(self):
        self.own("org.freedesktop.systemd1")
        self.program("proofd")
        self.put(self.share / "dbus-1" / "services" / "org.proofd.Checker1.service",
                 f"[D-BUS Service]\nName=org.proofd.Checker1\nExec={self.bin}/proofd\n"
                 "SystemdService=proofd-of-test.service\n")
        self.check("activation", "wrong", "no unit proofd-of-test.service",
                   ["sudo apt install --reinstall proofd"])
        unit = self.put(self.dir / "usr/lib/systemd/user/proofd-of-test.service")
        self.check("activation", "ok")
        unit.unlink()
        unit.symlink_to("/dev/null")
        self.check("activation", "wrong", "masked",
                   ["systemctl --user unmask proofd-of-test.service"])

    @unittest.skipUnless(has_gi, "needs python3-gi: ./dev test --clients installs it")
    def test_watch(self):
        self.check("watch", "missing")
        self.program("proofd-watch")
        item = self.check("watch", "off")
        self.assertEqual(len(item["remedy"]), 1)
        self.own("org.proofd.Watch")
        self.check("watch", "ok")


class Alone(Doctor, Case):
    """What needs no bus."""

    def setUp(self):
        super().setUp()
        self.prepare()
        del self.env["DBUS_SESSION_BUS_ADDRESS"]
        self.env["PROOFD_MODELS"] = str(self.dir / "none")  # loading one takes a while

    def test_without_a_bus(self):
        self.check("bus", "missing", "proof works by itself")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
        self.check("bus", "wrong", "/nonexistent/bus")
        self.check("bus", "off", args=["--local"])
        self.assertIn("emacs", {item["id"] for item in self.items})

    def test_settings(self):
        self.check("settings", "ok", "the defaults")
        path = self.put(self.config / "proofd" / "proofd.conf", "[check]\nlevel=thorough\n")
        self.check("settings", "ok", "proofd.conf")
        path.write_text("[check]\nlevel=thourough\nlangage=en_GB\033[31m\n")
        self.check("settings", "wrong")
        texts = [item["text"] for item in self.items if item["id"] == "settings"]
        self.assertEqual(len(texts), 2)
        self.assertIn("did you mean thorough?", texts[0])
        self.assertIn("did you mean language?", texts[1])
        self.assertNotIn("\033", self.proof("doctor", status=1))

    def test_words(self):
        self.check("words", "ok", "0 words")
        path = self.put(self.home / "data" / "proofd" / "words.txt", "Fediverse\n")
        self.check("words", "ok", "1 word")
        path.write_bytes(b"Fediverse\n\xff\n")
        self.check("words", "wrong", "words.txt")

    def test_dictionaries(self):
        folder = self.dir / "dictionaries"
        folder.mkdir()
        self.env["PROOFD_DICTIONARIES"] = str(folder)
        self.check("dictionary", "wrong", "en_US", ["sudo apt install hunspell-en-us"])
        for name in ("en_US.aff", "en_US.dic"):
            shutil.copy(HUNSPELL / name, folder)
        self.check("dictionary", "ok", "en_US")
        for locale, package in (("de_AT.UTF-8", "hunspell-de-at"), ("fr_FR.UTF-8", "hunspell-fr")):
            self.env["LC_ALL"] = locale
            self.check("dictionary", "missing", "", [f"sudo apt install {package}"])
        (self.bin / "apt-get").unlink()
        self.check("dictionary", "missing", "", [])
        self.program("pacman")
        self.check("dictionary", "missing", "", ["sudo pacman -S hunspell-fr"])

    def test_model(self):
        models = self.dir / "models"
        models.mkdir()
        self.check("model", "missing", "spelling only", ["sudo apt install proofd-model-en"],
                   args=["--models", str(models)])
        shutil.copytree(MODELS / "en", models / "en")
        self.check("model", "ok", "complete", args=["--models", str(models)])
        with open(models / "en" / "model.safetensors", "r+b") as weights:
            weights.truncate(100000)
        self.check("model", "wrong", "model.safetensors",
                   ["sudo apt install --reinstall proofd-model-en"], ["--models", str(models)])

    def test_emacs(self):
        self.check("emacs", "missing", "not installed", [])
        self.program("emacs")
        self.check("emacs", "missing", "elpa-proofd", ["sudo apt install elpa-proofd"])
        self.put(self.share / "emacs" / "site-lisp" / "proofd.el")
        self.follow("emacs")
        init = self.home / ".emacs"
        self.assertEqual(init.read_text(), "(require 'proofd) (global-proofd-mode)\n")
        init.write_text(";; (require 'proofd)\n")
        self.follow("emacs")
        init.unlink()
        self.put(self.config / "emacs" / "init.el", "(setq x 1)\n")
        self.follow("emacs")
        self.assertFalse(init.exists())

    def test_neovim(self):
        self.program("nvim")
        self.check("neovim", "missing", "proofd-lsp", ["sudo apt install proofd-lsp"])
        self.program("proofd-lsp")
        self.check("neovim", "off", "", ["sudo apt install vim-proofd"])
        path = self.put(self.config / "nvim" / "lua" / "plugins" / "check.lua", "-- proofd\n")
        self.check("neovim", "off")
        path.write_text("vim.lsp.enable('proofd')\n")
        self.check("neovim", "ok", "check.lua")
        path.unlink()
        self.put(self.home / "data/nvim/site/pack/x/start/proofd/plugin/proofd.vim",
                 "let g:loaded_proofd = 1\n")
        self.check("neovim", "ok", "start/proofd")

    def test_vim(self):
        self.program("vim")
        self.program("proofd-lsp")
        self.check("vim", "off", "", ["sudo apt install vim-proofd"])
        vimrc = self.put(self.home / ".vimrc", '" Plug proofd\n')
        self.check("vim", "off")
        vimrc.write_text("Plug 'someone/proofd.vim'\n")
        self.check("vim", "ok", "~/.vimrc")
        vimrc.unlink()
        self.put(self.share / "vim" / "vimfiles" / "plugin" / "proofd.vim",
                 "let g:loaded_proofd = 1\n")
        self.check("vim", "ok", "vimfiles")

    def test_kate(self):
        self.program("kate")
        self.program("proofd-lsp")
        self.example(ROOT / "plugin" / "lsp" / "kate.json")
        self.follow("kate")
        path = self.config / "kate" / "lspclient" / "settings.json"
        self.assertIn("markdown", json.loads(path.read_text())["servers"])
        path.write_text("{}\n")
        item = self.check("kate", "off")
        self.assertRegex(item["remedy"][0], r"^kate ~/config/\S+/settings.json /\S+/kate.json$")

    def test_helix(self):
        self.program("hx")
        self.program("proofd-lsp")
        self.example(ROOT / "plugin" / "lsp" / "helix.toml")
        self.follow("helix")
        self.put(self.config / "helix" / "languages.toml", "# proofd-lsp\n")
        self.follow("helix")

    def test_lsp(self):
        self.check("lsp", "missing", "not installed", ["sudo apt install proofd-lsp"])
        self.program("proofd-lsp", "echo proofd-lsp 7.8\n")
        self.check("lsp", "ok", "proofd-lsp 7.8", [])
        self.program("proofd-lsp", "echo no library >&2\necho more >&2\nexit 127\n")
        item = self.check("lsp", "wrong", "", ["sudo apt install --reinstall proofd-lsp"])
        self.assertEqual(item["text"], "does not start: no library")
        (self.bin / "proofd-lsp").write_text("nothing that can be run")
        self.check("lsp", "wrong", "does not start: ")

    def test_settings_that_are_no_file(self):
        self.program("emacs")
        self.put(self.share / "emacs" / "site-lisp" / "proofd.el")
        os.mkfifo(self.home / ".emacs")
        self.check("emacs", "off")

    def test_vscode(self):
        self.program("proofd-lsp")
        self.program("codium")
        self.check("vscode", "off", "", ["codium --install-extension proofd.vsix"])
        self.put(self.home / ".vscode-oss/extensions/proofd.proofd-0.1.0/package.json")
        self.check("vscode", "ok", "proofd.proofd-0.1.0")

    @unittest.skipUnless(shutil.which("glib-compile-schemas") and shutil.which("gsettings"),
                         "needs libglib2.0-bin")
    def test_gedit(self):
        schemas = self.put(self.dir / "schemas" / "gedit.gschema.xml", SCHEMA).parent
        subprocess.run(["glib-compile-schemas", schemas], check=True, timeout=60)
        self.program("gedit")
        self.check("gedit", "missing", "gedit-plugin-proofd",
                   ["sudo apt install gedit-plugin-proofd"])
        self.put(self.dir / "usr/lib/some-triplet/gedit/plugins/proofd.plugin")
        self.check("gedit", "wrong", "org.gnome.gedit.plugins")
        self.env.update(GSETTINGS_SCHEMA_DIR=str(schemas), GSETTINGS_BACKEND="keyfile")
        self.follow("gedit")
        settings = self.config / "glib-2.0" / "settings" / "keyfile"
        self.assertIn("['docinfo', 'proofd']", settings.read_text())

    def test_enchant(self):
        self.check("enchant", "missing", "not installed")
        self.program("gnome-text-editor")
        self.check("enchant", "missing", "libenchant-2-proofd",
                   ["sudo apt install libenchant-2-proofd"])
        self.put(self.dir / "usr/lib/some-triplet/enchant-2/enchant_proofd.so")
        self.example(ROOT / "plugin" / "enchant" / "enchant.ordering")
        item = self.check("enchant", "off")
        self.env["XDG_CONFIG_HOME"] = str(self.home / ".config") # where the command puts it
        subprocess.run(["/bin/sh", "-ec", item["remedy"][0]], check=True, timeout=60,
                       env={**self.env, "PATH": os.environ["PATH"]})
        self.check("enchant", "ok")
        # libenchant's own word goes before
        self.program("enchant-lsmod-2", "echo 'en_US (hunspell)'\n")
        self.check("enchant", "off", "en_US (hunspell)")
        self.program("enchant-lsmod-2", "echo 'en_US (proofd)'\n")
        self.check("enchant", "ok")

    def test_libreoffice(self):
        self.program("soffice")
        self.check("libreoffice", "missing", "proofd-http")
        self.program("proofd-http")
        self.check("libreoffice", "off", "not turned on")
        path = self.config / "libreoffice/4/user/registrymodifications.xcu"
        for url, enabled, state in (("http://localhost:8081/v2", "true", "ok"),
                                    ("http://127.0.0.1:8081/v2", "true", "ok"),
                                    ("http://localhost:8081/v2", "false", "off"),
                                    ("https://api.languagetool.org/v2", "true", "off"),
                                    ("http://localhost.example.org/v2", "true", "off")):
            self.put(path, OFFICE.format(url, enabled))
            self.check("libreoffice", state)
        self.check("libreoffice", "off", "asks another server: http://localhost.example.org/v2")

    def serve(self, body):
        """A server that answers everything with this; sets the address to look at."""
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802  the name http.server wants
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.env["PROOFD_HTTP_ADDRESS"] = f"localhost:{server.server_address[1]}"

    def test_http(self):
        self.check("http", "missing", "not installed", ["sudo apt install proofd-http"])
        self.program("proofd-http")
        enable = ["systemctl --user enable --now proofd-http.socket"]
        self.check("http", "off", "not turned on", enable)
        wants = self.config / "systemd" / "user" / "sockets.target.wants"
        self.put(wants / "proofd-http.socket")
        self.check("http", "wrong", "does not answer")
        self.serve(b'{"software": {"name": "LanguageTool"}}')
        self.check("http", "wrong", "another program")
        shutil.rmtree(wants)
        self.check("http", "off", "another program")

    @unittest.skipUnless(PROOFD_HTTP and os.path.exists(PROOFD_HTTP), "needs proofd-http")
    def test_http_answers(self):
        self.program("proofd-http")
        server = subprocess.Popen([PROOFD_HTTP, "--port=0"], env=self.env, text=True,
                                  stderr=subprocess.PIPE, preexec_fn=die_with_test)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for line in server.stderr:
            port = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if port:
                break
        self.env["PROOFD_HTTP_ADDRESS"] = f"127.0.0.1:{port[1]}"
        self.check("http", "ok", f"http://127.0.0.1:{port[1]}/v2", [])

    def test_odd_folders(self):
        odd = self.dir / "a [b]* c"
        for name in ("emacs", "proof-editor"):
            self.put(odd / "bin" / name).chmod(0o755)
        self.put(odd / "share" / "emacs" / "site-lisp" / "proofd.el")
        self.env.update(PATH=f"{odd}/bin", XDG_DATA_DIRS=f"/nonexistent:{odd}/share")
        self.check("emacs", "off")
        self.check("editor", "ok")

    def test_in_german(self):
        self.env["LANGUAGE"] = "de"
        out = self.proof("doctor")
        self.assertRegex(out, r"(?m)^  fehlt +Emacs +nicht installiert$")
        self.assertRegex(out, r"(?m)^  ok +Wörterbuch en_US +en_US$")
        self.assertEqual(out.splitlines()[-1], "Nichts ist falsch.")

    def test_usage(self):
        self.proof("doctor", "x", status=2)
        self.assertIn("doctor takes no arguments", self.errors)
        self.proof("doctr", status=2)
        self.assertIn('did you mean "doctor"?', self.errors)


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    tap.main()
