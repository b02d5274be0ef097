# SPDX-License-Identifier: LGPL-2.1-or-later
"""A screen of a test's own, and waiting for what is to be seen there. Needs Xvfb."""

import subprocess
import time

from case import die_with_test

DEADLINE = 120  # seconds: never reached unless something is broken


def start_display(test, size, *options):
    """Starts Xvfb with a screen of @size, "1000x700"; it is in test.env until the test ends."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24", "-nolisten", "tcp", *options],
        env=test.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_test)
    test.addCleanup(server.stdout.close)
    test.addCleanup(server.wait)
    test.addCleanup(server.kill)
    number = server.stdout.readline().decode().strip()
    test.assertTrue(number, "Xvfb does not start")
    test.env["DISPLAY"] = f":{number}"


def wait_for(condition, what):
    """Until the condition gives something true, which it returns; @what: text, or gives one."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {DEADLINE} s: {what() if callable(what) else what}")
