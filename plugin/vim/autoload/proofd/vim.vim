vim9script
# SPDX-License-Identifier: LGPL-2.1-or-later
# vim.vim - the language server, by Vim's channels; what Neovim does in lua/proofd/init.lua
#
# Positions are asked for as code points ("utf-32"), whatever 'encoding' is: Vim's JSON has one for
# each character, also for a byte that is no character.

import autoload './text.vim'

var job: job
var last_words = ''                 # what it wrote to its standard error last
var texts: dict<dict<any>> = {}     # open ones, by buffer; see text.vim
var waiting: dict<func> = {}       # what takes answers, by the number of the request
var elsewhere: dict<list<any>> = {} # diagnostics of files that are no open text, by URI

const MAX_BYTES = 16 * 1024 * 1024  # of the server
final CAPABILITIES = {
    general: {positionEncodings: ['utf-32']},
    workspace: {configuration: true, workspaceEdit: {documentChanges: true}},
    textDocument: {
        publishDiagnostics: {versionSupport: true},
        hover: {contentFormat: ['plaintext']},
        codeAction: {
            isPreferredSupport: true,
            codeActionLiteralSupport: {codeActionKind: {valueSet: ['quickfix']}},
        },
    },
}

# --- the process ---

export def Spawn(command: list<string>): bool
    texts = {}
    waiting = {}
    elsewhere = {}
    last_words = ''
    job = job_start(command, {
        in_mode: 'lsp', out_mode: 'lsp', err_mode: 'nl', noblock: 1,
        out_cb: OnMessage, err_cb: OnError, exit_cb: OnExit, stoponexit: 'term',
    })
    if job_status(job) == 'fail'
        return false
    endif
    Request('initialize', {
        processId: getpid(),
        clientInfo: {name: 'Vim', version: string(v:versionlong)},
        rootUri: null,
        capabilities: CAPABILITIES,
    }, OnInitialized)
    return true
enddef

def IsThere(): bool
    return job_status(job) == 'run' && ch_status(job) == 'open'
enddef

def Notify(method: string, params: dict<any>)
    if IsThere()
        ch_sendexpr(job, {method: method, params: params})
    endif
enddef

# The number of the request. A request of the server with the same number goes to our callback, and
# then the answer to the channel's: so OnMessage() takes both, and finds out what they are.
def Request(method: string, params: any, Use: func): number
    final sent = ch_sendexpr(job, {method: method, params: params}, {callback: OnMessage})
    waiting[sent.id] = Use
    return sent.id
enddef

def OnInitialized(answer: dict<any>)
    if has_key(answer, 'result')
        Notify('initialized', {})
        proofd#server#on_ready()
    endif
enddef

def OnError(_: channel, line: string)
    last_words = line
enddef

def OnExit(ended: job, status: number)
    if ended != job
        return
    endif
    for buf in keys(texts)
        text.Close(texts[buf])
    endfor
    texts = {}
    final signal = get(job_info(ended), 'termsig', '')
    var how = signal != '' ? 'by signal ' .. toupper(signal) : 'with status ' .. status
    if last_words != ''
        how ..= ' (' .. last_words .. ')'
    endif
    proofd#server#on_end(how)
enddef

# Politely; it goes on by itself.
export def End()
    if IsThere()
        Request('shutdown', null, (_) => 0)
        Notify('exit', {})
    endif
    Forget()
enddef

export def Kill()
    final old = job
    Forget()
    job_stop(old, 'kill')
enddef

# What it does from now on is no matter.
def Forget()
    for buf in keys(texts)
        text.Close(texts[buf])
    endfor
    texts = {}
    job = null_job
enddef

# --- its messages ---

def OnMessage(channel: channel, message: dict<any>)
    if !IsThere() || channel != job_getchannel(job)
        return
    elseif !has_key(message, 'method')
        final number = get(message, 'id', 0)
        if type(number) == v:t_number && has_key(waiting, number)
            call(remove(waiting, number), [message])
        endif
        return
    endif
    final params = get(message, 'params', {})
    if message.method == 'textDocument/publishDiagnostics'
        OnDiagnostics(params)
    elseif message.method == 'workspace/configuration'
        Reply(message, mapnew(params.items, (_, item) =>
            proofd#settings#of(FindBuffer(item.scopeUri))))
    elseif message.method == 'window/showMessage'
        proofd#say(params.type == 1 ? 'error' : params.type == 2 ? 'warning' : 'info',
            params.message)
    elseif has_key(message, 'id')
        Reply(message, null)
    endif
enddef

def Reply(request: dict<any>, result: any)
    if IsThere()
        ch_sendexpr(job, {id: request.id, result: result})
    endif
enddef

def FindBuffer(uri: string): number
    for [buf, open] in items(texts)
        if open.uri == uri
            return str2nr(buf)
        endif
    endfor
    return 0
enddef

def OnDiagnostics(params: dict<any>)
    final buf = FindBuffer(params.uri)
    if buf == 0
        elsewhere[params.uri] = params.diagnostics
        if empty(params.diagnostics)
            remove(elsewhere, params.uri)
        endif
    else
        listener_flush(buf)
        text.Take(texts[buf], params.version, params.diagnostics)
    endif
    proofd#updated(buf)
enddef

# --- texts ---

export def Open(buf: number, kind: string)
    if has_key(texts, buf) || !bufloaded(buf)
        return
    endif
    final size = getbufinfo(buf)[0].linecount > 0 ? text.CountBytes(buf) : 0
    if size > MAX_BYTES
        proofd#say('warning', 'a buffer of more than 16 MiB is not checked')
        return
    endif
    final opened = text.Open(buf, (change) => Notify('textDocument/didChange', change),
        () => Settle(buf))
    texts[buf] = opened
    Notify('textDocument/didOpen', {textDocument: {
        uri: opened.uri, languageId: kind, version: opened.version,
        text: join(opened.lines, "\n") .. "\n",
    }})
enddef

# Its name or its kind is another.
export def Reopen(buf: number, kind: string)
    Close(buf)
    Open(buf, kind)
enddef

# The answer to a question comes after what was found in edits before it.
def Settle(buf: number)
    final version = texts[buf].version
    Send(buf, 'textDocument/codeAction', {
        textDocument: {uri: texts[buf].uri},
        range: {start: {line: 0x7fffffff, character: 0}, end: {line: 0x7fffffff, character: 0}},
        context: {diagnostics: [], only: ['none']},
    }, 'proofd#vim#OnSettled', [buf, version, texts[buf].told])
enddef

# @extra: buffer, version, and what was told when it was asked
export def OnSettled(_: dict<any>, extra: list<any>)
    final [buf, version, told] = extra
    if has_key(texts, buf) && texts[buf].version == version && texts[buf].told is told
        text.Restore(texts[buf])
        proofd#updated(buf)
    endif
enddef

export def Close(buf: number)
    if has_key(texts, buf)
        Notify('textDocument/didClose', {textDocument: {uri: texts[buf].uri}})
        text.Close(texts[buf])
        remove(texts, buf)
    endif
enddef

# The whole text is looked at: Vim does not tell what changed when it reads a file again.
export def Compare(buf: number)
    if has_key(texts, buf)
        text.Compare(texts[buf])
    endif
enddef

export def Saved(buf: number)
    if has_key(texts, buf)
        listener_flush(buf)
        Notify('textDocument/didSave', {textDocument: {uri: texts[buf].uri}})
    endif
enddef

export def Configure()
    Notify('workspace/didChangeConfiguration', {settings: {}})
enddef

export def Findings(buf: number): list<dict<any>>
    if !has_key(texts, buf)
        return []
    endif
    listener_flush(buf)
    return text.List(texts[buf])
enddef

# As entries of a quickfix list. Columns are characters there: the files are not loaded.
export def Elsewhere(): list<dict<any>>
    var entries: list<dict<any>> = []
    for [uri, diagnostics] in items(elsewhere)
        for d in diagnostics
            add(entries, {filename: text.PathOf(uri), lnum: d.range.start.line + 1,
                col: d.range.start.character + 1, text: d.message,
                type: d.severity == 1 ? 'E' : 'W'})
        endfor
    endfor
    return entries
enddef

export def Uri(buf: number): string
    return texts[buf].uri
enddef

export def Position(buf: number, lnum: number, col: number): dict<number>
    return {line: lnum - 1, character: strchars(strpart(text.Line(buf, lnum), 0, col - 1))}
enddef

# [lnum, col]
export def Column(buf: number, position: dict<number>): list<number>
    return text.ToColumn(buf, [position.line, position.character])
enddef

# --- requests ---

# Waits for the answer: {result: ...} or {error: ...}; {} where none came in time.
export def Ask(buf: number, method: string, params: dict<any>, timeout_ms: number): dict<any>
    var answers: list<dict<any>> = []
    final began = reltime()
    listener_flush(buf)
    if IsThere()
        final number = Request(method, params, (answer) => {
            add(answers, answer)
        })
        while empty(answers) && IsThere() && reltimefloat(reltime(began)) * 1000 < timeout_ms
            sleep 2m
        endwhile
        if has_key(waiting, number)
            remove(waiting, number)
        endif
    endif
    return get(answers, 0, {})
enddef

# Calls the function of that name with the answer and @extra.
export def Send(buf: number, method: string, params: dict<any>, name: string, extra: any)
    listener_flush(buf)
    if IsThere()
        Request(method, params, (answer) => call(name, [answer, extra]))
    endif
enddef
