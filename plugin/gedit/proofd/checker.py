# SPDX-License-Identifier: LGPL-2.1-or-later
"""A text in the service, as long as it is shown and its checking is on."""

from gi.repository import Gedit, Gio, GLib, Proofd

from . import logic, metadata
from .formats import format_of
from .i18n import _
from .notice import new_notice
from .session import session
from .underline import Underlines

MAX_CHARS = 4_000_000
REDRAW_MS = 50
NEAR_CHARS = 1000  # around an edit, where underlines are drawn again
FIRST_RETRY_MS, LAST_RETRY_MS = 250, 60_000
LOADING = (Gedit.TabState.STATE_LOADING, Gedit.TabState.STATE_REVERTING)
# the service may come back from these; what else it says stays true
PASSING = (Proofd.Error.BUSY, Proofd.Error.CANCELLED, Proofd.Error.FAILED, Proofd.Error.NO_BUS,
           Proofd.Error.TIMED_OUT, Proofd.Error.DISCONNECTED, Proofd.Error.PROTOCOL)


class Checker:
    """Of one view. Follows its buffer, draws underlines, tells the session of changes."""

    def __init__(self, view):
        self.view = view
        self.buffer = view.get_buffer()
        self.problem = None  # why nothing is checked, for the user
        self.ignored = set()  # fingerprints
        self.ignored_words = []
        self.document = self.known = self.dirty = None
        self.wanted = None  # what the document was opened with
        self.handlers = []  # (object, id): while the view is shown
        self.following = []  # the same: while the text is in the service
        self.typing = None  # where somebody types
        self.timer = self.retry_timer = 0
        self.retry_ms = FIRST_RETRY_MS

    # --- on and off ---

    def attach(self):
        self.tab = Gedit.Tab.get_from_document(self.buffer)
        self.underlines = Underlines(self.buffer)
        for thing, signal, function in [
                (self.tab, "notify::state", self.update),
                (self.buffer, "notify::language", self.update),
                (self.buffer.get_file(), "notify::location", self.update),
                (session.settings, "changed", self.update)]:
            self.handlers.append((thing, thing.connect(signal, function)))
        session.add(self)
        self.update()

    def detach(self):
        self.close()
        self.wanted = None
        disconnect(self.handlers)
        self.underlines.remove()
        session.remove(self)

    @property
    def format(self):
        language = self.buffer.get_language()
        return format_of(language.get_id() if language else None)

    @property
    def enabled(self):
        """As this document remembers, or else for what is known to have text."""
        value = metadata.get(self.buffer, metadata.ENABLED)
        return value == "yes" if value else self.format is not None

    @enabled.setter
    def enabled(self, enabled):
        metadata.put(self.buffer, metadata.ENABLED, "yes" if enabled else "no")
        self.update()

    @property
    def chosen_language(self):
        """As this document remembers; None: as the spell checker's, or the service's default."""
        return metadata.get(self.buffer, metadata.LANGUAGE)

    @chosen_language.setter
    def chosen_language(self, language):
        metadata.put(self.buffer, metadata.LANGUAGE, language)
        self.update()

    def update(self, *_args):
        """Opens, closes or opens again, as the text and its settings are now."""
        wanted = None
        if self.tab.get_state() not in LOADING and self.enabled:
            language = self.chosen_language or metadata.get(self.buffer, metadata.SPELL_LANGUAGE)
            wanted = (language, self.format or "plain", session.settings.level,
                      tuple(session.settings.rules_off))
        if wanted != self.wanted:
            self.close()
            self.wanted = wanted
            self.open()
        session.emit("changed", self)

    # --- the text in the service ---

    def open(self):
        if self.wanted is None:
            return
        if self.buffer.get_char_count() > MAX_CHARS:
            self.problem = _("The text is too long: over %d characters") % MAX_CHARS
            return
        language, text_format, level, rules_off = self.wanted
        options = Proofd.Options(format=text_format, level=level, disable=list(rules_off),
                                 words=self.ignored_words)
        self.pending = []  # edits until it is open
        self.cancellable = Gio.Cancellable()
        self.follow(self.buffer, "insert-text", self.on_insert, after=True)
        self.follow(self.buffer, "delete-range", self.on_delete)
        self.follow(self.buffer, "notify::cursor-position", self.on_cursor)
        text = self.buffer.get_slice(*self.buffer.get_bounds(), True)
        session.client.open_async(language, text, options, self.cancellable, self.on_open,
                                  self.cancellable)

    def follow(self, thing, signal, function, after=False):
        connect = thing.connect_after if after else thing.connect
        self.following.append((thing, connect(signal, function)))

    def on_open(self, client, result, cancellable):
        try:
            document = client.open_finish(result)
        except GLib.Error as error:
            if not cancellable.is_cancelled():
                self.fail(error)
            return
        if cancellable.is_cancelled():
            document.close()
            return
        self.document = document
        self.follow(document, "changed", self.on_changed)
        self.follow(document, "closed", self.on_closed)
        for edit in self.pending:
            document.edit_async(*edit, None, None)
        self.problem = None
        self.draw_later((0, self.buffer.get_char_count()))

    def close(self):
        """Leaves no underline and nothing that waits."""
        if self.following:
            self.cancellable.cancel()
        disconnect(self.following)
        if self.document is not None:
            self.document.close()
        if self.timer:
            GLib.source_remove(self.timer)
        if self.retry_timer:
            GLib.source_remove(self.retry_timer)
        self.document = self.problem = self.typing = None
        self.timer = self.retry_timer = 0
        self.dirty = self.known = None
        self.underlines.draw([], (0, self.buffer.get_char_count()))

    def fail(self, error):
        self.close()
        self.problem = error.message
        if any(error.matches(Proofd.error_quark(), code) for code in PASSING):
            self.retry_timer = GLib.timeout_add(self.retry_ms, self.on_retry)
            self.retry_ms = min(2 * self.retry_ms, LAST_RETRY_MS)
        session.emit("changed", self)

    def on_retry(self):
        self.retry_timer = 0
        self.open()
        return GLib.SOURCE_REMOVE

    def on_closed(self, _document):
        self.fail(GLib.Error.new_literal(Proofd.error_quark(), _("The service has gone away"),
                                         Proofd.Error.DISCONNECTED))

    # --- edits ---

    def on_insert(self, _buffer, end, text, _n_bytes):
        start = end.get_offset() - len(text)
        self.edit(start, 0, text)
        if len(text) == 1 and end.get_offset() == self.buffer.props.cursor_position:
            self.typing = end.get_offset()

    def on_delete(self, _buffer, start, end):
        removed = end.get_offset() - start.get_offset()
        self.edit(start.get_offset(), removed, "")
        if removed == 1 and end.get_offset() == self.buffer.props.cursor_position:
            self.typing = start.get_offset()

    def edit(self, start, removed, inserted):
        if self.document is None:
            self.pending.append((start, removed, inserted))
        else:
            self.document.edit_async(start, removed, inserted, None, None)
        self.known = None
        self.dirty = logic.move(self.dirty, start, removed, len(inserted))
        self.draw_later((start - NEAR_CHARS, start + len(inserted) + NEAR_CHARS))

    def on_cursor(self, *_args):
        if self.typing is not None and self.typing != self.buffer.props.cursor_position:
            self.draw_later((self.typing - NEAR_CHARS, self.typing + NEAR_CHARS))
            self.typing = self.known = None

    # --- findings ---

    @property
    def findings(self):
        """Those to show now."""
        if self.known is None:
            found = self.document.get_findings() if self.document else []
            if self.ignored:
                found = [finding for finding in found if finding.fingerprint not in self.ignored]
            self.known = logic.Findings(found, self.typing)
        return self.known

    @property
    def is_changing(self):
        """Changes will be told of, which are not drawn yet."""
        return self.timer != 0

    def on_changed(self, _document, start, length):
        self.retry_ms = FIRST_RETRY_MS
        self.draw_later((start, start + length))

    def draw_later(self, span):
        """Many changes are drawn at once."""
        self.dirty = logic.union(self.dirty, span)
        self.known = None
        if not self.timer:
            self.timer = GLib.timeout_add(REDRAW_MS, self.on_draw)

    def on_draw(self):
        self.timer = 0
        span, self.dirty = self.dirty, None
        span = (span[0] - 1, span[1] + 1)
        self.underlines.draw(self.findings.near(*span), span)
        session.emit("changed", self)
        return GLib.SOURCE_REMOVE

    def words_of(self, finding):
        return self.slice(finding.start, finding.start + finding.length)

    def slice(self, start, end):
        """Part of the text; what is outside of it is left out."""
        if start < 0 or end > self.buffer.get_char_count():
            return ""
        return self.buffer.get_slice(self.buffer.get_iter_at_offset(start),
                                     self.buffer.get_iter_at_offset(end), True)

    # --- what a user does with a finding ---

    def correct(self, finding, candidate):
        """Puts a correction there, as one step of undo; nothing if it is there no more."""
        if not any(other.start == finding.start and other.fingerprint == finding.fingerprint
                   for other in self.findings.near(finding.start, finding.start)):
            return
        start, end = finding.start, finding.start + finding.length
        start, end = logic.widen((start, end), candidate.text, self.slice(start - 1, start),
                                 self.slice(end, end + 1))
        self.buffer.begin_user_action()
        self.buffer.delete(self.buffer.get_iter_at_offset(start),
                           self.buffer.get_iter_at_offset(end))
        self.buffer.insert(self.buffer.get_iter_at_offset(start), candidate.text)
        self.buffer.end_user_action()

    def ignore(self, finding):
        self.ignored.add(finding.fingerprint)
        self.draw_later((0, self.buffer.get_char_count()))

    def ignore_word(self, word):
        self.ignored_words.append(word)
        if self.document is not None:  # or else it is opened with that word
            self.document.ignore_word_async(word, None, self.on_done)

    def add_word(self, word):
        session.client.add_word_async(word, None, self.on_done)

    def turn_off(self, rule):
        session.settings.rules_off = [*session.settings.rules_off, rule]

    def on_done(self, source, result):
        """The end of the call above: what failed is said in the document's tab."""
        finish = source.add_word_finish if source is session.client else \
            source.ignore_word_finish
        try:
            finish(result)
        except GLib.Error as error:
            self.tell(error.message)

    def tell(self, message):
        self.tab.set_info_bar(new_notice(message))


def disconnect(handlers):
    for thing, handler in handlers:
        thing.disconnect(handler)
    handlers.clear()
