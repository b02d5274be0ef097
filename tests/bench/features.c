/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * features.c - what the engine's ranking of repairs is fitted to (model/training/ranking.py)
 *
 * features MODELS_DIR LANGUAGE. Each line of standard input: {"text": a sentence}. Each line of
 * standard output: its doubtful places, [{"start", "end", "unknown", "wrong", "proposals":
 * [{"start", "end", "text", "features": [PD_N_FEATURES numbers]}]}], positions in bytes.
 */
#include "daemon/engine/candidates.h"
#include "daemon/engine/sentence.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#define MAX_JUDGED 12
#define LEAST_WRONG 0.03
#define LEAST_SCORE -2.5 /* log-odds of the best repair, unjudged, against leaving the place */

static void
add_proposals(JsonBuilder *out, const GPtrArray *proposals)
{
    json_builder_begin_array(out);
    for (guint i = 0; i < proposals->len; i++) {
        const PdProposal *p = proposals->pdata[i];

        json_builder_begin_object(out);
        json_builder_set_member_name(out, "start");
        json_builder_add_int_value(out, p->start);
        json_builder_set_member_name(out, "end");
        json_builder_add_int_value(out, p->end);
        json_builder_set_member_name(out, "text");
        json_builder_add_string_value(out, p->text);
        json_builder_set_member_name(out, "features");
        json_builder_begin_array(out);
        for (guint k = 0; k < PD_N_FEATURES; k++)
            json_builder_add_double_value(out, p->features[k]);
        json_builder_end_array(out);
        json_builder_end_object(out);
    }
    json_builder_end_array(out);
}

static void
add_site(JsonBuilder *out, PdResources *resources, const PdSite *site)
{
    g_autoptr(GPtrArray) proposals = pd_candidates_propose(resources, site);

    if (proposals->len == 0)
        return;
    if (!site->unknown && site->wrong < LEAST_WRONG &&
        ((PdProposal *)proposals->pdata[0])->score - pd_candidates_keep_score(resources, site) <
            LEAST_SCORE)
        return;
    (void)pd_candidates_judge(resources, site, proposals, MAX_JUDGED, NULL);
    json_builder_begin_object(out);
    json_builder_set_member_name(out, "start");
    json_builder_add_int_value(out, site->start);
    json_builder_set_member_name(out, "end");
    json_builder_add_int_value(out, site->end);
    json_builder_set_member_name(out, "unknown");
    json_builder_add_boolean_value(out, site->unknown);
    json_builder_set_member_name(out, "wrong");
    json_builder_add_double_value(out, site->wrong);
    json_builder_set_member_name(out, "proposals");
    add_proposals(out, proposals);
    json_builder_end_object(out);
}

static void
add_sites(JsonBuilder *out, PdResources *resources, const char *text)
{
    g_autoptr(PdSentence) s = pd_sentence_new(resources, g_strdup(text));
    const char *const texts[] = { text };

    (void)pd_judge_texts(resources->judge, texts, 1, NULL);
    pd_sentence_take_answers(s, resources->judge, 0);
    for (guint i = 0; i < s->tokens->len; i++) {
        const PdToken *token = &g_array_index(s->tokens, PdToken, i);
        const bool is_word = token->kind == PD_TOKEN_WORD;
        const PdSite site = { .text = text,
                              .grams = s->grams,
                              .start = token->start,
                              .end = token->end,
                              .wrong = s->wrong[i],
                              .unknown = is_word && !pd_sentence_knows(s, resources, i) };

        if (is_word || (token->kind == PD_TOKEN_PUNCT && site.wrong >= LEAST_WRONG))
            add_site(out, resources, &site);
    }
}

static bool
answer(PdResources *resources, const char *line, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(JsonBuilder) out = json_builder_new();
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    if (!json_parser_load_from_data(parser, line, -1, error))
        return false;
    json_builder_begin_array(out);
    add_sites(
        out, resources,
        json_object_get_string_member(json_node_get_object(json_parser_get_root(parser)), "text"));
    json_builder_end_array(out);
    root = json_builder_get_root(out);
    json_generator_set_root(generator, root);
    text = json_generator_to_data(generator, NULL);
    puts(text);
    fflush(stdout);
    return true;
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(PdModels) models = NULL;
    g_autoptr(PdResources) resources = NULL;
    g_autofree char *line = NULL;
    size_t size = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: %s MODELS_DIR LANGUAGE\n", argv[0]);
        return 2;
    }
    models = pd_models_new(argv[1]);
    resources = pd_resources_new(models, argv[2], &error);
    while (resources != NULL && resources->judge != NULL && getline(&line, &size, stdin) > 0)
        if (!answer(resources, line, &error))
            break;
    if (error == NULL && resources->judge != NULL)
        return 0;
    fprintf(stderr, "%s: %s\n", argv[0], error != NULL ? error->message : "there is no model");
    return 2;
}
