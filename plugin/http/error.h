/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error.h - why a request gets no result: the code is the HTTP status, the message what follows
 * "Error: " in the answer
 */
#pragma once

#include <glib.h>

#define PD_HTTP_ERROR (pd_http_error_quark())

GQuark pd_http_error_quark(void);
