/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * abi.c - the objects that Enchant and a provider share, in the layout of the library in use
 *
 * The library's functions that only some versions have are weak symbols: where one is missing, its
 * address is NULL. The module is linked with libenchant-2.so.2, so that they are also found in a
 * process that has loaded it without making its symbols global (a plugin, or Python).
 */
#include "plugin/enchant/abi.h"

#include <string.h>

#define WEAK __attribute__((weak))

/* In all versions. */
const char *enchant_get_version(void);
void enchant_provider_set_error(void *provider, const char *message);
char *enchant_get_user_config_dir(void);

/* 2.7.0 on */
WEAK void *enchant_provider_new(void);
WEAK GType enchant_provider_get_type(void);
/* 2.7.0 to 2.8.10: a broker's; another function of that name is in later ones */
WEAK void *enchant_broker_new_dict(void *broker);
/* 2.7.0 to 2.8.10, but only since 2.8.7 what it makes may be returned */
WEAK void *enchant_dict_new(void);
WEAK GType enchant_dict_get_type(void);
/* 2.8.11 on */
WEAK void *enchant_provider_dict_new(void *provider, const char *tag);
WEAK GType enchant_provider_dict_get_type(void);

static bool
has_size(GType (*get_type)(void), size_t size)
{
    GTypeQuery query = { 0 };

    if (get_type == NULL)
        return false;
    g_type_query(get_type(), &query);
    return query.type != 0 && query.instance_size == size;
}

/* 2.8.11 as 20811; 0: not such a number. */
static guint64
version_number(const char *version)
{
    guint64 number = 0;

    for (int i = 0; i < 3; i++) {
        char *end = NULL;
        guint64 part = g_ascii_strtoull(version, &end, 10);

        if (end == version || part > 99 || (i < 2 && *end != '.'))
            return 0;
        number = number * 100 + part;
        version = end + 1;
    }
    return number;
}

PdAbi
pd_abi_detect(void)
{
    const guint64 version = version_number(enchant_get_version());

    if (version < 20200 || version >= 30000)
        return PD_ABI_NONE;
    if (enchant_provider_new == NULL)
        return version < 20500 ? PD_ABI_2_2 : version < 20700 ? PD_ABI_2_5 : PD_ABI_NONE;
    if (!has_size(enchant_provider_get_type, sizeof(PdAbiProvider27)))
        return PD_ABI_NONE;
    if (enchant_provider_dict_new != NULL)
        return has_size(enchant_provider_dict_get_type, sizeof(PdAbiDict2811)) ? PD_ABI_2_8_11
                                                                               : PD_ABI_NONE;
    if (!has_size(enchant_dict_get_type, sizeof(PdAbiDict27)))
        return PD_ABI_NONE;
    if (version >= 20807)
        return enchant_dict_new != NULL ? PD_ABI_2_8_7 : PD_ABI_NONE;
    return enchant_broker_new_dict != NULL ? PD_ABI_2_7 : PD_ABI_NONE;
}

/* Are they instances, with a type in front? */
static bool
has_instances(void)
{
    return enchant_provider_new != NULL;
}

gpointer *
pd_abi_provider_data(void *provider)
{
    return has_instances() ? &((PdAbiProvider27 *)provider)->user_data
                           : &((PdAbiProvider22 *)provider)->user_data;
}

void *
pd_abi_provider_new(const PdAbiProviderMethods *methods, gpointer data)
{
    void *provider;

    if (pd_abi_detect() == PD_ABI_NONE)
        return NULL;
    if (has_instances()) {
        provider = enchant_provider_new();
        ((PdAbiProvider27 *)provider)->methods = *methods;
    } else {
        provider = g_new0(PdAbiProvider22, 1);
        ((PdAbiProvider22 *)provider)->methods = *methods;
    }
    *pd_abi_provider_data(provider) = data;
    return provider;
}

void
pd_abi_provider_free(void *provider)
{
    if (!has_instances())
        g_free(provider);
}

gpointer *
pd_abi_dict_data(void *dict)
{
    G_STATIC_ASSERT(offsetof(PdAbiDict22, user_data) == offsetof(PdAbiDict25, user_data));
    G_STATIC_ASSERT(offsetof(PdAbiDict27, user_data) == offsetof(PdAbiDict2811, user_data));

    return has_instances() ? &((PdAbiDict27 *)dict)->user_data : &((PdAbiDict22 *)dict)->user_data;
}

static void *
new_dict_22(const PdAbiDictMethods *methods, PdAbiWord add_to_personal)
{
    PdAbiDict22 *dict = g_new0(PdAbiDict22, 1);

    dict->check = methods->check;
    dict->suggest = methods->suggest;
    dict->add_to_personal = add_to_personal;
    dict->add_to_session = methods->add_to_session;
    dict->get_extra_word_characters = methods->get_extra_word_characters;
    dict->is_word_character = methods->is_word_character;
    return dict;
}

static void *
new_dict_25(const PdAbiDictMethods *methods)
{
    PdAbiDict25 *dict = g_new0(PdAbiDict25, 1);

    dict->methods = *methods;
    return dict;
}

static void *
fill_dict_27(PdAbiDict27 *dict, const PdAbiDictMethods *methods)
{
    if (dict != NULL)
        dict->methods = *methods;
    return dict;
}

static void *
fill_dict_2811(PdAbiDict2811 *dict, const PdAbiDictMethods *methods)
{
    if (dict != NULL)
        dict->methods = *methods;
    return dict;
}

static void *
new_dict(void *provider, const char *tag, const PdAbiDictMethods *methods,
         PdAbiWord add_to_personal)
{
    switch (pd_abi_detect()) {
    case PD_ABI_2_2:
        return new_dict_22(methods, add_to_personal);
    case PD_ABI_2_5:
        return new_dict_25(methods);
    case PD_ABI_2_7:
        return fill_dict_27(enchant_broker_new_dict(((PdAbiProvider27 *)provider)->owner), methods);
    case PD_ABI_2_8_7:
        return fill_dict_27(enchant_dict_new(), methods);
    case PD_ABI_2_8_11:
        return fill_dict_2811(enchant_provider_dict_new(provider, tag), methods);
    case PD_ABI_NONE:
    default:
        return NULL;
    }
}

void *
pd_abi_dict_new(void *provider, const char *tag, const PdAbiDictMethods *methods,
                PdAbiWord add_to_personal, gpointer data)
{
    void *dict = new_dict(provider, tag, methods, add_to_personal);

    if (dict != NULL)
        *pd_abi_dict_data(dict) = data;
    return dict;
}

void
pd_abi_dict_free(void *dict)
{
    if (!has_instances())
        g_free(dict);
}

void
pd_abi_set_error(void *provider, const char *message)
{
    enchant_provider_set_error(provider, message);
}

char *
pd_abi_personal_list(const char *tag)
{
    g_autofree char *dir = enchant_get_user_config_dir(); /* of malloc(), as all of GLib's */
    g_autofree char *name = g_strconcat(tag, ".dic", NULL);

    return dir != NULL ? g_build_filename(dir, name, NULL) : NULL;
}
