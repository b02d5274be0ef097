/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/http/answer.h"

#include "plugin/client/proofd.h"

#include <glib/gi18n-lib.h>
#include <json-glib/json-glib.h>

#define API_VERSION 1

static void
add_string(JsonBuilder *json, const char *name, const char *value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_string_value(json, value);
}

static void
add_int(JsonBuilder *json, const char *name, gint64 value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_int_value(json, value);
}

static void
add_bool(JsonBuilder *json, const char *name, gboolean value)
{
    json_builder_set_member_name(json, name);
    json_builder_add_boolean_value(json, value);
}

static void
begin_object(JsonBuilder *json, const char *name)
{
    json_builder_set_member_name(json, name);
    json_builder_begin_object(json);
}

static char *
to_text(JsonBuilder *json)
{
    g_autoptr(JsonNode) root = json_builder_get_root(json);

    return json_to_string(root, FALSE);
}

static void
add_software(JsonBuilder *json)
{
    begin_object(json, "software");
    add_string(json, "name", "proofd");
    add_string(json, "version", PD_VERSION);
    add_string(json, "buildDate", "");
    add_int(json, "apiVersion", API_VERSION);
    add_bool(json, "premium", FALSE);
    add_string(json, "status", "");
    json_builder_end_object(json);
}

char *
pd_http_answer_info(void)
{
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    add_software(json);
    json_builder_end_object(json);
    return to_text(json);
}

char *
pd_http_answer_languages(const PdHttpLanguages *languages)
{
    const GPtrArray *list = pd_http_languages_peek(languages);
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_array(json);
    for (guint i = 0; i < list->len; i++) {
        const PdHttpLanguage *language = g_ptr_array_index(list, i);

        json_builder_begin_object(json);
        add_string(json, "name", language->name);
        add_string(json, "code", language->code);
        add_string(json, "longCode", language->long_code);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
    return to_text(json);
}

static void
add_configured_rule(JsonBuilder *json, const PdHttpRule *rule)
{
    json_builder_begin_object(json);
    add_string(json, "ruleId", rule->id);
    add_string(json, "description", _(rule->description));
    if (g_str_equal(rule->type_name, "UnknownWord"))
        add_string(json, "isDictionaryBasedSpellingRule", "yes");
    add_string(json, "categoryId", rule->category_id);
    add_string(json, "categoryName", _(rule->category_name));
    add_string(json, "locQualityIssueType", rule->issue_type);
    json_builder_end_object(json);
}

char *
pd_http_answer_configuration(size_t max_utf16)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    size_t n;
    const PdHttpRule *rules = pd_http_rules(&n);

    json_builder_begin_object(json);
    add_software(json);
    begin_object(json, "parameter");
    add_int(json, "maxTextLength", (gint64)max_utf16);
    json_builder_end_object(json);
    json_builder_set_member_name(json, "rules");
    json_builder_begin_array(json);
    for (size_t i = 0; i < n; i++)
        add_configured_rule(json, &rules[i]);
    json_builder_end_array(json);
    json_builder_end_object(json);
    return to_text(json);
}

char *
pd_http_answer_words(const char *const *words, guint64 offset, guint64 limit)
{
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    json_builder_set_member_name(json, "words");
    json_builder_begin_array(json);
    for (guint64 i = 0; words[i] != NULL; i++)
        if (i >= offset && i - offset < limit)
            json_builder_add_string_value(json, words[i]);
    json_builder_end_array(json);
    json_builder_end_object(json);
    return to_text(json);
}

char *
pd_http_answer_bool(const char *name, gboolean value)
{
    g_autoptr(JsonBuilder) json = json_builder_new();

    json_builder_begin_object(json);
    add_bool(json, name, value);
    json_builder_end_object(json);
    return to_text(json);
}

/* --- check ------------------------------------------------------------------- */

static void
add_language(JsonBuilder *json, const PdHttpLanguage *given, const PdHttpLanguage *detected,
             double confidence)
{
    const PdHttpLanguage *shown = detected != NULL ? detected : given;

    begin_object(json, "language");
    add_string(json, "name", given->name);
    add_string(json, "code", given->long_code);
    begin_object(json, "detectedLanguage");
    add_string(json, "name", shown->name);
    add_string(json, "code", shown->long_code);
    json_builder_set_member_name(json, "confidence");
    json_builder_add_double_value(json, detected != NULL ? confidence : 0);
    add_string(json, "source", detected != NULL ? "ngram" : "fallback");
    json_builder_end_object(json);
    json_builder_end_object(json);
}

/* Does it need a word beside the place, because nothing is there now or nothing would be then? */
static bool
is_bare(const ProofdFinding *finding)
{
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);

        if (*candidate->text == '\0')
            return true;
    }
    return finding->length == 0;
}

static void
add_replacements(JsonBuilder *json, const PdHttpText *text, const ProofdFinding *finding,
                 PdHttpRange bare, PdHttpRange place)
{
    g_autofree char *before = pd_http_text_slice(text, (PdHttpRange){ place.start, bare.start });
    g_autofree char *after = pd_http_text_slice(text, (PdHttpRange){ bare.end, place.end });

    json_builder_set_member_name(json, "replacements");
    json_builder_begin_array(json);
    for (guint i = 0; i < finding->candidates->len; i++) {
        const ProofdCandidate *candidate = g_ptr_array_index(finding->candidates, i);
        g_autofree char *value = g_strconcat(before, candidate->text, after, NULL);

        json_builder_begin_object(json);
        add_string(json, "value", value);
        json_builder_end_object(json);
    }
    json_builder_end_array(json);
}

static void
add_context(JsonBuilder *json, const PdHttpText *text, PdHttpRange original)
{
    size_t offset;
    g_autofree char *context = pd_http_text_context(text, original, &offset);

    begin_object(json, "context");
    add_string(json, "text", context);
    add_int(json, "offset", (gint64)offset);
    add_int(json, "length", (gint64)(original.end - original.start));
    json_builder_end_object(json);
}

static void
add_rule(JsonBuilder *json, const PdHttpRule *known, const char *rule)
{
    g_autofree char *id = pd_http_rule_id(known, rule);

    begin_object(json, "rule");
    add_string(json, "id", id);
    add_string(json, "description", _(known->description));
    add_string(json, "issueType", known->issue_type);
    begin_object(json, "category");
    add_string(json, "id", known->category_id);
    add_string(json, "name", _(known->category_name));
    json_builder_end_object(json);
    json_builder_end_object(json);
}

static void
add_match(JsonBuilder *json, const PdHttpText *text, const GArray *sentences,
          const ProofdFinding *finding)
{
    const PdHttpRule *known = pd_http_rule_find(finding->rule);
    PdHttpRange bare = { finding->start, (size_t)finding->start + finding->length };
    PdHttpRange place = is_bare(finding) ? pd_http_text_widen(text, bare) : bare;
    PdHttpRange original = pd_http_text_original(text, place);
    g_autofree char *sentence =
        pd_http_text_slice(text, pd_http_sentence_at(sentences, bare.start));

    json_builder_begin_object(json);
    add_string(json, "message", finding->message);
    add_string(json, "shortMessage", _(known->description));
    add_replacements(json, text, finding, bare, place);
    add_int(json, "offset", (gint64)original.start);
    add_int(json, "length", (gint64)(original.end - original.start));
    add_context(json, text, original);
    add_string(json, "sentence", sentence);
    begin_object(json, "type");
    add_string(json, "typeName", known->type_name);
    json_builder_end_object(json);
    add_rule(json, known, finding->rule);
    add_bool(json, "ignoreForIncompleteSentence", known->needs_sentence);
    add_int(json, "contextForSureMatch", known->needs_sentence ? -1 : 0);
    json_builder_end_object(json);
}

static void
add_sentence_ranges(JsonBuilder *json, const PdHttpText *text, const GArray *sentences)
{
    json_builder_set_member_name(json, "sentenceRanges");
    json_builder_begin_array(json);
    for (guint i = 0; i < sentences->len; i++) {
        PdHttpRange range = pd_http_text_original(text, g_array_index(sentences, PdHttpRange, i));

        json_builder_begin_array(json);
        json_builder_add_int_value(json, (gint64)range.start);
        json_builder_add_int_value(json, (gint64)range.end);
        json_builder_end_array(json);
    }
    json_builder_end_array(json);
}

char *
pd_http_answer_check(const PdHttpCheckRequest *request, const PdHttpLanguage *given,
                     const PdHttpLanguage *detected, double confidence, const GPtrArray *findings)
{
    g_autoptr(JsonBuilder) json = json_builder_new();
    g_autoptr(GArray) sentences = pd_http_text_sentences(request->text, given->dictionary);

    json_builder_begin_object(json);
    add_software(json);
    begin_object(json, "warnings");
    add_bool(json, "incompleteResults", FALSE);
    json_builder_end_object(json);
    add_language(json, given, detected, confidence);
    json_builder_set_member_name(json, "matches");
    json_builder_begin_array(json);
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        if (pd_http_filter_accepts(&request->filter, finding->rule))
            add_match(json, request->text, sentences, finding);
    }
    json_builder_end_array(json);
    add_sentence_ranges(json, request->text, sentences);
    json_builder_end_object(json);
    return to_text(json);
}
