" SPDX-License-Identifier: LGPL-2.1-or-later
" list.vim - :ProofList: findings as a location list or the quickfix list, kept up to date

let s:lists = [] " of {window: id, 0 for the quickfix list; id: of the list; buf: 0 for all}

function! s:entry(buf, finding) abort
  return {'bufnr': a:buf, 'lnum': a:finding.lnum, 'col': a:finding.col,
        \ 'end_lnum': a:finding.end_lnum, 'end_col': a:finding.end_col,
        \ 'text': a:finding.message, 'type': a:finding.kind ==# 'spelling' ? 'E' : 'W'}
endfunction

function! s:entries(buf) abort
  let l:entries = []
  for l:buf in a:buf > 0 ? [a:buf] : sort(proofd#wanted(), 'n')
    call extend(l:entries, map(proofd#findings(l:buf), {_, finding -> s:entry(l:buf, finding)}))
  endfor
  return a:buf > 0 ? l:entries : l:entries + proofd#editor('Elsewhere')
endfunction

function! s:title(buf) abort
  return a:buf > 0 ? 'proofd: ' . fnamemodify(bufname(a:buf), ':t') : 'proofd'
endfunction

" Sets or asks: the location list of a window, or the quickfix list.
function! s:set(list, action, what) abort
  return a:list.window > 0 ? setloclist(a:list.window, [], a:action, a:what)
        \ : setqflist([], a:action, a:what)
endfunction

function! s:get(list, what) abort
  return a:list.window > 0 ? getloclist(a:list.window, a:what) : getqflist(a:what)
endfunction

function! s:is_there(list) abort
  return (a:list.window == 0 || win_id2win(a:list.window) > 0 || win_id2tabwin(a:list.window) != [0, 0])
        \ && get(s:get(a:list, {'id': a:list.id}), 'id', 0) == a:list.id
endfunction

function! proofd#list#open(is_all) abort
  let l:list = {'window': a:is_all ? 0 : win_getid(), 'buf': a:is_all ? 0 : bufnr()}
  let l:what = {'title': s:title(l:list.buf), 'items': s:entries(l:list.buf)}
  if empty(l:what.items)
    call proofd#say('info', a:is_all ? 'nothing is found' : 'nothing is found in this buffer')
    return
  endif
  " the list that is already there is the one to use
  for l:old in filter(copy(s:lists), 's:is_there(v:val)')
    if l:old.window == l:list.window && l:old.buf == l:list.buf
          \ && s:get(l:list, {'id': 0}).id == l:old.id
      let l:list.id = l:old.id
      call s:set(l:list, 'r', extend(l:what, {'id': l:old.id}))
    endif
  endfor
  if !has_key(l:list, 'id')
    call s:set(l:list, ' ', l:what)
    let l:list.id = s:get(l:list, {'id': 0}).id
    call add(s:lists, l:list)
  endif
  execute a:is_all ? 'copen' : 'lopen'
endfunction

" The findings of a buffer are others.
function! proofd#list#update(buf) abort
  call filter(s:lists, 's:is_there(v:val)')
  for l:list in s:lists
    if l:list.buf == 0 || l:list.buf == a:buf
      let l:index = get(s:get(l:list, {'id': l:list.id, 'idx': 0}), 'idx', 0)
      let l:entries = s:entries(l:list.buf)
      call s:set(l:list, 'r', {'id': l:list.id, 'items': l:entries,
            \ 'title': s:title(l:list.buf)})
      if l:index > 0 && !empty(l:entries)
        call s:set(l:list, 'a', {'id': l:list.id, 'idx': min([l:index, len(l:entries)])})
      endif
    endif
  endfor
endfunction
