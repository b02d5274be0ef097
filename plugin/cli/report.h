/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h - what check found, written to standard output in one of several forms
 */
#pragma once

#include "plugin/cli/input.h"
#include "plugin/cli/json-writer.h"

#include <glib.h>
#include <proofd.h>
#include <stdbool.h>

typedef struct PdReport PdReport;

typedef struct {
    void (*begin)(PdReport *self);
    void (*file)(PdReport *self, const PdInput *input, GPtrArray *findings);
    void (*trouble)(PdReport *self, const char *name, const char *message); /* (nullable) */
    void (*end)(PdReport *self);
} PdReportForm;

struct PdReport {
    const PdReportForm *form;
    const char *language;
    const char *level;
    bool colour;
    bool quiet;
    size_t max_columns; /* of a line of text */
    size_t n_files;     /* counted by the functions below */
    size_t n_with_findings;
    size_t n_findings;
    size_t n_trouble;
    GString *out;   /* what is to be written next; the forms append to it */
    PdJson json;    /* on @out */
    GString *notes; /* SARIF: what went wrong, told at the end */
};

extern const PdReportForm pd_report_human;
extern const PdReportForm pd_report_gnu;   /* file:line:column: message */
extern const PdReportForm pd_report_json;  /* one object for all files */
extern const PdReportForm pd_report_sarif; /* SARIF 2.1.0 */

void pd_report_init(PdReport *self, const PdReportForm *form);
void pd_report_done(PdReport *self);

/* In this order: begin, then file or trouble for each file, then end. */
void pd_report_begin(PdReport *self);
void pd_report_file(PdReport *self, const PdInput *input, GPtrArray *findings);
void pd_report_trouble(PdReport *self, const char *name, const char *message);
void pd_report_end(PdReport *self);

/* Kind, rule, confidence, message, replacements and their scores, as members of the open object. */
void pd_report_json_finding(PdJson *json, const ProofdFinding *finding);

/* Is colour wanted? @when: auto, always, never. */
bool pd_report_colour(const char *when);
size_t pd_report_columns(void); /* how wide the terminal is; 80 where there is none */

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PdReport, pd_report_done)
