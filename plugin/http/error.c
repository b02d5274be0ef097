/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/error.h"

G_DEFINE_QUARK(pd - http - error - quark, pd_http_error)
