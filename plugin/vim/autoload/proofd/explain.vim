" SPDX-License-Identifier: LGPL-2.1-or-later
" explain.vim - :ProofExplain: why a place is reported

let s:wanted = {}

function! proofd#explain#run(is_window) abort
  if !proofd#server#is_ready() || index(proofd#wanted(), bufnr()) < 0
    call proofd#say('warning', 'this buffer is not checked now; :ProofStatus says more')
    return
  endif
  let s:wanted = {'buf': bufnr(), 'cursor': getcurpos(), 'is_window': a:is_window}
  call proofd#editor('Send', bufnr(), 'textDocument/hover', {
        \ 'textDocument': {'uri': proofd#editor('Uri', bufnr())},
        \ 'position': proofd#editor('Position', bufnr(), line('.'), col('.'))},
        \ 'proofd#explain#on_answer', '')
endfunction

function! proofd#explain#on_answer(answer, done) abort
  if bufnr() != s:wanted.buf || getcurpos() != s:wanted.cursor
    return " somebody went on
  elseif has_key(a:answer, 'error')
    call proofd#say('error', a:answer.error.message)
  elseif type(get(a:answer, 'result', 0)) != v:t_dict
    call proofd#say('info', 'nothing is found at the cursor')
  elseif s:wanted.is_window
    call s:open_window(split(a:answer.result.contents.value, '\n', 1))
  elseif has('nvim')
    call proofd#editor('Float', split(a:answer.result.contents.value, '\n', 1))
  else
    call popup_atcursor(split(a:answer.result.contents.value, '\n', 1), {
          \ 'border': [], 'padding': [0, 1, 0, 1], 'maxwidth': min([76, &columns - 6]),
          \ 'maxheight': &lines - 6, 'close': 'click'})
  endif
endfunction

function! s:open_window(lines) abort
  silent noswapfile pedit proofd://explanation
  let l:window = win_getid(filter(range(1, winnr('$')), 'getwinvar(v:val, "&previewwindow")')[0])
  let l:buf = winbufnr(l:window)
  call setbufvar(l:buf, '&buftype', 'nofile')
  call setbufvar(l:buf, '&bufhidden', 'wipe')
  call setbufvar(l:buf, '&buflisted', 0)
  call win_execute(l:window, 'setlocal wrap linebreak')
  call setbufline(l:buf, 1, a:lines)
endfunction
