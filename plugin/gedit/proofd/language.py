# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks for the language of a text."""

from gi.repository import GLib, Gtk

from .i18n import _
from .session import session


class LanguageDialog(Gtk.Dialog):
    """Shows itself, sets the checker's language, and goes."""

    __gtype_name__ = "ProofdGeditLanguageDialog"

    def __init__(self, window, checker):
        super().__init__(title=_("Language of the Text"), transient_for=window, modal=True,
                         destroy_with_parent=True, use_header_bar=True)
        self.checker = checker
        self.add_button(_("_Cancel"), Gtk.ResponseType.CANCEL)
        self.add_button(_("_Select"), Gtk.ResponseType.OK)
        self.set_default_response(Gtk.ResponseType.OK)
        self.choice = Gtk.ComboBoxText(margin=12)
        self.choice.append("", _("Automatic: the spell checker’s, or the service’s"))
        chosen = checker.chosen_language
        if chosen:
            self.choice.append(chosen, chosen)
        self.choice.set_active_id(chosen or "")
        self.get_content_area().add(self.choice)
        self.connect("response", self.on_response)
        session.client.get_service_properties_async(None, self.on_properties)
        self.show_all()

    def on_properties(self, client, result):
        try:
            properties = client.get_service_properties_finish(result)
        except GLib.Error as error:
            self.get_content_area().add(Gtk.Label(label=error.message, wrap=True, margin=12,
                                                  visible=True))
            return
        for language in properties.unpack().get("Languages", []):
            if language != self.checker.chosen_language:
                self.choice.append(language, language)

    def on_response(self, _dialog, response):
        if response == Gtk.ResponseType.OK:
            self.checker.chosen_language = self.choice.get_active_id() or None
        self.destroy()
