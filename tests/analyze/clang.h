/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Included before each file that Clang's analyzer reads. Clang 14 does not see what g_autoptr and
 * g_autofree do at the end of a block, so all that they hold would be a leak. By these names it
 * takes GLib's allocations for functions that it does not know. It still knows g_free(), and finds
 * what is used after it or freed twice. Leaks are memcheck's, and AddressSanitizer's.
 */
#pragma once

#ifdef __clang_analyzer__
#define g_malloc analyzed_malloc
#define g_malloc0 analyzed_malloc0
#define g_malloc_n analyzed_malloc_n
#define g_malloc0_n analyzed_malloc0_n
#define g_realloc analyzed_realloc
#define g_realloc_n analyzed_realloc_n
#define g_try_malloc analyzed_try_malloc
#define g_try_malloc0 analyzed_try_malloc0
#define g_try_malloc_n analyzed_try_malloc_n
#define g_try_malloc0_n analyzed_try_malloc0_n
#define g_try_realloc analyzed_try_realloc
#define g_try_realloc_n analyzed_try_realloc_n
#endif
