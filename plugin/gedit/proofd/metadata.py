# SPDX-License-Identifier: LGPL-2.1-or-later
"""What gedit remembers of a document, under its own names for it."""

import ctypes

ENABLED = "gedit-proofd-enabled"
LANGUAGE = "gedit-proofd-language"
SPELL_LANGUAGE = "gedit-spell-language"  # the spell checker's


def get(buffer, key):
    """The value, or None."""
    return buffer.get_metadata(key) or None


def put(buffer, key, value):
    """Remembers a value, or forgets it (None).

    gedit_document_set_metadata() has a variable list of arguments, which GObject Introspection
    cannot call.
    """
    libgedit = ctypes.CDLL(None)
    libgedit.gedit_document_set_metadata.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    libgedit.gedit_document_set_metadata.restype = None
    libgedit.gedit_document_set_metadata(hash(buffer), key.encode(),
                                         None if value is None else ctypes.c_char_p(value.encode()),
                                         ctypes.c_void_p(None))
