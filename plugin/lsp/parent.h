/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent.h - ends with the editor, also where its pipes stay open in another process
 */
#pragma once

#include <glib.h>

/* Calls @func on the main loop, once, when the process ends. Returns: a source's id */
guint pd_parent_watch(gint64 pid, GSourceOnceFunc func, void *user_data);
