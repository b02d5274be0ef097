" SPDX-License-Identifier: LGPL-2.1-or-later
" settings.vim - the variables g:proofd_... and b:proofd_... as settings of the language server

let s:names = {'language': 'language', 'level': 'level', 'variant': 'variant',
      \ 'disable': 'disable', 'words': 'words', 'formats': 'formats', 'severity': 'severity',
      \ 'max_candidates': 'maxCandidates', 'unfinished_word_delay': 'unfinishedWordDelay',
      \ 'check_while_typing': 'checkWhileTyping', 'check_included_files': 'checkIncludedFiles'}

" Where 'spell' is on, the first of 'spelllang' that is a language: de_de is de_DE. '': none.
function! s:spelllang(buf) abort
  let l:window = bufwinid(a:buf)
  if l:window < 0 || !getwinvar(l:window, '&spell')
    return ''
  endif
  for l:name in split(getbufvar(a:buf, '&spelllang'), ',')
    let l:parts = matchlist(l:name, '^\(\a\{2,3}\)\%([_-]\(\a\a\)\)\?$')
    if !empty(l:parts) && l:name !=# 'en'
      return l:parts[1] . (l:parts[2] ==# '' ? '' : '_' . toupper(l:parts[2]))
    endif
  endfor
  return ''
endfunction

" For a buffer; 0 for none.
function! proofd#settings#of(buf) abort
  let l:settings = {}
  for [l:name, l:sent] in items(s:names)
    let l:value = get(g:, 'proofd_' . l:name, v:null)
    if a:buf > 0
      let l:value = getbufvar(a:buf, 'proofd_' . l:name, l:value)
    endif
    if l:value isnot v:null
      " true and false are numbers in Vim
      let l:settings[l:sent] = l:name =~# '^check_' && type(l:value) == v:t_number
            \ ? (l:value ? v:true : v:false) : l:value
    endif
  endfor
  if !has_key(l:settings, 'language') && a:buf > 0 && s:spelllang(a:buf) !=# ''
    let l:settings.language = s:spelllang(a:buf)
  endif
  return l:settings
endfunction
