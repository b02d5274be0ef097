/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/numbers.h"

#include <glib.h>
#include <math.h>
#include <string.h>

/* Every half there is: 65,536 of them. */
static void
test_f16(void)
{
    g_autofree guint8 *bytes = g_new(guint8, 2 * 65536 + 1);
    g_autofree float *got = g_new(float, 65536);

    for (guint i = 0; i < 65536; i++) { /* at an odd address */
        bytes[1 + 2 * i] = (guint8)(i & 255);
        bytes[2 + 2 * i] = (guint8)(i >> 8);
    }
    pd_from_f16(bytes + 1, 65536, got);
    for (guint i = 0; i < 65536; i++) {
        float want = pd_f16_plain((guint16)i);

        g_assert_true(isnan(want) ? isnan(got[i]) : memcmp(&got[i], &want, sizeof want) == 0);
    }
    g_assert_true(pd_f16_plain(0x3c00) == 1.0f && pd_f16_plain(0xc000) == -2.0f);
    g_assert_true(pd_f16_plain(0x0001) == 0x1p-24f && pd_f16_plain(0x7bff) == 65504.0f);
}

static void
test_bf16_and_i8(void)
{
    const guint8 bf16[] = { 0x80, 0x3f, 0x00, 0xc0, 0x80, 0x7f, 0xc0, 0x7f }; /* 1 -2 inf nan */
    guint8 i8[256];
    float got[256];

    pd_from_bf16(bf16, 4, got);
    g_assert_true(got[0] == 1.0f && got[1] == -2.0f && isinf(got[2]) && isnan(got[3]));
    for (int i = 0; i < 256; i++)
        i8[i] = (guint8)i;
    pd_from_i8(i8, 256, 0.25f, got);
    for (int i = 0; i < 256; i++)
        g_assert_true(got[i] == (float)(i < 128 ? i : i - 256) * 0.25f);
}

static void
test_all_finite(void)
{
    float x[37] = { 0 };

    g_assert_true(pd_all_finite(x, 37));
    g_assert_true(pd_all_finite(x, 0));
    for (size_t i = 0; i < 37; i++) {
        x[i] = i % 2 == 0 ? NAN : -INFINITY;
        g_assert_false(pd_all_finite(x, 37));
        x[i] = 3e38f;
    }
    g_assert_true(pd_all_finite(x, 37));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/model/numbers/f16", test_f16);
    g_test_add_func("/model/numbers/bf16-and-i8", test_bf16_and_i8);
    g_test_add_func("/model/numbers/all-finite", test_all_finite);
    return g_test_run();
}
