/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/bus-explanation.h"

#include "daemon/bus-args.h"
#include "dbus/protocol.h"

typedef struct {
    const PdExplanation *explanation;
    const char *text;
    PdOffsets unit;
} Source;

static void
append_place(DBusMessageIter *fields, PdSpan place, PdOffsetCursor *cursor)
{
    const size_t start = pd_offset_cursor_at(cursor, place.start);

    pd_bus_append_uint32(fields, (uint32_t)start);
    pd_bus_append_uint32(fields, (uint32_t)(pd_offset_cursor_at(cursor, place.end) - start));
}

static void
append_span(DBusMessageIter *value, const Source *source, PdSpan span)
{
    PdOffsetCursor cursor;
    DBusMessageIter fields;

    pd_offset_cursor_init(&cursor, source->text, source->unit);
    pd_bus_open(value, DBUS_TYPE_STRUCT, NULL, &fields);
    append_place(&fields, span, &cursor);
    pd_bus_close(value, &fields);
}

static void
append_sentence(DBusMessageIter *value, const Source *source)
{
    append_span(value, source, source->explanation->sentence);
}

static void
append_words(DBusMessageIter *value, const Source *source)
{
    append_span(value, source, source->explanation->place);
}

static void
append_known(DBusMessageIter *value, const Source *source)
{
    pd_bus_append_bool(value, source->explanation->known);
}

static void
append_chances(DBusMessageIter *value, const Source *source)
{
    const GArray *chances = source->explanation->chances;
    DBusMessageIter array, fields;

    pd_bus_open(value, DBUS_TYPE_ARRAY, "(sd)", &array);
    for (guint i = 0; i < chances->len; i++) {
        const PdChance *chance = &g_array_index(chances, PdChance, i);

        pd_bus_open(&array, DBUS_TYPE_STRUCT, NULL, &fields);
        pd_bus_append_string(&fields, chance->name);
        pd_bus_append_double(&fields, chance->chance);
        pd_bus_close(&array, &fields);
    }
    pd_bus_close(value, &array);
}

static void
append_contributions(DBusMessageIter *value, const Source *source)
{
    const GArray *contributions = source->explanation->contributions;
    PdOffsetCursor cursor;
    DBusMessageIter array, fields;

    pd_offset_cursor_init(&cursor, source->text, source->unit);
    pd_bus_open(value, DBUS_TYPE_ARRAY, "(uud)", &array);
    for (guint i = 0; i < contributions->len; i++) {
        const PdContribution *c = &g_array_index(contributions, PdContribution, i);

        pd_bus_open(&array, DBUS_TYPE_STRUCT, NULL, &fields);
        append_place(&fields, c->place, &cursor);
        pd_bus_append_double(&fields, c->log_odds);
        pd_bus_close(&array, &fields);
    }
    pd_bus_close(value, &array);
}

static void
append_findings(DBusMessageIter *value, const Source *source)
{
    pd_bus_append_findings(value, source->explanation->findings, source->text, source->unit);
}

static void
append_pages(DBusMessageIter *value, const Source *source)
{
    const GArray *pages = source->explanation->pages;
    DBusMessageIter array, fields;

    pd_bus_open(value, DBUS_TYPE_ARRAY, PD_DBUS_RULE_PAGE, &array);
    for (guint i = 0; i < pages->len; i++) {
        const PdRulePage *page = &g_array_index(pages, PdRulePage, i);

        pd_bus_open(&array, DBUS_TYPE_STRUCT, NULL, &fields);
        pd_bus_append_string(&fields, page->rule);
        pd_bus_append_string(&fields, page->title);
        pd_bus_append_string(&fields, page->text);
        pd_bus_append_string(&fields, page->wrong);
        pd_bus_append_string(&fields, page->right);
        pd_bus_close(&array, &fields);
    }
    pd_bus_close(value, &array);
}

static void
append_reason(DBusMessageIter *value, const Source *source)
{
    const char *reason = source->explanation->reason;

    pd_bus_append_string(value, reason != NULL ? reason : "");
}

static const struct {
    const char *key;
    const char *signature;
    void (*append)(DBusMessageIter *value, const Source *source);
} rows[] = {
    { "sentence", "(uu)", append_sentence },
    { "place", "(uu)", append_words },
    { "known", "b", append_known },
    { "chances", "a(sd)", append_chances },
    { "contributions", "a(uud)", append_contributions },
    { "findings", "a" PD_DBUS_FINDING, append_findings },
    { "pages", "a" PD_DBUS_RULE_PAGE, append_pages },
    { "reason", "s", append_reason },
};

void
pd_bus_append_explanation(DBusMessageIter *iter, const PdExplanation *explanation, const char *text,
                          PdOffsets unit)
{
    const Source source = { explanation, text, unit };
    DBusMessageIter dict, entry, value;

    pd_bus_open(iter, DBUS_TYPE_ARRAY, "{sv}", &dict);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        pd_bus_open_entry(&dict, rows[i].key, rows[i].signature, &entry, &value);
        rows[i].append(&value, &source);
        pd_bus_close_entry(&dict, &entry, &value);
    }
    pd_bus_close(iter, &dict);
}
