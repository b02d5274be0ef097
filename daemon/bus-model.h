/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bus-model.h - the properties ModelName and ModelHash
 *
 * Found out when first read: the worker loads the model, then a thread of its own reads the weights
 * through for their hash. Reads wait until then.
 */
#pragma once

#include "daemon/bus-object.h"
#include "daemon/idle.h"
#include "daemon/worker.h"

#include <glib.h>
#include <stdbool.h>

typedef struct PdBusModel PdBusModel;

/* All arguments must outlive it, but for @worker, which must be freed first. (transfer full), never
 * NULL */
PdBusModel *pd_bus_model_new(PdObject *object, PdWorker *worker, PdIdle *idle,
                             const char *language);
void pd_bus_model_free(PdBusModel *self); /* waiting reads fail with Cancelled; NULL is fine */

/* false: @call was kept (a reference), and is answered when it is known. */
bool pd_bus_model_is_known(PdBusModel *self, PdCall *call);

/* Other settings: what is known is forgotten, and told of as changed. */
void pd_bus_model_forget(PdBusModel *self, const char *language);

const char *pd_bus_model_name(const PdBusModel *self);  /* borrowed; "": none, or not known */
const char *pd_bus_model_hash(const PdBusModel *self);  /* borrowed; "" as above */
const char *pd_bus_model_error(const PdBusModel *self); /* (nullable): what is wrong with it */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdBusModel, pd_bus_model_free)
