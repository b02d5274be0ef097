/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/engine/error.h"

G_DEFINE_QUARK(pd_error, pd_error)
