/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.c - finds what is wrong in a text: cc check.c $(pkg-config --cflags --libs proofd-1)
 */
#include <proofd.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : "I recieve it.";
    g_autoptr(ProofdClient) client = proofd_client_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) findings = proofd_client_check(client, "en_US", text, NULL, NULL, &error);

    if (findings == NULL) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    for (guint i = 0; i < findings->len; i++) {
        const ProofdFinding *finding = g_ptr_array_index(findings, i);

        printf("%u+%u %s\n", finding->start, finding->length, finding->message);
    }
    return findings->len > 0;
}
