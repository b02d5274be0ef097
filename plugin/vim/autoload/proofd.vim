" SPDX-License-Identifier: LGPL-2.1-or-later
" proofd.vim - which buffers are checked, where their findings are, and what is said of it all
"
" What Vim and Neovim do in different ways is behind proofd#editor(): proofd/vim.vim for the one,
" lua/proofd/init.lua for the other. A finding is a Dict: lnum, col, end_lnum, end_col (bytes, the
" first is 1, the end is behind the last), message, rule, kind, id.

let s:filetypes = ['text', 'markdown', 'pandoc', 'rmd', 'quarto', 'tex', 'plaintex', 'context',
      \ 'rst', 'html', 'xhtml', 'gitcommit', 'jjdescription', 'mail', 'asciidoc', 'org']
let s:wanted = {} " buffers that are to be checked, by number: the name and the kind sent
let s:later = []  " what is said once Vim has drawn its screen
let s:counts = {} " findings of each buffer, by number

" Calls the function of that name, with the list of arguments, of the editor at hand.
function! proofd#editor(name, ...) abort
  if has('nvim')
    return luaeval('require("proofd")[_A[1]](unpack(_A[2]))', [a:name, a:000])
  endif
  return call('proofd#vim#' . a:name, a:000)
endfunction

" --- messages ---

" level: 'error', 'warning' or 'info'
function! proofd#say(level, text) abort
  if !v:vim_did_enter
    call add(s:later, [a:level, a:text])
  else
    execute 'echohl' get({'error': 'ErrorMsg', 'warning': 'WarningMsg'}, a:level, 'None')
    echomsg a:text =~# '^proofd' ? a:text : 'proofd: ' . a:text
    echohl None
  endif
endfunction

function! proofd#entered() abort
  let l:said = s:later
  let s:later = []
  call timer_start(0, {-> map(l:said, {_, words -> proofd#say(words[0], words[1])})})
endfunction

" --- which buffers ---

function! proofd#wanted() abort
  return map(keys(s:wanted), {_, buf -> str2nr(buf)})
endfunction

" The kind of text, as the server knows it.
function! proofd#kind(buf) abort
  let l:kind = get(split(getbufvar(a:buf, '&filetype'), '\.'), 0, '')
  return l:kind ==# '' ? 'plaintext' : l:kind
endfunction

function! s:want(buf) abort
  let s:wanted[a:buf] = [bufname(a:buf), proofd#kind(a:buf)]
  if proofd#server#ensure()
    call proofd#editor('Open', a:buf, proofd#kind(a:buf))
  endif
endfunction

function! s:drop(buf) abort
  if has_key(s:wanted, a:buf)
    unlet s:wanted[a:buf]
    call proofd#editor('Close', a:buf)
  endif
  silent! unlet s:counts[a:buf]
endfunction

" Autocommands: a buffer got its kind.
function! proofd#seen(buf) abort
  if has_key(s:wanted, a:buf)
    call proofd#read(a:buf)
  elseif get(g:, 'proofd_enable', 1) && getbufvar(a:buf, 'proofd_enable', 1)
        \ && getbufvar(a:buf, '&buftype') ==# '' && getbufvar(a:buf, '&modifiable')
        \ && index(get(g:, 'proofd_filetypes', s:filetypes), proofd#kind(a:buf)) >= 0
    call s:want(a:buf)
  endif
endfunction

" It was read once more, or has another name or kind.
function! proofd#read(buf) abort
  if !has_key(s:wanted, a:buf)
    if getbufvar(a:buf, 'proofd_enable', 0)
      call s:want(a:buf)
    endif
  elseif s:wanted[a:buf] != [bufname(a:buf), proofd#kind(a:buf)]
    let s:wanted[a:buf] = [bufname(a:buf), proofd#kind(a:buf)]
    call proofd#editor('Reopen', a:buf, proofd#kind(a:buf))
  else
    call proofd#changed(a:buf)
  endif
endfunction

function! proofd#changed(buf) abort
  if has_key(s:wanted, a:buf)
    call proofd#editor('Compare', a:buf)
  endif
endfunction

function! proofd#written(buf) abort
  if has_key(s:wanted, a:buf)
    call proofd#editor('Saved', a:buf)
  endif
endfunction

" Nobody writes there now: the server, which leaves an unfinished word alone, need not wait for more.
" It learns where the cursor is by what is asked of it; this asks for nothing, from the text's end.
function! proofd#settled(buf) abort
  if has_key(s:wanted, a:buf) && proofd#server#is_ready()
    let l:end = {'line': line('$'), 'character': 0}
    call proofd#editor('Send', a:buf, 'textDocument/codeAction', {
          \ 'textDocument': {'uri': proofd#editor('Uri', a:buf)},
          \ 'range': {'start': l:end, 'end': l:end},
          \ 'context': {'diagnostics': [], 'only': ['none']}}, 'proofd#nothing', '')
  endif
endfunction

function! proofd#nothing(answer, extra) abort
endfunction

function! proofd#unloaded(buf) abort
  call s:drop(a:buf)
endfunction

function! proofd#configure() abort
  if !empty(s:wanted)
    call proofd#editor('Configure')
  endif
endfunction

function! proofd#leave() abort
  let s:wanted = {}
  call proofd#server#stop()
endfunction

" --- :ProofStart, :ProofStop, :ProofToggle, :ProofStatus ---

function! proofd#start(all) abort
  call proofd#server#retry()
  if a:all
    let g:proofd_enable = 1
    for l:info in getbufinfo({'bufloaded': 1})
      call setbufvar(l:info.bufnr, 'proofd_enable', 1)
      call proofd#seen(l:info.bufnr)
    endfor
    return
  endif
  let b:proofd_enable = 1
  if has_key(s:wanted, bufnr())
    call proofd#configure()
  else
    call s:want(bufnr())
  endif
endfunction

function! proofd#stop(all) abort
  if a:all
    let g:proofd_enable = 0
    for l:buf in proofd#wanted()
      call s:drop(l:buf)
    endfor
    call proofd#server#stop()
  else
    let b:proofd_enable = 0
    call s:drop(bufnr())
  endif
  call proofd#updated(bufnr())
endfunction

function! proofd#toggle() abort
  if has_key(s:wanted, bufnr())
    call proofd#stop(0)
    call proofd#say('info', 'off in this buffer')
  else
    call proofd#start(0)
    call proofd#say('info', 'on in this buffer')
  endif
endfunction

function! proofd#status() abort
  let l:lines = proofd#server#describe()
  if !has_key(s:wanted, bufnr())
    call add(l:lines, 'This buffer is not checked; :ProofStart checks it')
  else
    let l:n = proofd#count()
    call add(l:lines, 'This buffer is checked as ' . proofd#kind(bufnr()) . ': ' . l:n
          \ . (l:n == 1 ? ' finding' : ' findings'))
  endif
  echo join(l:lines, "\n")
endfunction

" --- findings ---

" Of a buffer, in their order. Those of a buffer that is not checked are none.
function! proofd#findings(buf) abort
  return has_key(s:wanted, a:buf) ? proofd#editor('Findings', a:buf) : []
endfunction

function! proofd#count(...) abort
  return get(s:counts, a:0 ? a:1 : bufnr(), 0)
endfunction

" For 'statusline': how many there are; '!' where nothing can be checked; nothing where it is off.
function! proofd#statusline() abort
  if !has_key(s:wanted, bufnr())
    return ''
  elseif !proofd#server#works()
    return 'Proofd:!'
  endif
  return 'Proofd:' . proofd#count()
endfunction

" The editor tells that the findings of a buffer are others.
function! proofd#updated(buf) abort
  let s:counts[a:buf] = len(proofd#findings(a:buf))
  call proofd#list#update(a:buf)
  if exists('#User#ProofdUpdate')
    doautocmd <nomodeline> User ProofdUpdate
  endif
  redrawstatus!
endfunction

" Is the place (line, byte) before the other?
function! proofd#before(lnum, col, other_lnum, other_col) abort
  return a:lnum < a:other_lnum || (a:lnum == a:other_lnum && a:col < a:other_col)
endfunction

" The one at the cursor, or {}.
function! proofd#here() abort
  for l:finding in proofd#findings(bufnr())
    if !proofd#before(line('.'), col('.'), l:finding.lnum, l:finding.col)
          \ && proofd#before(line('.'), col('.'), l:finding.end_lnum, l:finding.end_col)
      return l:finding
    endif
  endfor
  return {}
endfunction

" To the one so many further on, or back where that is negative; 'wrapscan' goes on at the end.
function! proofd#go(step) abort
  let l:all = proofd#findings(bufnr())
  if empty(l:all)
    call proofd#say('info', 'nothing is found in this buffer')
    return
  endif
  let l:n_before = len(filter(copy(l:all),
        \ {_, f -> proofd#before(f.lnum, f.col, line('.'), col('.'))}))
  let l:n_to_here = len(filter(copy(l:all),
        \ {_, f -> !proofd#before(line('.'), col('.'), f.lnum, f.col)}))
  let l:to = a:step > 0 ? l:n_to_here + a:step - 1 : l:n_before + a:step
  if !&wrapscan && (l:to < 0 || l:to >= len(l:all))
    call proofd#say('info', 'there is no other finding that way')
    return
  endif
  let l:finding = l:all[((l:to % len(l:all)) + len(l:all)) % len(l:all)]
  normal! m'
  call cursor(l:finding.lnum, l:finding.col)
  normal! zv
  echo strcharpart(l:finding.message, 0, &columns - 12)
endfunction
