/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/error.h"

G_DEFINE_QUARK(pd_model_error, pd_model_error)
