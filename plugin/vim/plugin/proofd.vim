" SPDX-License-Identifier: LGPL-2.1-or-later
" proofd.vim - commands and keys; what they do is in autoload/, and :help proofd says how to use it

if exists('g:loaded_proofd')
  finish
endif
let g:loaded_proofd = 1

let s:can = has('nvim') ? has('nvim-0.7')
      \ : has('patch-9.0.0233') && has('channel') && has('job') && has('textprop')
      \   && has('popupwin') && has('timers') && has('vim9script')
if !s:can
  let s:needed = 'proofd needs Vim 9.0 with +channel and +textprop, or Neovim 0.7'
  command! -bang ProofStart echohl WarningMsg | echomsg s:needed | echohl None
  finish
endif

command! -bar -bang ProofStart call proofd#start(<bang>0)
command! -bar -bang ProofStop call proofd#stop(<bang>0)
command! -bar ProofToggle call proofd#toggle()
command! -bar -bang -range=0 ProofFix call proofd#fix#run(<bang>0, <count>, <line1>, <line2>)
command! -bar -nargs=? ProofAdd call proofd#fix#add(<q-args>)
command! -bar -bang ProofIgnore call proofd#fix#ignore(<bang>0)
command! -bar -bang ProofExplain call proofd#explain#run(<bang>0)
command! -bar -count=1 ProofNext call proofd#go(<count>)
command! -bar -count=1 ProofPrev call proofd#go(-<count>)
command! -bar -bang ProofList call proofd#list#open(<bang>0)
command! -bar ProofStatus call proofd#status()

nnoremap <silent> <Plug>(proofd-fix) <Cmd>ProofFix<CR>
nnoremap <silent> <Plug>(proofd-fix-first) <Cmd>ProofFix!<CR>
xnoremap <silent> <Plug>(proofd-fix) :ProofFix<CR>
nnoremap <silent> <Plug>(proofd-add) <Cmd>ProofAdd<CR>
nnoremap <silent> <Plug>(proofd-ignore) <Cmd>ProofIgnore<CR>
nnoremap <silent> <Plug>(proofd-explain) <Cmd>ProofExplain<CR>
nnoremap <silent> <Plug>(proofd-next) <Cmd>call proofd#go(v:count1)<CR>
nnoremap <silent> <Plug>(proofd-prev) <Cmd>call proofd#go(-v:count1)<CR>

highlight default link ProofdSpelling SpellBad
highlight default link ProofdGrammar SpellCap
highlight default link ProofdStyle SpellRare

augroup proofd
  autocmd!
  autocmd FileType * call proofd#seen(str2nr(expand('<abuf>')))
  autocmd BufReadPost,BufFilePost * call proofd#read(str2nr(expand('<abuf>')))
  autocmd BufWritePost * call proofd#written(str2nr(expand('<abuf>')))
  autocmd FileChangedShellPost * call proofd#changed(str2nr(expand('<abuf>')))
  autocmd InsertLeave,TextChanged * call proofd#settled(str2nr(expand('<abuf>')))
  autocmd BufUnload * call proofd#unloaded(str2nr(expand('<abuf>')))
  autocmd OptionSet spell,spelllang call proofd#configure()
  autocmd VimEnter * call proofd#entered()
  autocmd VimLeavePre * call proofd#leave()
augroup END
