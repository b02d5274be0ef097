" SPDX-License-Identifier: LGPL-2.1-or-later
" server.vim - the language server's life: started when a buffer is to be checked, started again
" with growing pauses where it ends by itself, given up where that does not help

let s:state = 'off' " off, starting, ready, waiting (for the next start), failed, ending
let s:n_ends = 0    " without a minute of work between them
let s:max_ends = 5
let s:ready_at = 0
let s:timer = -1
let s:trouble = ''  " why it does not work

function! proofd#server#command() abort
  let l:command = get(g:, 'proofd_command', 'proofd-lsp')
  return map(type(l:command) == v:t_list ? copy(l:command) : [l:command],
        \ {i, word -> i == 0 ? expand(word) : word})
endfunction

function! s:set_timer(ms, name) abort
  call timer_stop(s:timer)
  let s:timer = timer_start(a:ms, function(a:name))
endfunction

function! s:fail(text) abort
  let s:state = 'failed'
  let s:trouble = a:text
  call proofd#say('error', a:text)
  redrawstatus!
endfunction

function! s:spawn() abort
  let l:command = proofd#server#command()
  if !executable(l:command[0])
    return s:fail(printf('%s is not installed; :help proofd', l:command[0]))
  endif
  let s:state = 'starting'
  call s:set_timer(get(g:, 'proofd_start_timeout', 30000), 's:on_start_timeout')
  if !proofd#editor('Spawn', l:command)
    call s:fail(printf('%s cannot be run', l:command[0]))
  endif
endfunction

" Returns: can texts be opened now? If not, each is when it is ready.
function! proofd#server#ensure() abort
  if s:state ==# 'off'
    call s:spawn()
  endif
  return s:state ==# 'ready'
endfunction

" Somebody wants it: what had failed is tried once more, at once.
function! proofd#server#retry() abort
  if s:state ==# 'failed' || s:state ==# 'waiting'
    let s:n_ends = 0
    call timer_stop(s:timer)
    let s:state = 'off'
    if !empty(proofd#wanted())
      call s:spawn()
    endif
  endif
endfunction

function! proofd#server#stop() abort
  call timer_stop(s:timer)
  if s:state ==# 'starting' || s:state ==# 'ready'
    let s:state = 'ending'
    call proofd#editor('End')
  endif
  let s:state = 'off'
  let s:n_ends = 0
endfunction

function! proofd#server#works() abort
  return s:state ==# 'ready' || s:state ==# 'starting'
endfunction

function! proofd#server#is_ready() abort
  return s:state ==# 'ready'
endfunction

" --- what the editor tells ---

function! proofd#server#on_ready() abort
  call timer_stop(s:timer)
  let s:state = 'ready'
  let s:ready_at = localtime()
  let s:trouble = ''
  for l:buf in proofd#wanted()
    call proofd#editor('Open', l:buf, proofd#kind(l:buf))
  endfor
  redrawstatus!
endfunction

" how: such as 'with status 1'
function! proofd#server#on_end(how) abort
  if s:state !=# 'starting' && s:state !=# 'ready'
    return
  endif
  call timer_stop(s:timer)
  let s:n_ends = s:state ==# 'ready' && localtime() - s:ready_at >= 60 ? 1 : s:n_ends + 1
  for l:buf in proofd#wanted()
    call proofd#updated(l:buf)
  endfor
  if s:n_ends >= s:max_ends
    call s:fail(printf('proofd-lsp ended %d times, %s; :ProofStart tries again', s:n_ends, a:how))
    return
  endif
  let s:state = 'waiting'
  let s:trouble = 'proofd-lsp ended ' . a:how
  let l:seconds = float2nr(pow(2, s:n_ends - 1))
  call proofd#say('warning', printf('proofd-lsp ended %s; starting it again in %d s',
        \ a:how, l:seconds))
  call s:set_timer(l:seconds * get(g:, 'proofd_pause', 1000), 's:on_pause_over')
  redrawstatus!
endfunction

function! s:on_pause_over(timer) abort
  let s:state = 'off'
  if !empty(proofd#wanted())
    call s:spawn()
  endif
endfunction

function! s:on_start_timeout(timer) abort
  call proofd#server#on_silence()
endfunction

" It did not answer: it is ended, and counts as ended by itself.
function! proofd#server#on_silence() abort
  call proofd#editor('Kill')
  call proofd#server#on_end('since it did not answer')
endfunction

" For :ProofStatus.
function! proofd#server#describe() abort
  let l:program = exepath(proofd#server#command()[0])
  return [printf('proofd-lsp: %s', l:program ==# '' ? 'not found' : l:program),
        \ s:trouble ==# '' ? printf('state: %s', s:state)
        \   : printf('state: %s (%s)', s:state, s:trouble)]
endfunction
