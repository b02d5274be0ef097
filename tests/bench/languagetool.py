#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""languagetool.py BUILD - milliseconds of /v2/check beside those of Check on the bus

One connection that is kept, one request at a time, corrections included. The two take turns, each
with sentences of its own, so that a new one is new to the service.
"""
import http.client
import re
import statistics
import subprocess
import sys
import time
import urllib.parse

import bus
import texts

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS, ROUNDS, TURN, SEED = 25, 10, 20, 20261123


def request(connection, text):
    start = time.perf_counter()
    connection.request("POST", "/v2/check",
                       urllib.parse.urlencode({"language": "en-US", "text": text}), FORM)
    response = connection.getresponse()
    response.read()
    if response.status != 200:
        raise OSError(f"/v2/check: {response.status}")
    return 1000 * (time.perf_counter() - start)


def measure(service, connection):
    """{row: {"http": ms, "bus": ms}}, medians."""
    writer = texts.Writer(SEED)
    times = {}
    for _ in range(ROUNDS):
        for row, make in (("new, right", lambda: writer.sentence(WORDS)),
                          ("new, two errors", lambda: writer.with_errors(WORDS, 2))):
            http_texts, bus_texts = [[make() for _ in range(TURN)] for _ in range(2)]
            for name in (row, "seen before"):
                entry = times.setdefault(name, {"http": [], "bus": []})
                entry["http"] += [request(connection, text) for text in http_texts]
                entry["bus"] += service.check(bus_texts)
    return {row: {way: statistics.median(ms) for way, ms in entry.items()}
            for row, entry in times.items()}


def main():
    with bus.Bus(sys.argv[1]) as service:
        server = subprocess.Popen([f"{sys.argv[1]}/plugin/http/proofd-http", "--port", "0"],
                                  stderr=subprocess.PIPE, text=True, env=service.environment)
        try:
            port = int(re.search(r":(\d+)/v2", server.stderr.readline())[1])
            connection = http.client.HTTPConnection("127.0.0.1", port)
            request(connection, "This is the first one.")
            for row, ms in measure(service, connection).items():
                print(f"| {row} | {ms['http']:.2f} | {ms['bus']:.2f} | "
                      f"{ms['http'] / ms['bus']:.2f} |")
        finally:
            server.terminate()
            server.wait()


main()
