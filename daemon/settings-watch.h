/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings-watch.h - says when the settings file may have changed
 *
 * Editors write a file in place, or a new one that they rename; the folder may come later than the
 * service; the file may be a link into another folder, which is watched too. Main thread only.
 */
#pragma once

#include <glib.h>

typedef struct PdSettingsWatch PdSettingsWatch;

/* @changed: called once for all that happens within a tenth of a second */
PdSettingsWatch *pd_settings_watch_new(const char *path, void (*changed)(void *user_data),
                                       void *user_data);
void pd_settings_watch_free(PdSettingsWatch *self); /* NULL is fine */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdSettingsWatch, pd_settings_watch_free)
