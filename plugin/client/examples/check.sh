#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Finds what is wrong in a text, without libproofd: busctl is part of systemd. Writes JSON.
exec busctl --user --json=short call \
    org.proofd.Checker1 /org/proofd/Checker1 org.proofd.Checker1 \
    Check 'ssa{sv}' en_US "${1:-I recieve it.}" 1 max-candidates u 3
