/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-explanation.h - the reply of Explain
 */
#pragma once

#include "daemon/engine/explain.h"
#include "daemon/engine/text.h"

#include <dbus/dbus.h>

/* Appends the a{sv} that org.proofd.Checker1.xml describes; positions are in @unit of @text. */
void pd_bus_append_explanation(DBusMessageIter *iter, const PdExplanation *explanation,
                               const char *text, PdOffsets unit);
