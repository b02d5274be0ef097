vim9script
# SPDX-License-Identifier: LGPL-2.1-or-later
# text.vim - a buffer and its twin in the server: edits there, findings back as text properties
#
# A text is a Dict:
#   buf, uri, version
#   lines     as the server has them, to find out what a change was
#   told      findings, as the server told them last, in its order: start and end ([line, code
#             points], from 0), message, rule, kind, look, id
#   findings  the same, moved by each edit since; those that an edit touched are not there
#   edits     sent, but not yet in findings that came
#   Send      what takes the params of didChange
#   Settle    is called some time after the last edit if the server told nothing since
#   timer     for that
#   listener  its number
#   late      [from, to]: lines (from 0) whose findings are to be shown once more, by late_timer

const TYPES = {spelling: 'ProofdSpelling', grammar: 'ProofdGrammar', style: 'ProofdStyle'}
const STYLE = ['punctuation', 'letter-case', 'other', 'spelling/variant']
const MAX_EDITS = 1000
const SETTLE_MS = 1000
# what Vim's JSON would write and the server could not read
const NO_CHARACTERS = '\%#=2[\ud800-\udfff\U110000-\U7fffffff]'

def AddTypes()
    for name in values(TYPES)
        if empty(prop_type_get(name))
            prop_type_add(name, {highlight: name, combine: true, priority: 10})
        endif
    endfor
enddef

# --- names ---

def MakeUri(buf: number): string
    final name = bufname(buf)
    if name == '' || name =~ '^\a\a\+:' || getbufvar(buf, '&buftype') != ''
        return 'proofd-buffer:///' .. buf
    endif
    return 'file://' .. substitute(iconv(fnamemodify(name, ':p'), &encoding, 'utf-8'),
        '[^A-Za-z0-9/._~-]', (m) => Percent(m[0]), 'g')
enddef

def Percent(character: string): string
    return join(mapnew(range(len(character)),
        (_, i) => printf('%%%02X', char2nr(strpart(character, i, 1)))), '')
enddef

export def PathOf(uri: string): string
    return substitute(substitute(uri, '^file://', '', ''), '%\(\x\x\)',
        (m) => list2str([str2nr(m[1], 16)]), 'g')
enddef

# --- lines ---

# A line as the server sees it: it has no line ends of its own, which Vim's lines may have.
def Clean(line: string): string
    final clean = tr(line, "\n\r", '  ')
    return &encoding == 'utf-8' && strchars(clean) != len(clean)
        ? substitute(clean, NO_CHARACTERS, '?', 'g') : clean
enddef

# From a line to another, both included.
def GetLines(buf: number, first: number, last: number): list<string>
    return first > last ? [] : map(getbufline(buf, first, last), (_, line) => Clean(line))
enddef

export def Line(buf: number, lnum: number): string
    return get(getbufline(buf, lnum), 0, '')
enddef

export def CountBytes(buf: number): number
    var n_bytes = 0
    for line in getbufline(buf, 1, '$')
        n_bytes += len(line) + 1
    endfor
    return n_bytes
enddef

# [lnum, col] in bytes, from 1, for [line, code points]; the nearest where there is no such place
export def ToColumn(buf: number, place: list<number>): list<number>
    final n_lines = getbufinfo(buf)[0].linecount
    if place[0] >= n_lines
        return [n_lines, len(Line(buf, n_lines)) + 1]
    endif
    final line = Line(buf, place[0] + 1)
    final col = byteidxcomp(line, place[1])
    return [place[0] + 1, (col < 0 ? len(line) : col) + 1]
enddef

# --- what changed ---

def IsInside(line: string, at: number): bool
    final byte = char2nr(strpart(line, at, 1))
    return &encoding == 'utf-8' && at < len(line) && byte >= 0x80 && byte < 0xC0
enddef

# How many bytes both begin with, in whole characters.
def CountSameStart(a: string, b: string): number
    var low = 0
    var high = min([len(a), len(b)])
    while low < high
        final middle = (low + high + 1) / 2
        if strpart(a, 0, middle) ==# strpart(b, 0, middle)
            low = middle
        else
            high = middle - 1
        endif
    endwhile
    while low > 0 && (IsInside(a, low) || IsInside(b, low))
        low -= 1
    endwhile
    return low
enddef

# How many bytes both end with, at most @most, in whole characters.
def CountSameEnd(a: string, b: string, most: number): number
    var low = 0
    var high = most
    while low < high
        final middle = (low + high + 1) / 2
        if strpart(a, len(a) - middle) ==# strpart(b, len(b) - middle)
            low = middle
        else
            high = middle - 1
        endif
    endwhile
    while low > 0 && (IsInside(a, len(a) - low) || IsInside(b, len(b) - low))
        low -= 1
    endwhile
    return low
enddef

# The smallest edit that makes the new lines of the old ones, which begin at line @at: start, end
# (as in findings) and the lines that come there. {}: nothing changed.
def FindEdit(at: number, old_lines: list<string>, new_lines: list<string>): dict<any>
    final n_min = min([len(old_lines), len(new_lines)])
    var n_start = 0
    var n_end = 0
    while n_start < n_min && old_lines[n_start] ==# new_lines[n_start]
        n_start += 1
    endwhile
    while n_end < n_min - n_start && old_lines[-1 - n_end] ==# new_lines[-1 - n_end]
        n_end += 1
    endwhile
    final before = slice(old_lines, n_start, len(old_lines) - n_end)
    final after = slice(new_lines, n_start, len(new_lines) - n_end)
    final first = at + n_start
    if empty(before) && empty(after)
        return {}
    elseif empty(before) || empty(after)
        return {start: [first, 0], end: [first + len(before), 0], lines: after + ['']}
    endif
    return FindEditWithin(first, before, after)
enddef

# As FindEdit(), for lines of which the first and the last are others.
def FindEditWithin(first: number, before: list<string>, after: list<string>): dict<any>
    final n_start = CountSameStart(before[0], after[0])
    final most = min([
        len(before[-1]) - (len(before) == 1 ? n_start : 0),
        len(after[-1]) - (len(after) == 1 ? n_start : 0)])
    final n_end = CountSameEnd(before[-1], after[-1], most)
    var lines = copy(after)

    lines[-1] = strpart(lines[-1], 0, len(lines[-1]) - n_end)
    lines[0] = strpart(lines[0], n_start)
    return {
        start: [first, strchars(strpart(before[0], 0, n_start))],
        end: [first + len(before) - 1, strchars(strpart(before[-1], 0, len(before[-1]) - n_end))],
        lines: lines,
    }
enddef

# --- findings, moved by an edit ---

def IsBefore(a: list<number>, b: list<number>): bool
    return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1])
enddef

# For places at the edit's end or behind it.
def Move(place: list<number>, edit: dict<any>): list<number>
    final n_lines = edit.end[0] - edit.start[0] + 1
    final line = place[0] + len(edit.lines) - n_lines
    if place[0] > edit.end[0]
        return [line, place[1]]
    endif
    return [line, place[1] - edit.end[1] + strchars(edit.lines[-1])
        + (len(edit.lines) == 1 ? edit.start[1] : 0)]
enddef

# The findings that the edit leaves as they are, where they are then.
def MoveAll(findings: list<dict<any>>, edit: dict<any>): list<dict<any>>
    var moved: list<dict<any>> = []
    for finding in findings
        if !IsBefore(edit.start, finding.end)
            add(moved, finding)
        elseif !IsBefore(finding.start, edit.end)
            finding.start = Move(finding.start, edit)
            finding.end = Move(finding.end, edit)
            add(moved, finding)
        endif
    endfor
    return moved
enddef

# --- text properties ---

# Shows the findings of these lines (from 0), and of no others.
def Show(text: dict<any>, from: number, to: number)
    final n_lines = getbufinfo(text.buf)[0].linecount
    var first = max([0, min([from, n_lines - 1])])
    var last = max([0, min([to, n_lines - 1])])
    var shown: dict<list<list<number>>> = {spelling: [], grammar: [], style: []}

    for finding in text.findings # those over more than one line
        if finding.start[0] <= last && finding.end[0] >= first
            first = min([first, finding.start[0]])
            last = max([last, min([finding.end[0], n_lines - 1])])
        endif
    endfor
    for finding in text.findings
        if finding.start[0] <= last && finding.end[0] >= first
            final start = ToColumn(text.buf, finding.start)
            final end = ToColumn(text.buf, finding.end)
            if start[0] < end[0] || start[1] < end[1]
                add(shown[finding.look], start + end)
            endif
        endif
    endfor
    for look in keys(TYPES)
        prop_remove({type: TYPES[look], bufnr: text.buf, all: true}, first + 1, last + 1)
        if !empty(shown[look])
            prop_add_list({type: TYPES[look], bufnr: text.buf}, shown[look])
        endif
    endfor
enddef

def Look(kind: string, rule: string): string
    return index(STYLE, rule) >= 0 || index(STYLE, kind) >= 0 ? 'style'
        : kind == 'spelling' ? 'spelling' : 'grammar'
enddef

def MakeFinding(diagnostic: dict<any>): dict<any>
    final range = diagnostic.range
    final kind = matchstr(diagnostic.code, '^[^/]*')
    return {
        start: [range.start.line, range.start.character],
        end: [range.end.line, range.end.character],
        message: diagnostic.message, rule: diagnostic.code, kind: kind,
        look: Look(kind, diagnostic.code), id: diagnostic.data,
    }
enddef

# From the first line to the last (from 0) that has other findings than before; [] if all are there.
def FindDifference(old: list<dict<any>>, new: list<dict<any>>): list<number>
    final n_min = min([len(old), len(new)])
    var n_start = 0
    var n_end = 0
    while n_start < n_min && old[n_start] == new[n_start]
        n_start += 1
    endwhile
    while n_end < n_min - n_start && old[-1 - n_end] == new[-1 - n_end]
        n_end += 1
    endwhile
    final others = slice(old, n_start, len(old) - n_end) + slice(new, n_start, len(new) - n_end)
    return empty(others) ? [] : [
        min(mapnew(others, (_, finding) => finding.start[0])),
        max(mapnew(others, (_, finding) => finding.end[0]))]
enddef

# --- for vim.vim ---

export def Open(buf: number, Send: func, Settle: func): dict<any>
    var text: dict<any> = {
        buf: buf, uri: MakeUri(buf), version: 1, lines: GetLines(buf, 1, 0x7fffffff),
        told: [], findings: [], edits: [], Send: Send, Settle: Settle, timer: -1,
        late: [], late_timer: -1,
    }
    AddTypes()
    text.listener = listener_add((_, _, _, _, changes) => OnChanges(text, changes), buf)
    return text
enddef

export def Close(text: dict<any>)
    listener_remove(text.listener)
    timer_stop(text.timer)
    timer_stop(text.late_timer)
    text.findings = []
    if bufloaded(text.buf)
        Show(text, 0, 0x7fffffff)
    endif
enddef

# @version: of the text that the diagnostics are of
export def Take(text: dict<any>, version: number, diagnostics: list<dict<any>>)
    timer_stop(text.timer)
    filter(text.edits, (_, edit) => edit.version > version)
    text.told = mapnew(diagnostics, (_, diagnostic) => MakeFinding(diagnostic))
    ShowAll(text)
enddef

# The server has seen all edits, and has nothing to tell: what it told last holds, also where an
# edit and its undoing took something away here.
export def Restore(text: dict<any>)
    text.edits = []
    ShowAll(text)
enddef

def ShowAll(text: dict<any>)
    final old = text.findings
    text.findings = mapnew(text.told, (_, finding) => copy(finding))
    for edit in text.edits
        text.findings = MoveAll(text.findings, edit)
    endfor
    final difference = FindDifference(old, text.findings)
    if !empty(difference)
        Show(text, difference[0], difference[1])
    endif
enddef

export def List(text: dict<any>): list<dict<any>>
    return mapnew(text.findings, (_, finding) => {
        final start = ToColumn(text.buf, finding.start)
        final end = ToColumn(text.buf, finding.end)
        return {lnum: start[0], col: start[1], end_lnum: end[0], end_col: end[1],
            message: finding.message, rule: finding.rule, kind: finding.kind, id: finding.id}
    })
enddef

# Vim's changes, one after the other, as one: the lines from @first to @old_end were replaced by
# those to @new_end (from 1, the ends not included).
def OnChanges(text: dict<any>, changes: list<dict<any>>)
    var first = changes[0].lnum
    var old_end = changes[0].end
    var new_end = old_end + changes[0].added
    for change in changes[1 :]
        first = min([first, change.lnum])
        old_end += max([0, change.end - new_end])
        new_end = max([new_end, change.end]) + change.added
    endfor
    final n_lines = getbufinfo(text.buf)[0].linecount
    if new_end - old_end != n_lines - len(text.lines) || new_end > n_lines + 1
        Compare(text)
    else
        Update(text, first, old_end, new_end)
    endif
enddef

export def Compare(text: dict<any>)
    Update(text, 1, len(text.lines) + 1, getbufinfo(text.buf)[0].linecount + 1)
enddef

def Update(text: dict<any>, first: number, old_end: number, new_end: number)
    final old = slice(text.lines, first - 1, old_end - 1)
    final new = GetLines(text.buf, first, new_end - 1)
    final edit = FindEdit(first - 1, old, new)

    if !empty(edit)
        if len(old) == len(new)
            for i in range(len(new))
                text.lines[first - 1 + i] = new[i]
            endfor
        else
            text.lines = slice(text.lines, 0, first - 1) + new + slice(text.lines, old_end - 1)
        endif
        text.findings = MoveAll(text.findings, edit)
        Tell(text, edit)
    endif
    ShowLater(text, first - 1, new_end - 1, new_end - old_end)
enddef

# Text properties that are set while Vim tells of changes, which may be in the middle of undoing,
# would spoil the text.
# @n_more: lines that came, less those that went
def ShowLater(text: dict<any>, from: number, to: number, n_more: number)
    if empty(text.late)
        text.late = [from, to]
        text.late_timer = timer_start(0, (_) => {
            final [first, last] = text.late
            text.late = []
            Show(text, first, last)
        })
    else
        text.late = [min([text.late[0], from]), max([text.late[1] + max([0, n_more]), to])]
    endif
enddef

def Tell(text: dict<any>, edit: dict<any>)
    timer_stop(text.timer)
    text.timer = timer_start(SETTLE_MS, (_) => text.Settle())
    text.version += 1
    edit.version = text.version
    add(text.edits, edit)
    if len(text.edits) > MAX_EDITS
        remove(text.edits, 0)
    endif
    text.Send({
        textDocument: {uri: text.uri, version: text.version},
        contentChanges: [{
            range: {
                start: {line: edit.start[0], character: edit.start[1]},
                end: {line: edit.end[0], character: edit.end[1]},
            },
            text: join(edit.lines, "\n"),
        }],
    })
enddef
