/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* model.safetensors: as a file of tensors, and as the weights of a small model that then runs. */
#include "model/electra.h"
#include "model/weights.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#define N_TOKENS 4
#define PREFIX_BYTES 8
#define MAX_SIZE 65536

/* What corpus/weights has weights for. */
static const char config[] =
    "{\"model_type\":\"electra\",\"architectures\":[\"ElectraForPreTraining\"],"
    "\"vocab_size\":8,\"embedding_size\":4,\"hidden_size\":4,\"num_hidden_layers\":1,"
    "\"num_attention_heads\":1,\"intermediate_size\":8,\"max_position_embeddings\":8,"
    "\"type_vocab_size\":2,\"hidden_act\":\"gelu\",\"layer_norm_eps\":1e-12}";
static const char vocab[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##c\n";

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_free(fuzz_write("config.json", (const uint8_t *)config, strlen(config)));
    g_free(fuzz_write("vocab.txt", (const uint8_t *)vocab, strlen(vocab)));
    return 0;
}

static void
read_tensor(const PdWeights *weights, const char *name)
{
    g_autofree float *numbers = NULL;

    for (size_t n_rows = 0; n_rows <= 8; n_rows++)
        for (size_t n_cols = 0; n_cols <= 8; n_cols++) {
            const PdTensor *tensor = pd_weights_get(weights, name, n_rows, n_cols, NULL);

            if (tensor == NULL)
                continue;
            g_free(numbers);
            numbers = g_new(float, n_rows *MAX(n_cols, 1) + 1);
            pd_tensor_rows(tensor, 0, n_cols == 0 ? 1 : n_rows, numbers);
        }
}

/* All tensors that the index names; it is JSON after 8 bytes of length, or nothing to look at. */
static void
read_tensors(const PdWeights *weights, const uint8_t *data, size_t size)
{
    uint64_t length;
    g_autoptr(JsonParser) parser = NULL;
    g_autoptr(GList) names = NULL;

    g_assert_cmpuint(size, >=, PREFIX_BYTES);
    memcpy(&length, data, PREFIX_BYTES);
    length = GUINT64_FROM_LE(length);
    g_assert_cmpuint(length, <=, size - PREFIX_BYTES);
    parser = pd_json_parse("index", (const char *)data + PREFIX_BYTES, length, NULL);
    g_assert_nonnull(parser);
    names = json_object_get_members(json_node_get_object(json_parser_get_root(parser)));
    for (GList *link = names; link != NULL; link = link->next)
        read_tensor(weights, link->data);
}

static void
run_model(PdModel *model)
{
    static const int32_t ids[N_TOKENS] = { 5, 6, 7, 5 };
    static const uint8_t types[N_TOKENS] = { 0, 1, 0, 1 };
    const PdSequence sequence = { .ids = ids, .types = types, .n_tokens = N_TOKENS };
    g_autoptr(PdRun) run = pd_run_new(model);
    g_autofree float *logits = g_new(float, N_TOKENS *pd_model_n_labels(model));

    g_assert_true(pd_run_logits(run, &sequence, 1, NULL, logits));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *path = NULL;
    g_autofree char *hash = NULL;
    g_autoptr(PdWeights) weights = NULL;
    g_autoptr(PdModel) model = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) model_error = NULL;

    if (size > MAX_SIZE)
        return -1;
    path = fuzz_write("model.safetensors", data, size);
    weights = pd_weights_open(path, &error);
    g_assert_true((weights == NULL) == (error != NULL));
    if (weights != NULL) {
        read_tensors(weights, data, size);
        hash = pd_weights_hash(weights);
    }
    model = pd_model_load(fuzz_folder(), &model_error);
    g_assert_true((model == NULL) == (model_error != NULL));
    if (model != NULL)
        run_model(model);
    return 0;
}
