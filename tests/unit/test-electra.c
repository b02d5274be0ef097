/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of tests/golden come from model/training/reference.py, which has the same formula. */
#include "model/error.h"
#include "model/kernels.h"
#include "tests/unit/formula.h"

#include <glib.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define TOLERANCE 1e-4 /* of logits in float32 */
/* Of P(wrong) with activations of 8 bits: the mean difference; the largest may be 50 times that. */
#define INT8_SHIPPED 0.002
#define INT8_FORMULA 0.15 /* twelve layers of noise, where every rounding counts */

/* --- golden numbers --- */

static JsonParser *
parse_golden(const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", name, NULL);
    JsonParser *parser = json_parser_new();
    g_autoptr(GError) error = NULL;

    json_parser_load_from_file(parser, path, &error);
    g_assert_no_error(error);
    return parser;
}

/* Fails on NaN, too. Returns the largest difference. */
static double
compare(const float *logits, JsonArray *wanted, size_t n)
{
    double worst = 0.0;

    g_assert_cmpuint(json_array_get_length(wanted), ==, n);
    for (guint i = 0; i < n; i++) {
        double difference = fabs((double)logits[i] - json_array_get_double_element(wanted, i));

        g_assert_true(difference <= TOLERANCE);
        worst = fmax(worst, difference);
    }
    return worst;
}

/* Against golden logits, in float32. Returns the largest difference. */
static double
check_sequences(PdModel *model, const GArray *all, const GPtrArray *wanted)
{
    g_autofree float *logits = formula_run(model, all);
    const float *at = logits;
    double worst = 0.0;

    for (guint i = 0; i < all->len; i++) {
        const size_t n = g_array_index(all, Tokens, i).sequence.n_tokens * pd_model_n_labels(model);

        worst = fmax(worst, compare(at, wanted->pdata[i], n));
        at += n;
    }
    return worst;
}

/* Against the chances of golden logits, in int8. */
static void
check_chances(PdModel *model, const GArray *all, const GPtrArray *wanted, double tolerance)
{
    g_autofree float *logits = formula_run(model, all);
    const size_t n_labels = pd_model_n_labels(model);
    const float *at = logits;
    double sum = 0.0, worst = 0.0, n = 0.0;

    for (guint i = 0; i < all->len; i++) {
        for (size_t t = 0; t < g_array_index(all, Tokens, i).sequence.n_tokens; t++) {
            g_autofree float *golden = g_new(float, n_labels);
            double difference;

            for (size_t l = 0; l < n_labels; l++, at++)
                golden[l] = (float)json_array_get_double_element(wanted->pdata[i],
                                                                 (guint)(t * n_labels + l));
            difference = fabs((double)pd_logits_wrong(at - n_labels, n_labels) -
                              (double)pd_logits_wrong(golden, n_labels));
            g_assert_true(difference <= 50 * tolerance); /* NaN fails, too */
            worst = fmax(worst, difference);
            sum += difference;
            n += 1.0;
        }
    }
    g_test_message("%s: P(wrong) differs by %g in the mean, %g at most", pd_model_kernel(model),
                   sum / n, worst);
    g_assert_cmpfloat(sum / n, <=, tolerance);
}

static char *
shipped_dir(void)
{
    return g_test_build_filename(G_TEST_DIST, "..", "model", "data", "en", NULL);
}

/* Sentences of logits.json: Tokens into @all, their logits into @wanted. */
static JsonParser *
read_golden(GArray *all, GPtrArray *wanted)
{
    JsonParser *parser = parse_golden("logits.json");
    JsonArray *entries = json_node_get_array(json_parser_get_root(parser));
    size_t longest = 0;

    g_array_set_clear_func(all, (GDestroyNotify)formula_clear);
    for (guint i = 0; i < json_array_get_length(entries); i++) {
        JsonObject *entry = json_array_get_object_element(entries, i);
        JsonArray *ids = json_object_get_array_member(entry, "ids");
        JsonArray *types = json_object_get_array_member(entry, "types");
        Tokens tokens = formula_tokens(json_array_get_length(ids));

        for (guint t = 0; t < tokens.sequence.n_tokens; t++) {
            tokens.ids[t] = (int32_t)json_array_get_int_element(ids, t);
            tokens.types[t] = (uint8_t)json_array_get_int_element(types, t);
        }
        longest = MAX(longest, tokens.sequence.n_tokens);
        g_array_append_val(all, tokens);
        g_ptr_array_add(wanted, json_object_get_array_member(entry, "logits"));
    }
    g_assert_cmpuint(longest, >, 512);
    return parser;
}

static void
test_shipped(void)
{
    g_autofree char *dir = shipped_dir();
    g_autoptr(PdModel) model = formula_load(dir);
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Tokens));
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    g_autoptr(JsonParser) parser = read_golden(all, wanted);

    g_assert_cmpstr(pd_model_kernel(model), ==, "fp32");
    g_test_message("largest difference %g", check_sequences(model, all, wanted));
}

/* Every kernel that this processor runs. */
static void
check_kernels(const char *dir, const GArray *all, const GPtrArray *wanted, double tolerance,
              bool with_plain)
{
    for (size_t i = 0; pd_kernels[i] != NULL; i++) {
        g_autoptr(PdModel) model = NULL;

        if (!pd_kernels[i]->runs() || !(pd_kernels[i]->int8_pays || with_plain))
            continue;
        g_setenv("PD_KERNEL", pd_kernels[i]->name, TRUE);
        model = formula_load(dir);
        g_assert_cmpstr(pd_model_kernel(model), ==, pd_kernels[i]->name);
        check_chances(model, all, wanted, tolerance);
    }
    g_setenv("PD_KERNEL", "fp32", TRUE);
}

static void
test_shipped_int8(void)
{
    g_autofree char *dir = shipped_dir();
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Tokens));
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    g_autoptr(JsonParser) parser = read_golden(all, wanted);

    check_kernels(dir, all, wanted, INT8_SHIPPED, false); /* a plain loop takes half a minute */
}

/* In int8 a sentence's logits are bit for bit the same, whatever stands beside it in a pass. */
static void
check_alone(const PdModel *model, PdRun *run, const GArray *all, guint first, guint n)
{
    const size_t n_labels = pd_model_n_labels(model);
    g_autofree PdSequence *sequences = g_new(PdSequence, n);
    g_autofree float *together = NULL;
    const float *at;
    size_t n_tokens = 0;

    for (guint i = 0; i < n; i++) {
        sequences[i] = g_array_index(all, Tokens, (first + i) % all->len).sequence;
        n_tokens += sequences[i].n_tokens;
    }
    at = together = g_new(float, n_tokens *n_labels);
    g_assert_true(pd_run_logits(run, sequences, n, NULL, together));
    for (guint i = 0; i < n; i++) {
        const size_t size = sequences[i].n_tokens * n_labels;
        g_autofree float *alone = g_new(float, size);

        g_assert_true(pd_run_logits(run, &sequences[i], 1, NULL, alone));
        g_assert_cmpmem(alone, size * sizeof *alone, at, size * sizeof *at);
        at += size;
    }
}

static void
test_alone_or_not(void)
{
    g_autofree char *dir = shipped_dir();
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Tokens));
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();
    g_autoptr(JsonParser) parser = read_golden(all, wanted);

    for (size_t k = 0; pd_kernels[k] != NULL; k++) {
        g_autoptr(PdModel) model = NULL;
        g_autoptr(PdRun) run = NULL;

        if (!pd_kernels[k]->runs() || !pd_kernels[k]->int8_pays)
            continue;
        g_setenv("PD_KERNEL", pd_kernels[k]->name, TRUE);
        model = formula_load(dir);
        run = pd_run_new(model);
        for (guint first = 0; first < all->len; first += 3)
            check_alone(model, run, all, first, 1 + first % 7);
    }
    g_setenv("PD_KERNEL", "fp32", TRUE);
}

static void
test_kernel_choice(void)
{
    g_autofree char *dir = shipped_dir();
    const PdKernel *fastest = pd_kernel_find(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdModel) model = NULL;

    g_setenv("PD_KERNEL", "abacus", TRUE);
    g_assert_null(pd_model_load(dir, &error));
    g_assert_error(error, PD_MODEL_ERROR, PD_MODEL_ERROR_UNSUPPORTED);
    g_assert_true(strstr(error->message, "PD_KERNEL=abacus: ") != NULL);
    g_assert_true(strstr(error->message, "fp32, ") != NULL);
    g_assert_true(strstr(error->message, fastest->name) != NULL);
    g_unsetenv("PD_KERNEL");
    model = formula_load(dir);
    g_assert_cmpstr(pd_model_kernel(model), ==, fastest->int8_pays ? fastest->name : "fp32");
    g_setenv("PD_KERNEL", "fp32", TRUE);
}

static Shape
read_shape(JsonObject *entry)
{
    JsonObject *c = json_object_get_object_member(entry, "config");

    return (Shape){
        .vocab = (size_t)json_object_get_int_member(c, "vocab_size"),
        .embedding = (size_t)json_object_get_int_member(c, "embedding_size"),
        .hidden = (size_t)json_object_get_int_member(c, "hidden_size"),
        .layers = (size_t)json_object_get_int_member(c, "num_hidden_layers"),
        .heads = (size_t)json_object_get_int_member(c, "num_attention_heads"),
        .ffn = (size_t)json_object_get_int_member(c, "intermediate_size"),
        .positions = (size_t)json_object_get_int_member(c, "max_position_embeddings"),
        .types = (size_t)json_object_get_int_member(c, "type_vocab_size"),
        .labels = (size_t)json_object_get_int_member(entry, "n_labels"),
        .dtype = json_object_get_string_member(entry, "dtype"),
    };
}

static void
check_shape(JsonObject *entry)
{
    Shape shape = read_shape(entry);
    g_autofree char *dir = formula_write(&shape);
    g_autoptr(GError) error = NULL;
    g_autoptr(PdModel) model = pd_model_load(dir, &error);
    JsonArray *lengths = json_object_get_array_member(entry, "lengths");
    JsonArray *logits = json_object_get_array_member(entry, "logits");
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Tokens));
    g_autoptr(GPtrArray) wanted = g_ptr_array_new();

    g_assert_no_error(error);
    g_array_set_clear_func(all, (GDestroyNotify)formula_clear);
    for (guint s = 0; s < json_array_get_length(lengths); s++) {
        Tokens tokens = formula_tokens((size_t)json_array_get_int_element(lengths, s));
        g_autofree char *ids = g_strdup_printf("ids %u", s);
        g_autofree char *types = g_strdup_printf("types %u", s);
        guint32 id_seed = formula_seed(ids), type_seed = formula_seed(types);

        for (size_t t = 0; t < tokens.sequence.n_tokens; t++) {
            tokens.ids[t] = (int32_t)(FORMULA_SPECIAL +
                                      formula_number(id_seed, t) % (shape.vocab - FORMULA_SPECIAL));
            tokens.types[t] = (uint8_t)(formula_number(type_seed, t) % shape.types);
        }
        g_array_append_val(all, tokens);
        g_ptr_array_add(wanted, json_array_get_array_element(logits, s));
    }
    g_test_message("%s: largest difference %g", json_object_get_string_member(entry, "name"),
                   check_sequences(model, all, wanted));
    if (g_str_equal(shape.dtype, "I8"))
        check_kernels(dir, all, wanted, INT8_FORMULA, true);
    formula_remove(dir);
}

static void
test_shapes(void)
{
    g_autoptr(JsonParser) parser = parse_golden("shapes.json");
    JsonArray *entries = json_node_get_array(json_parser_get_root(parser));

    for (guint i = 0; i < json_array_get_length(entries); i++)
        check_shape(json_array_get_object_element(entries, i));
}

/* --- the rest of the interface --- */

static const Shape tiny = { 16, 8, 8, 2, 2, 16, 32, 4, 3, "F32", 0, { 0.0f, 0.0f } };

static void
test_properties(void)
{
    g_autofree char *dir = formula_write(&tiny);
    g_autofree char *base = g_path_get_basename(dir);
    g_autofree char *weights = g_build_filename(dir, "model.safetensors", NULL);
    g_autofree char *hash = NULL, *contents = NULL, *wanted = NULL;
    g_autoptr(PdModel) model = pd_model_load(dir, NULL);
    gsize length;

    g_assert_nonnull(model);
    g_assert_cmpuint(pd_model_n_labels(model), ==, 3);
    g_assert_cmpuint(pd_model_n_types(model), ==, 4);
    g_assert_cmpstr(pd_model_label(model, 0), ==, "O");
    g_assert_cmpstr(pd_model_label(model, 2), ==, "kind2");
    g_assert_null(pd_model_label(model, 3));
    g_assert_cmpstr(pd_model_name(model), ==, base);
    g_assert_cmpint(pd_wordpiece_id(pd_model_wordpiece(model), "w7"), ==, 7);
    hash = pd_model_hash(model);
    g_assert_true(g_file_get_contents(weights, &contents, &length, NULL));
    wanted = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)contents, length);
    g_assert_cmpstr(hash, ==, wanted);
    formula_remove(dir);
}

static void
test_empty_and_cancelled(void)
{
    g_autofree char *dir = formula_write(&tiny);
    g_autoptr(PdModel) model = pd_model_load(dir, NULL);
    g_autoptr(PdRun) run = pd_run_new(model);
    const int32_t ids[] = { 5, 6, 7 };
    const uint8_t types[] = { 0, 3, 1 };
    const PdSequence sequences[] = { { NULL, NULL, 0, false, NULL },
                                     { ids, types, 3, false, NULL },
                                     { ids, types, 0, false, NULL } };
    float logits[9], again[9];
    int cancel = 1;

    g_assert_true(pd_run_logits(run, NULL, 0, NULL, NULL));
    g_assert_true(pd_run_logits(run, sequences, 1, NULL, NULL));
    g_assert_false(pd_run_logits(run, sequences, 3, &cancel, logits));
    cancel = 0;
    g_assert_true(pd_run_logits(run, sequences, 3, &cancel, logits));
    g_assert_true(pd_run_logits(run, &sequences[1], 1, NULL, again));
    for (size_t i = 0; i < G_N_ELEMENTS(logits); i++)
        g_assert_true(fabsf(logits[i] - again[i]) <= 1e-6f);
    formula_remove(dir);
}

static void
test_case_types(void)
{
    static const struct {
        const char *word;
        PdCaseType type;
    } cases[] = {
        { "word", PD_CASE_LOWER },    { "Word", PD_CASE_CAPITALISED },
        { "I", PD_CASE_CAPITALISED }, { "WORD", PD_CASE_UPPER },
        { "AB", PD_CASE_UPPER },      { "iPhone", PD_CASE_MIXED },
        { "McCoy", PD_CASE_MIXED },   { "WORd", PD_CASE_MIXED },
        { "I'm", PD_CASE_LOWER },     { "\xc3\x89t\xc3\xa9", PD_CASE_LOWER },
        { "", PD_CASE_LOWER },        { "A1", PD_CASE_LOWER },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(pd_case_type(cases[i].word, strlen(cases[i].word)), ==, cases[i].type);
    g_assert_cmpint(pd_case_type("Word", 1), ==, PD_CASE_CAPITALISED);
}

static void
test_chances(void)
{
    const float one[] = { 0.0f }, sure[] = { 80.0f }, three[] = { 1.0f, 1.0f, 1.0f };
    const float far[] = { 1000.0f, -1000.0f }, other[] = { -1000.0f, 1000.0f };
    const float broken[] = { 0.0f, NAN };

    g_assert_true(fabsf(pd_logits_wrong(one, 1) - 0.5f) <= 1e-6f);
    g_assert_true(fabsf(pd_logits_wrong(sure, 1) - 1.0f) <= 1e-6f);
    g_assert_true(fabsf(pd_logits_wrong(three, 3) - 2.0f / 3.0f) <= 1e-6f);
    g_assert_true(fabsf(pd_logits_wrong(far, 2)) <= 1e-6f);
    g_assert_true(fabsf(pd_logits_wrong(other, 2) - 1.0f) <= 1e-6f);
    g_assert_true(isnan(pd_logits_wrong(broken, 2)));
}

static void
test_references(void)
{
    g_autofree char *dir = formula_write(&tiny);
    PdModel *model = pd_model_load(dir, NULL);
    g_autoptr(PdRun) run = pd_run_new(model);
    const int32_t ids[] = { 5, -1, 1000 }; /* two that are in no vocabulary count as unknown */
    const uint8_t types[] = { 0, 0, 0 };
    const PdSequence sequence = { ids, types, 3, false, NULL };
    float logits[9];

    pd_model_unref(model); /* the run keeps its own */
    g_assert_true(pd_run_logits(run, &sequence, 1, NULL, logits));
    for (size_t i = 0; i < G_N_ELEMENTS(logits); i++)
        g_assert_true(isfinite(logits[i]));
    pd_model_unref(NULL);
    pd_run_free(NULL);
    formula_remove(dir);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_setenv("PD_KERNEL", "fp32", TRUE);
    g_test_add_func("/model/electra/shipped", test_shipped);
    g_test_add_func("/model/electra/shipped-int8", test_shipped_int8);
    g_test_add_func("/model/electra/alone-or-not", test_alone_or_not);
    g_test_add_func("/model/electra/kernel-choice", test_kernel_choice);
    g_test_add_func("/model/electra/shapes", test_shapes);
    g_test_add_func("/model/electra/properties", test_properties);
    g_test_add_func("/model/electra/empty-and-cancelled", test_empty_and_cancelled);
    g_test_add_func("/model/electra/case-types", test_case_types);
    g_test_add_func("/model/electra/chances", test_chances);
    g_test_add_func("/model/electra/references", test_references);
    return g_test_run();
}
