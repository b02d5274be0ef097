/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd-options.h - how a text is to be checked
 */
#pragma once

#include <proofd-error.h>

G_BEGIN_DECLS

#define PROOFD_TYPE_OPTIONS (proofd_options_get_type())

/**
 * ProofdOptions:
 *
 * How a text is to be checked. What is not set is the service's default. Values are looked at
 * by the service, which refuses unknown ones with %PROOFD_ERROR_INVALID_OPTION and a message
 * that lists the known ones. A call takes what is set when it is made.
 */
PROOFD_API
G_DECLARE_FINAL_TYPE(ProofdOptions, proofd_options, PROOFD, OPTIONS, GObject)

/**
 * ProofdOptions:level:
 *
 * "careful", "default" or "thorough": fewer false alarms, or fewer errors missed.
 */
/**
 * ProofdOptions:format:
 *
 * "plain", "markdown" and others that the service knows; NULL is "plain".
 */
/**
 * ProofdOptions:variant:
 *
 * "any", "us" or "gb": in English, words of the other spelling are reported.
 */
/**
 * ProofdOptions:offsets:
 *
 * "chars" (code points), "utf8" (bytes) or "utf16" (code units): the unit of every position in the
 * call and its answer; NULL is "chars".
 */
/**
 * ProofdOptions:disable:
 *
 * Rules ("spelling/unknown") or kinds ("spelling") to leave out.
 */
/**
 * ProofdOptions:words:
 *
 * Further words to accept in this text.
 */
/**
 * ProofdOptions:max-candidates:
 *
 * 0 to 50 corrections a finding; -1: the service's default.
 */
/**
 * ProofdOptions:wait:
 *
 * %FALSE: the answer comes without candidates, which is faster; proofd_client_suggest() gets them
 * later.
 */

/**
 * proofd_options_new:
 *
 * Returns: (transfer full): the defaults
 */
PROOFD_API ProofdOptions *proofd_options_new(void);

/**
 * proofd_options_set_level:
 * @self: the options
 * @level: (nullable): "careful", "default" or "thorough"
 */
PROOFD_API void proofd_options_set_level(ProofdOptions *self, const char *level);

/**
 * proofd_options_get_level:
 * @self: the options
 *
 * Returns: (transfer none) (nullable): as it was set
 */
PROOFD_API const char *proofd_options_get_level(ProofdOptions *self);

/**
 * proofd_options_set_format:
 * @self: the options
 * @format: (nullable): "plain", "markdown" and others that the service knows
 */
PROOFD_API void proofd_options_set_format(ProofdOptions *self, const char *format);

/**
 * proofd_options_get_format:
 * @self: the options
 *
 * Returns: (transfer none) (nullable): as it was set
 */
PROOFD_API const char *proofd_options_get_format(ProofdOptions *self);

/**
 * proofd_options_set_variant:
 * @self: the options
 * @variant: (nullable): "any", "us" or "gb"
 */
PROOFD_API void proofd_options_set_variant(ProofdOptions *self, const char *variant);

/**
 * proofd_options_get_variant:
 * @self: the options
 *
 * Returns: (transfer none) (nullable): as it was set
 */
PROOFD_API const char *proofd_options_get_variant(ProofdOptions *self);

/**
 * proofd_options_set_offsets:
 * @self: the options
 * @offsets: (nullable): "chars", "utf8" or "utf16"
 */
PROOFD_API void proofd_options_set_offsets(ProofdOptions *self, const char *offsets);

/**
 * proofd_options_get_offsets:
 * @self: the options
 *
 * Returns: (transfer none) (nullable): as it was set
 */
PROOFD_API const char *proofd_options_get_offsets(ProofdOptions *self);

/**
 * proofd_options_set_disable:
 * @self: the options
 * @disable: (nullable) (array zero-terminated=1): rules or kinds
 */
PROOFD_API void proofd_options_set_disable(ProofdOptions *self, const char *const *disable);

/**
 * proofd_options_get_disable:
 * @self: the options
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): as it was set
 */
PROOFD_API const char *const *proofd_options_get_disable(ProofdOptions *self);

/**
 * proofd_options_set_words:
 * @self: the options
 * @words: (nullable) (array zero-terminated=1): words to accept
 */
PROOFD_API void proofd_options_set_words(ProofdOptions *self, const char *const *words);

/**
 * proofd_options_get_words:
 * @self: the options
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): as it was set
 */
PROOFD_API const char *const *proofd_options_get_words(ProofdOptions *self);

/**
 * proofd_options_set_max_candidates:
 * @self: the options
 * @max_candidates: 0 to 50; -1: the service's default
 */
PROOFD_API void proofd_options_set_max_candidates(ProofdOptions *self, int max_candidates);

/**
 * proofd_options_get_max_candidates:
 * @self: the options
 *
 * Returns: as it was set
 */
PROOFD_API int proofd_options_get_max_candidates(ProofdOptions *self);

/**
 * proofd_options_set_wait:
 * @self: the options
 * @wait: wait for candidates?
 */
PROOFD_API void proofd_options_set_wait(ProofdOptions *self, gboolean wait);

/**
 * proofd_options_get_wait:
 * @self: the options
 *
 * Returns: as it was set
 */
PROOFD_API gboolean proofd_options_get_wait(ProofdOptions *self);

G_END_DECLS
