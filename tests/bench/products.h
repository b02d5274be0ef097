/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * products.h - the products of a forward pass without the rest: what the network's own kernel would
 * reach if nothing stood between them
 *
 * The numbers are of no interest. Either the four matrices of one layer, each as often as there are
 * layers before the next one comes, so that weights are in the nearest cache that holds them; or
 * those of all layers in turn, as in a pass, so that weights come from where they all have room.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Products Products;

/* @model_dir: its sizes and kernel are used; (transfer full), NULL with @error set */
Products *products_new(const char *model_dir, bool in_turn, GError **error);
void products_free(Products *self); /* NULL is fine */

/* All products of one pass over @n_tokens. */
void products_run(Products *self, size_t n_tokens);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Products, products_free)
