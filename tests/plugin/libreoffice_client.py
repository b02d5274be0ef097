# SPDX-License-Identifier: LGPL-2.1-or-later
"""libreoffice_client.py HOME BASE_URL - LibreOffice's own LanguageTool client, without a window

Checks standard input and writes a JSON list of [start, length, comment, suggestions] (UTF-16).
Needs the Python that has uno, which is Debian's.
"""

import json
import os
import subprocess
import sys
import time

import uno
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import Locale

SECONDS = 120
SETTING = """<item oor:path="/org.openoffice.Office.Linguistic/GrammarChecking/LanguageTool">
<prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>"""
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
{}</oor:items>"""


def connect(name):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={name};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(.1)


def main():
    home, url = sys.argv[1:]
    user = os.path.join(home, "office", "user")
    os.makedirs(user)
    with open(os.path.join(user, "registrymodifications.xcu"), "w", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(SETTING.format("BaseURL", url) +
                                       SETTING.format("IsEnabled", "true")))
    name = f"proofd{os.getpid()}"
    office = subprocess.Popen(["soffice", "--headless", "--norestore", "--nologo",
                               f"--accept=pipe,name={name};urp;",
                               f"-env:UserInstallation=file://{home}/office"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = connect(name)
    manager = context.ServiceManager
    text, locale = sys.stdin.read(), Locale("en", "US", "")
    services = manager.createInstanceWithContext("com.sun.star.linguistic2.LinguServiceManager",
                                                 context)
    configured, = services.getConfiguredServices("com.sun.star.linguistic2.Proofreader", locale)
    checker = manager.createInstanceWithContext(configured, context)
    errors = checker.doProofreading("1", text, locale, 0, len(text), ()).aErrors
    json.dump([[error.nErrorStart, error.nErrorLength, error.aShortComment,
                list(error.aSuggestions)] for error in errors], sys.stdout)
    manager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
    office.wait(SECONDS)


main()
