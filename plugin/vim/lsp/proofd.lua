-- SPDX-License-Identifier: LGPL-2.1-or-later
-- For vim.lsp.enable('proofd') and vim.lsp.config('proofd', ...) of Neovim 0.11 and newer.
return require('proofd').config()
