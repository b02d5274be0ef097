# SPDX-License-Identifier: LGPL-2.1-or-later
"""Translations: the catalogue that belongs to the folder that this was installed in."""

import gettext
import os
from pathlib import Path

DOMAIN = "proofd"


def find_translations(start):
    """The catalogue of PROOFD_LOCALES, of a folder above, or of the system."""
    above = [parent / "share" / "locale" for parent in Path(start).resolve().parents]
    for folder in [os.environ.get("PROOFD_LOCALES"), *above, None]:
        if gettext.find(DOMAIN, folder):
            return gettext.translation(DOMAIN, folder)
    return gettext.NullTranslations()


translations = find_translations(__file__)
_ = translations.gettext
ngettext = translations.ngettext
