" SPDX-License-Identifier: LGPL-2.1-or-later
" fix.vim - :ProofFix, :ProofAdd, :ProofIgnore: what the server offers to do about a finding

" --- asking ---

" Says why nothing can be asked.
function! s:can_ask() abort
  if !proofd#server#is_ready()
    call proofd#say('warning', 'proofd-lsp is not ready; :ProofStatus says more')
    return 0
  elseif index(proofd#wanted(), bufnr()) < 0
    call proofd#say('warning', 'this buffer is not checked; :ProofStart checks it')
    return 0
  endif
  return 1
endfunction

" What can be done from a place to another (line, byte): the server's CodeActions. It has seen all
" edits by then. Throws "proofd-no-answer" once that has been told.
function! s:actions(lnum, col, end_lnum, end_col) abort
  let l:answer = proofd#editor('Ask', bufnr(), 'textDocument/codeAction', {
        \ 'textDocument': {'uri': proofd#editor('Uri', bufnr())},
        \ 'range': {'start': proofd#editor('Position', bufnr(), a:lnum, a:col),
        \           'end': proofd#editor('Position', bufnr(), a:end_lnum, a:end_col)},
        \ 'context': {'diagnostics': []}}, get(g:, 'proofd_timeout', 10000))
  if empty(l:answer)
    call proofd#server#on_silence()
    throw 'proofd-no-answer'
  elseif has_key(l:answer, 'error')
    call proofd#say('error', l:answer.error.message)
    throw 'proofd-no-answer'
  endif
  return type(l:answer.result) == v:t_list ? l:answer.result : []
endfunction

" [lnum, col, end_lnum, end_col] of the finding that an action is about
function! s:place(action) abort
  let l:range = a:action.diagnostics[0].range
  return proofd#editor('Column', bufnr(), l:range.start)
        \ + proofd#editor('Column', bufnr(), l:range.end)
endfunction

" Those of one finding: it has the cursor, or begins or ends there.
function! s:actions_here() abort
  let l:actions = s:actions(line('.'), col('.'), line('.'), col('.'))
  let l:chosen = []
  let l:touching = []
  for l:action in l:actions
    let l:place = s:place(l:action)
    if proofd#before(line('.'), col('.'), l:place[0], l:place[1])
      continue
    elseif proofd#before(line('.'), col('.'), l:place[2], l:place[3])
      call add(l:chosen, l:action)
    else
      call add(l:touching, l:action)
    endif
  endfor
  let l:found = empty(l:chosen) ? l:touching : l:chosen
  let l:first = empty(l:found) ? '' : l:found[0].diagnostics[0].data
  return filter(l:found, {_, action -> action.diagnostics[0].data ==# l:first})
endfunction

" --- correcting ---

" Of an action, [] where it is no correction: [lnum, col, end_lnum, end_col, text]
function! s:edit(action) abort
  if type(get(a:action, 'edit', 0)) != v:t_dict
    return []
  endif
  let l:edit = a:action.edit.documentChanges[0].edits[0]
  return proofd#editor('Column', bufnr(), l:edit.range.start)
        \ + proofd#editor('Column', bufnr(), l:edit.range.end) + [l:edit.newText]
endfunction

function! s:replace(edit) abort
  let [l:lnum, l:col, l:end_lnum, l:end_col, l:text] = a:edit
  let l:lines = split(l:text, '\n', 1)
  if has('nvim')
    call nvim_buf_set_text(0, l:lnum - 1, l:col - 1, l:end_lnum - 1, l:end_col - 1, l:lines)
    return
  endif
  let l:lines[0] = strpart(getline(l:lnum), 0, l:col - 1) . l:lines[0]
  let l:lines[-1] .= strpart(getline(l:end_lnum), l:end_col - 1)
  call setline(l:lnum, l:lines[0])
  if l:end_lnum > l:lnum
    call deletebufline('', l:lnum + 1, l:end_lnum)
  endif
  call append(l:lnum, l:lines[1:])
endfunction

" The cursor stays at its character; one that was in what is replaced goes to its start.
function! s:keep_cursor(edit, cursor) abort
  let [l:lnum, l:col, l:end_lnum, l:end_col, l:text] = a:edit
  let l:lines = split(l:text, '\n', 1)
  if proofd#before(a:cursor[0], a:cursor[1], l:lnum, l:col)
    return a:cursor
  elseif proofd#before(a:cursor[0], a:cursor[1], l:end_lnum, l:end_col)
    return [l:lnum, l:col]
  elseif a:cursor[0] > l:end_lnum
    return [a:cursor[0] - l:end_lnum + l:lnum + len(l:lines) - 1, a:cursor[1]]
  endif
  return [l:lnum + len(l:lines) - 1, a:cursor[1] - l:end_col + len(l:lines[-1])
        \ + (len(l:lines) == 1 ? l:col : 1)]
endfunction

" All of them as one step of undo. None overlaps another.
function! s:apply(edits) abort
  if !&modifiable
    call proofd#say('error', 'this buffer cannot be changed: ''modifiable'' is off')
    return 0
  endif
  let l:cursor = [line('.'), col('.')]
  let &l:undolevels = &l:undolevels " what was done before is a step of its own
  for l:edit in reverse(sort(copy(a:edits), {a, b -> proofd#before(a[0], a[1], b[0], b[1]) ? -1 : 1}))
    call s:replace(l:edit)
    let l:cursor = s:keep_cursor(l:edit, l:cursor)
  endfor
  let &l:undolevels = &l:undolevels
  call cursor(l:cursor)
  return 1
endfunction

" The first correction of each finding.
function! s:first_edits(actions) abort
  let l:edits = []
  let l:end = [0, 0]
  for l:action in a:actions
    let l:edit = get(l:action, 'isPreferred', v:false) is v:true ? s:edit(l:action) : []
    if !empty(l:edit) && !proofd#before(l:edit[0], l:edit[1], l:end[0], l:end[1])
      call add(l:edits, l:edit)
      let l:end = l:edit[2:3]
    endif
  endfor
  return l:edits
endfunction

function! s:fix_lines(first, last) abort
  let l:edits = s:first_edits(filter(
        \ s:actions(a:first, 1, a:last, strlen(getline(a:last)) + 1),
        \ {_, action -> s:is_within(s:place(action), a:first, a:last)}))
  if empty(l:edits)
    call proofd#say('info', 'no corrections here')
  elseif s:apply(l:edits) && len(l:edits) >= &report
    call proofd#say('info', len(l:edits) == 1 ? '1 correction' : len(l:edits) . ' corrections')
  endif
endfunction

function! s:is_within(place, first, last) abort
  return a:place[0] >= a:first && a:place[0] <= a:last
endfunction

" --- the menu ---

function! s:act(action) abort
  if type(get(a:action, 'edit', 0)) == v:t_dict
    call s:apply([s:edit(a:action)])
  elseif has_key(a:action, 'command')
    call s:execute(a:action.command.command, a:action.command.arguments, '')
  else
    call proofd#explain#run(0)
  endif
endfunction

function! s:chosen(menu, number) abort
  if a:number < 1 || a:number > len(a:menu.actions)
    return
  elseif bufnr() != a:menu.buf || b:changedtick != a:menu.tick
    call proofd#say('warning', 'the text has changed meanwhile; please try again')
    return
  endif
  call cursor(a:menu.cursor)
  call s:act(a:menu.actions[a:number - 1])
endfunction

" For Neovim, whose menu is its own.
function! proofd#fix#chosen(number) abort
  call s:chosen(s:menu, a:number)
endfunction

function! s:on_key(window, key) abort
  if a:key =~# '^[1-9]$'
    if str2nr(a:key) <= len(s:menu.actions)
      call popup_close(a:window, str2nr(a:key))
    endif
    return 1
  endif
  return popup_filter_menu(a:window, a:key)
endfunction

function! s:show_menu(actions) abort
  let s:menu = {'buf': bufnr(), 'tick': b:changedtick, 'cursor': [line('.'), col('.')],
        \ 'actions': a:actions + [{}]}
  let l:titles = map(copy(a:actions), {_, action -> action.title}) + ['Why is this reported?']
  let l:message = a:actions[0].diagnostics[0].message
  if has('nvim')
    call proofd#editor('Choose', l:titles, l:message)
    return
  endif
  call popup_menu(map(l:titles, {i, title -> (i < 9 ? i + 1 : ' ') . ' ' . title}), {
        \ 'title': ' ' . strcharpart(l:message, 0, &columns - 8) . ' ',
        \ 'line': 'cursor+1', 'col': 'cursor', 'pos': 'topleft', 'maxheight': &lines - 4,
        \ 'borderchars': &ambiwidth ==# 'single' && &encoding ==# 'utf-8'
        \   ? ['─', '│', '─', '│', '╭', '╮', '╯', '╰'] : [],
        \ 'filter': function('s:on_key'),
        \ 'callback': {_, number -> s:chosen(s:menu, number)}})
endfunction

function! proofd#fix#run(is_first, range, first, last) abort
  if !s:can_ask()
    return
  endif
  try
    if a:range > 0
      call s:fix_lines(a:first, a:last)
    else
      call s:fix_here(a:is_first)
    endif
  catch /^proofd-no-answer$/
  endtry
endfunction

function! s:fix_here(is_first) abort
  let l:actions = s:actions_here()
  if empty(l:actions)
    call proofd#say('info', 'nothing is found at the cursor')
  elseif !a:is_first
    call s:show_menu(l:actions)
  elseif empty(s:first_edits(l:actions))
    call proofd#say('info', 'there is no correction for this')
  else
    call s:apply(s:first_edits(l:actions))
  endif
endfunction

" --- words ---

function! s:execute(command, arguments, done) abort
  call proofd#editor('Send', bufnr(), 'workspace/executeCommand',
        \ {'command': a:command, 'arguments': a:arguments}, 'proofd#fix#on_executed', a:done)
endfunction

" An answer. done: what to say where all went well
function! proofd#fix#on_executed(answer, done) abort
  if has_key(a:answer, 'error')
    call proofd#say('error', a:answer.error.message)
  elseif a:done !=# ''
    call proofd#say('info', a:done)
  endif
endfunction

" The word that a finding is about, or ''.
function! s:word(finding) abort
  if empty(a:finding) || a:finding.lnum != a:finding.end_lnum
    return ''
  endif
  return strpart(getline(a:finding.lnum), a:finding.col - 1, a:finding.end_col - a:finding.col)
endfunction

function! proofd#fix#add(word) abort
  let l:finding = proofd#here()
  let l:word = a:word !=# '' ? a:word
        \ : get(l:finding, 'kind', '') ==# 'spelling' ? s:word(l:finding) : expand('<cword>')
  if !s:can_ask()
    return
  elseif l:word =~# '^\s*$'
    call proofd#say('warning', 'there is no word at the cursor')
    return
  endif
  call s:execute('proofd.addWord', [l:word],
        \ printf('“%s” is in the dictionary now', l:word))
endfunction

function! proofd#fix#ignore(is_word) abort
  if !s:can_ask()
    return
  endif
  let l:finding = proofd#here()
  if empty(l:finding)
    call proofd#say('info', 'nothing is found at the cursor')
  elseif a:is_word
    call s:execute('proofd.ignoreWord', [proofd#editor('Uri', bufnr()), s:word(l:finding)], '')
  else
    call s:execute('proofd.ignoreHere', [proofd#editor('Uri', bufnr()), l:finding.id], '')
  endif
endfunction
