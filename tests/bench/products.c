/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/products.h"
#include "model/config.h"
#include "model/electra.h"
#include "model/kernels.h"
#include "model/linear.h"

#define N_MATRICES 4 /* queries, keys and values; attention's output; up; down */

struct Products {
    const PdKernel *kernel; /* NULL: fp32 */
    PdInt8Linear *int8;     /* [n_layers, N_MATRICES], or [1, N_MATRICES] to begin again */
    PdLinear *fp32;
    size_t n_layers;
    bool in_turn;
    PdInt8Rows rows; /* [n_tokens, widest] */
    float *x;        /* [n_tokens, widest] */
    float *y;
    size_t widest;
    size_t n_tokens; /* that rows, x and y have room for */
};

static void
int8_init(PdInt8Linear *self, size_t n_in, size_t n_out)
{
    const size_t n_panels = n_out / PD_INT8_OUTS, n_weights = n_in * n_out;
    int8_t *weight = g_aligned_alloc0(n_weights, 1, PD_INT8_ALIGN_BYTES);
    float *scale = g_new(float, n_out);

    for (size_t i = 0; i < n_weights; i++)
        weight[i] = (int8_t)(i % 255 - 127);
    for (size_t i = 0; i < n_out; i++)
        scale[i] = 1e-2f;
    *self = (PdInt8Linear){ .n_in = n_in,
                            .n_panels = n_panels,
                            .weight = weight,
                            .scale = scale,
                            .sum = g_new0(float, n_out),
                            .bias = g_new0(float, n_out) };
}

static void
int8_done(PdInt8Linear *self)
{
    g_aligned_free((void *)self->weight);
    g_free((void *)self->scale);
    g_free((void *)self->sum);
    g_free((void *)self->bias);
}

static void
fp32_init(PdLinear *self, size_t n_in, size_t n_out)
{
    const size_t width = pd_linear_best_width(n_out);
    g_autofree float *rows = g_new(float, n_in *n_out);

    self->n_in = n_in;
    self->n_out = n_out;
    self->width = width;
    self->weight = g_new0(float, pd_linear_weight_floats(n_in, n_out, width));
    self->bias = g_new0(float, pd_linear_bias_floats(n_out, width));
    for (size_t i = 0; i < n_in * n_out; i++)
        rows[i] = 1e-3f * (float)(i % 101);
    pd_linear_pack(self, 0, n_out, rows);
}

static void
add_matrix(Products *self, size_t i, size_t n_in, size_t n_out)
{
    if (self->kernel != NULL)
        int8_init(&self->int8[i], n_in, n_out);
    else
        fp32_init(&self->fp32[i], n_in, n_out);
}

static size_t
n_matrices(const Products *self)
{
    return self->in_turn ? self->n_layers * N_MATRICES : N_MATRICES;
}

Products *
products_new(const char *model_dir, bool in_turn, GError **error)
{
    g_autoptr(Products) self = g_new0(Products, 1);
    g_autoptr(PdModel) model = pd_model_load(model_dir, error);
    g_autofree char *path = g_build_filename(model_dir, "config.json", NULL);
    PdConfig config = { 0 };

    if (model == NULL || !pd_config_load(&config, path, error)) {
        pd_config_done(&config);
        return NULL;
    }
    self->kernel = pd_kernel_find(pd_model_kernel(model)); /* none is called fp32 */
    self->n_layers = config.n_layers;
    self->widest = MAX(3 * config.hidden_size, config.ffn_size);
    self->in_turn = in_turn;
    self->int8 = g_new0(PdInt8Linear, n_matrices(self));
    self->fp32 = g_new0(PdLinear, n_matrices(self));
    for (size_t i = 0; i < n_matrices(self); i += N_MATRICES) {
        add_matrix(self, i, config.hidden_size, 3 * config.hidden_size);
        add_matrix(self, i + 1, config.hidden_size, config.hidden_size);
        add_matrix(self, i + 2, config.hidden_size, config.ffn_size);
        add_matrix(self, i + 3, config.ffn_size, config.hidden_size);
    }
    pd_config_done(&config);
    return g_steal_pointer(&self);
}

static void
free_rows(Products *self)
{
    g_free(self->rows.values);
    g_free(self->rows.scale);
    g_free(self->rows.zero);
    g_free(self->x);
    g_free(self->y);
}

void
products_free(Products *self)
{
    if (self == NULL)
        return;
    for (size_t i = 0; i < n_matrices(self); i++) {
        int8_done(&self->int8[i]);
        g_free(self->fp32[i].weight);
        g_free(self->fp32[i].bias);
    }
    g_free(self->int8);
    g_free(self->fp32);
    free_rows(self);
    g_free(self);
}

static void
make_room(Products *self, size_t n_tokens)
{
    if (n_tokens <= self->n_tokens)
        return;
    free_rows(self);
    self->rows.values = g_new0(int16_t, n_tokens * self->widest); /* enough for uint8_t too */
    self->rows.scale = g_new0(float, n_tokens);
    self->rows.zero = g_new0(float, n_tokens);
    self->x = g_new(float, n_tokens * self->widest);
    self->y = g_new(float, n_tokens * self->widest);
    for (size_t i = 0; i < n_tokens * self->widest; i++)
        self->x[i] = 1e-2f * (float)(i % 97);
    self->n_tokens = n_tokens;
}

static void
multiply(Products *self, size_t i, size_t n_tokens)
{
    const PdInt8Linear *int8 = &self->int8[i];
    const PdLinear *fp32 = &self->fp32[i];

    if (self->kernel != NULL)
        self->kernel->product(int8, &self->rows, n_tokens, self->y, int8->n_panels * PD_INT8_OUTS);
    else
        pd_linear(fp32, self->x, n_tokens, self->y, fp32->n_out);
}

void
products_run(Products *self, size_t n_tokens)
{
    make_room(self, n_tokens);
    for (size_t i = 0; i < self->n_layers * N_MATRICES; i++)
        multiply(self, self->in_turn ? i : i / self->n_layers, n_tokens);
}
