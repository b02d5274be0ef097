/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/peak.h"

#include <glib.h>
#include <time.h>

#define N_BURSTS 200
#define N_ROUNDS 20000
#define N_SUMS 12 /* that do not wait for each other: more than latency times units */

#ifdef __x86_64__
/* @operation on twelve sums, one after the other; registers of @kind: "xmm", "ymm" or "zmm". */
#define ONE(operation, kind, sum) operation " %%" kind "12, %%" kind "13, %%" kind sum "\n\t"
#define TWELVE(operation, kind) \
    ONE(operation, kind, "0")   \
    ONE(operation, kind, "1")   \
    ONE(operation, kind, "2")   \
    ONE(operation, kind, "3")   \
    ONE(operation, kind, "4")   \
    ONE(operation, kind, "5")   \
    ONE(operation, kind, "6")   \
    ONE(operation, kind, "7")   \
    ONE(operation, kind, "8")   \
    ONE(operation, kind, "9")   \
    ONE(operation, kind, "10")  \
    ONE(operation, kind, "11")
/* Begins with zeros, so that no sum is a number that is slow to add to. */
#define BURST(operation, kind)                  \
    __asm__ volatile("vzeroall" ::: REGISTERS); \
    for (int i = 0; i < N_ROUNDS; i++)          \
        __asm__ volatile(TWELVE(operation, kind)::: REGISTERS);
#define REGISTERS                                                                            \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"

static void
burst_avx512_vnni(void)
{
    BURST("vpdpbusd", "zmm")
}

static void
burst_avx_vnni(void)
{
    BURST("%{vex%} vpdpbusd", "ymm")
}

static void
burst_avx512(void)
{
    BURST("vfmadd231ps", "zmm")
}

static void
burst_fma(void)
{
    BURST("vfmadd231ps", "ymm")
}

static double
best_rate(void (*burst)(void), double operations)
{
    double best = 0;

    for (int i = 0; i < N_BURSTS; i++) {
        struct timespec start, end;
        double seconds;

        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        burst();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        seconds =
            (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
        best = MAX(best, operations * N_ROUNDS * N_SUMS / seconds);
    }
    return best;
}

/* clang 14's __builtin_cpu_supports() does not know it. */
static int
has_avx_vnni(void)
{
    unsigned a = 7, b, c = 1, d;

    if (!__builtin_cpu_supports("avx2"))
        return 0;
    __asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    return (a & 1u << 4) != 0;
}

double
peak_int8(void)
{
    if (__builtin_cpu_supports("avx512vnni"))
        return best_rate(burst_avx512_vnni, 128);
    return has_avx_vnni() ? best_rate(burst_avx_vnni, 64) : 0;
}

double
peak_fp32(void)
{
    if (__builtin_cpu_supports("avx512f"))
        return best_rate(burst_avx512, 32);
    return __builtin_cpu_supports("fma") ? best_rate(burst_fma, 16) : 0;
}
#else
double
peak_int8(void)
{
    return 0;
}

double
peak_fp32(void)
{
    return 0;
}
#endif
