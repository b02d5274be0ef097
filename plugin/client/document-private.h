/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document-private.h - how a client opens a document
 */
#pragma once

#include "plugin/client/bus.h"
#include "plugin/client/request.h"

#include <proofd-client.h>

/**
 * proofd_document_call_open:
 * @message: (transfer full): the call of Open
 * @length: of the text, in @unit
 *
 * Returns: (transfer full): a call that ends with a ProofdDocument
 */
ProofdCall *proofd_document_call_open(ProofdBus *bus, GDBusMessage *message, ProofdUnit unit,
                                      size_t length);

/* The client that it was opened with, whose bus and deadline it uses from now on. */
void proofd_document_set_client(ProofdDocument *self, ProofdClient *client);
