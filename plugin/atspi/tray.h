/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tray.h - the icon in the desktop's panel: how many findings there are, and a menu
 *
 * A StatusNotifierItem, by libayatana-appindicator. Its menu calls actions of the application.
 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

typedef struct PdTray PdTray;

/* @actions: "correct", "pause" (a bool), "never", "settings", "quit"; outlives the tray */
PdTray *pd_tray_new(GActionGroup *actions);
void pd_tray_free(PdTray *self); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdTray, pd_tray_free)

/* @program: (nullable): the one that is written in, for "Never in ..." */
void pd_tray_update(PdTray *self, guint n_findings, bool is_paused, const char *program);
