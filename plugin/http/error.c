/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/error.h"

G_DEFINE_QUARK(pd_http_error, pd_http_error)
