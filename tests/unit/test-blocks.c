/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "daemon/blocks.h"
#include "daemon/tally.h"

#include <string.h>

static PdBlock *
block_new(unsigned number)
{
    char *text = g_strdup_printf("é%u", number);

    return pd_block_new_take(text, strlen(text), PD_OFFSETS_CHARS);
}

/* The row and an array of the same blocks, changed at random, agree in all that can be asked. */
static void
assert_same(const PdBlocks *blocks, const GPtrArray *expected)
{
    PdExtent before = { 0, 0 }, at;
    const PdBlock *block = NULL;
    unsigned n_marked = 0;

    for (unsigned i = 0; i < expected->len; i++) {
        PdBlock *wanted = expected->pdata[i];

        g_assert_true(pd_blocks_previous(blocks, wanted) == block);
        block = pd_blocks_next(blocks, block);
        g_assert_true(block == wanted);
        g_assert_true(pd_blocks_at_bytes(blocks, before.bytes + 1, &at) == wanted);
        g_assert_cmpuint(at.units, ==, before.units);
        g_assert_true(pd_blocks_at_units(blocks, before.units + 1, &at) == wanted);
        g_assert_cmpuint(at.bytes, ==, before.bytes);
        at = pd_blocks_before(blocks, wanted);
        g_assert_cmpuint(at.bytes, ==, before.bytes);
        if (pd_block_has(wanted, PD_BLOCK_CHANGED)) {
            g_assert_true(pd_blocks_find_marked(blocks, wanted, PD_BLOCK_CHANGED) == wanted);
            n_marked++;
        }
        before.bytes += wanted->n_bytes;
        before.units += wanted->n_units;
    }
    g_assert_true(block == NULL || pd_blocks_next(blocks, block) == NULL);
    g_assert_cmpuint(pd_blocks_extent(blocks).bytes, ==, before.bytes);
    g_assert_cmpuint(pd_blocks_extent(blocks).units, ==, before.units);
    g_assert_cmpuint(pd_blocks_n_marked(blocks, PD_BLOCK_CHANGED), ==, n_marked);
    g_assert_true((pd_blocks_find_marked(blocks, NULL, PD_BLOCK_CHANGED) != NULL) ==
                  (n_marked > 0));
}

static void
insert_one(PdBlocks *blocks, GPtrArray *expected, unsigned number)
{
    g_autoptr(PdBlock) block = block_new(number);
    const unsigned at = (unsigned)g_test_rand_int_range(0, (int)expected->len + 1);

    pd_block_mark(block, PD_BLOCK_CHANGED, g_test_rand_bit());
    pd_blocks_insert(blocks, at > 0 ? expected->pdata[at - 1] : NULL, block);
    g_ptr_array_insert(expected, (int)at, block);
}

static void
change_one(PdBlocks *blocks, GPtrArray *expected)
{
    const unsigned at = (unsigned)g_test_rand_int_range(0, (int)expected->len);
    PdBlock *block = expected->pdata[at];

    if (g_test_rand_bit()) {
        pd_block_mark(block, PD_BLOCK_CHANGED, g_test_rand_bit());
        return;
    }
    pd_blocks_remove(blocks, block);
    g_ptr_array_remove_index(expected, at);
}

static void
test_row(void)
{
    g_autoptr(PdBlocks) blocks = pd_blocks_new();
    g_autoptr(GPtrArray) expected = g_ptr_array_new();

    assert_same(blocks, expected);
    for (unsigned i = 0; i < 3000; i++) {
        if (expected->len == 0 || g_test_rand_int_range(0, 3000) > (int)i)
            insert_one(blocks, expected, i);
        else
            change_one(blocks, expected);
        if (i % 100 == 0)
            assert_same(blocks, expected);
    }
    while (expected->len > 0)
        change_one(blocks, expected);
    assert_same(blocks, expected);
}

static void
test_end(void)
{
    g_autoptr(PdBlocks) blocks = pd_blocks_new();
    g_autoptr(PdBlock) block = block_new(1);
    PdExtent before;

    g_assert_null(pd_blocks_at_bytes(blocks, 0, &before));
    g_assert_cmpuint(before.bytes, ==, 0);
    pd_blocks_insert(blocks, NULL, block);
    g_assert_true(pd_blocks_at_bytes(blocks, 3, &before) == block); /* at the end, and behind it */
    g_assert_true(pd_blocks_at_units(blocks, 99, &before) == block);
    g_assert_cmpuint(before.units, ==, 0);
}

static void
test_tally(void)
{
    static const char text[] = "Änne and Bob; Bob, not bob. Bobby's";
    g_autoptr(PdTally) tally = pd_tally_new();
    g_autoptr(GHashTable) toggled = g_hash_table_new(g_direct_hash, g_direct_equal);
    const uint64_t bob = pd_tally_name("Bob", 3), anne = pd_tally_name("Änne", 5);

    pd_tally_add(tally, text, strlen(text), toggled);
    g_assert_true(pd_tally_is_repeated(tally, bob));
    g_assert_false(pd_tally_is_repeated(tally, anne));
    g_assert_false(pd_tally_is_repeated(tally, pd_tally_name("bob", 3)));
    g_assert_true(g_hash_table_contains(toggled, pd_tally_key(bob)));
    g_assert_cmpuint(g_hash_table_size(toggled), ==, 1);
    pd_tally_remove(tally, "Bob", 3, toggled); /* and back before anybody looked */
    g_assert_cmpuint(g_hash_table_size(toggled), ==, 0);
    pd_tally_add(tally, "Änne", 5, toggled);
    g_assert_true(pd_tally_is_repeated(tally, anne));
    g_assert_true(g_hash_table_contains(toggled, pd_tally_key(anne)));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/blocks/row", test_row);
    g_test_add_func("/blocks/end", test_end);
    g_test_add_func("/blocks/tally", test_tally);
    return g_test_run();
}
