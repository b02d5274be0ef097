-- SPDX-License-Identifier: LGPL-2.1-or-later
-- proofd - the language server, by Neovim's own client; what Vim does in autoload/proofd/vim.vim
--
-- Findings are diagnostics of the namespace "proofd", so that all that Neovim can do with
-- diagnostics works. They are underlined here, by kind, and found again by their marks, which move
-- with the text.

local M = {}

local api = vim.api
local is_new = vim.fn.has('nvim-0.11') == 1
local namespace = api.nvim_create_namespace('proofd')
local marks_namespace = api.nvim_create_namespace('proofd-marks')
local client_id          -- of the running one
local starting           -- or of the one that starts
local elsewhere = {}     -- diagnostics of files that are no loaded buffer, by URI
local marks = {}         -- by buffer: { id of the mark = diagnostic }
local told = {}          -- by buffer: the diagnostics, as they came last
local uris = {}          -- by buffer: under which it is open
local is_off = {}        -- by buffer: the server is not to check it; see M.Close()
local redraws = {}       -- by buffer: the timer
local STYLE = { punctuation = true, ['letter-case'] = true, other = true,
  ['spelling/variant'] = true }
local REDRAW_MS = 1000   -- after an edit that the server had nothing to say about

local function vimscript(name, ...)
  return vim.fn[name](...)
end

-- --- one call in all versions of Neovim ---

local function get_client()
  return client_id and vim.lsp.get_client_by_id(client_id)
end

local function call(client, name, ...)
  if is_new then
    return client[name](client, ...)
  end
  return client[name](...)
end

-- A NUL would end the line for them.
local function to_byte(line, units)
  local ok, byte
  line = line:gsub('%z', ' ')
  if is_new then
    return vim.str_byteindex(line, 'utf-16', units, false)
  end
  ok, byte = pcall(vim.str_byteindex, line, units, true)
  return ok and byte or #line
end

local function to_units(line, byte)
  line = line:gsub('%z', ' ')
  byte = math.min(byte, #line)
  if is_new then
    return vim.str_utfindex(line, 'utf-16', byte, false)
  end
  return select(2, vim.str_utfindex(line, byte))
end

-- --- what is sent: no line end within a line, and no byte that is no UTF-8 ---

local function length_of(byte)
  return byte < 0xC0 and 0 or byte < 0xE0 and 2 or byte < 0xF0 and 3 or byte < 0xF8 and 4 or
      byte < 0xFC and 5 or byte < 0xFE and 6 or 0
end

local function is_character(bytes, length)
  local first, second = bytes:byte(1, 2)
  return length <= 4 and first >= 0xC2 and first <= 0xF4 and
      not (first == 0xE0 and second < 0xA0) and not (first == 0xED and second > 0x9F) and
      not (first == 0xF0 and second < 0x90) and not (first == 0xF4 and second > 0x8F)
end

local function clean_run(run)
  local parts, at = {}, 1
  while at <= #run do
    local length = length_of(run:byte(at))
    local bytes = run:sub(at, at + length - 1)
    if length > 0 and #bytes == length and bytes:find('^.[\128-\191]+$') then
      parts[#parts + 1] = is_character(bytes, length) and bytes or '?'
      at = at + length
    else
      parts[#parts + 1] = '?'
      at = at + 1
    end
  end
  return table.concat(parts)
end

local function clean(text)
  text = text:gsub('%z', ' '):gsub('\r([^\n])', ' %1'):gsub('[\128-\255]+', clean_run)
  return text
end

local function clean_params(method, params)
  if method == 'textDocument/didOpen' then
    params.textDocument.text = clean(params.textDocument.text)
  elseif method == 'textDocument/didChange' then
    for _, change in ipairs(params.contentChanges) do
      change.text = clean(change.text)
    end
  end
end

-- --- what is shown ---

local function group_of(diagnostic)
  local kind = diagnostic.code:match('^[^/]*')
  if STYLE[diagnostic.code] or STYLE[kind] then
    return 'ProofdStyle'
  end
  return kind == 'spelling' and 'ProofdSpelling' or 'ProofdGrammar'
end

-- Handles diagnostics as vim.diagnostic wants it.
local underline = {}

function underline.show(shown_namespace, buf, diagnostics)
  if shown_namespace ~= namespace then
    return
  end
  buf = buf == 0 and api.nvim_get_current_buf() or buf
  marks[buf] = {}
  for _, diagnostic in ipairs(diagnostics) do
    local ok, id = pcall(api.nvim_buf_set_extmark, buf, marks_namespace, diagnostic.lnum,
      diagnostic.col, { end_row = diagnostic.end_lnum, end_col = diagnostic.end_col,
        hl_group = group_of(diagnostic), priority = 150 })
    if ok then
      marks[buf][id] = diagnostic
    end
  end
end

function underline.hide(hidden_namespace, buf)
  if hidden_namespace == namespace and api.nvim_buf_is_valid(buf) then
    api.nvim_buf_clear_namespace(buf, marks_namespace, 0, -1)
    marks[buf] = nil
  end
end

vim.diagnostic.handlers.proofd = underline
-- the server leaves the word at the cursor alone by itself
vim.diagnostic.config({ proofd = true, underline = false, virtual_text = false, signs = false,
  update_in_insert = true }, namespace)

local function to_diagnostic(buf, found)
  local n_lines = api.nvim_buf_line_count(buf)
  local function to_place(position)
    if position.line >= n_lines then
      local last = api.nvim_buf_get_lines(buf, n_lines - 1, n_lines, false)[1] or ''
      return n_lines - 1, #last
    end
    local line = api.nvim_buf_get_lines(buf, position.line, position.line + 1, false)[1]
    return position.line, to_byte(line, position.character)
  end
  local lnum, col = to_place(found.range.start)
  local end_lnum, end_col = to_place(found.range['end'])
  return { bufnr = buf, lnum = lnum, col = col, end_lnum = end_lnum, end_col = end_col,
    severity = found.severity, message = found.message, source = found.source, code = found.code,
    user_data = { lsp = found } }
end

local function show(buf)
  local diagnostics = {}
  for _, found in ipairs(told[buf]) do
    diagnostics[#diagnostics + 1] = to_diagnostic(buf, found)
  end
  vim.diagnostic.set(namespace, buf, diagnostics)
end

local function find_buffer(uri)
  for _, buf in ipairs(api.nvim_list_bufs()) do
    if api.nvim_buf_is_loaded(buf) and vim.uri_from_bufnr(buf) == uri then
      return buf
    end
  end
end

local function on_diagnostics(_, params)
  local buf = find_buffer(params.uri)
  if not buf then
    elsewhere[params.uri] = #params.diagnostics > 0 and params.diagnostics or nil
    return vimscript('proofd#updated', 0)
  end
  if redraws[buf] then
    redraws[buf]:stop()
  end
  if is_off[buf] then
    return
  end
  told[buf] = params.diagnostics
  show(buf)
  vimscript('proofd#updated', buf)
end

-- Commands that replace lines by the same ones, as :%!cat, take marks away. The server sees no
-- change then, and tells nothing.
local function redraw_later(buf)
  redraws[buf] = redraws[buf] or vim.loop.new_timer()
  redraws[buf]:start(REDRAW_MS, 0, vim.schedule_wrap(function()
    if told[buf] and api.nvim_buf_is_loaded(buf) then
      show(buf)
    end
  end))
end

-- --- the process ---

local function forget()
  client_id, starting, elsewhere, uris, is_off = nil, nil, {}, {}, {}
  for buf in pairs(told) do
    told[buf] = nil
    vim.diagnostic.reset(namespace, buf)
  end
  for buf, timer in pairs(redraws) do
    timer:stop()
    timer:close()
    redraws[buf] = nil
  end
end

local function on_init(client)
  local notify = client.rpc.notify
  client.rpc.notify = function(method, params)
    clean_params(method, params)
    return notify(method, params)
  end
  -- after Neovim has counted it among the running ones
  vim.schedule(function()
    client_id, starting = client.id, nil
    vimscript('proofd#server#on_ready')
  end)
end

local function on_exit(code, signal, id)
  if id ~= client_id and id ~= starting then
    return
  end
  vim.schedule(function()
    forget()
    -- Neovim says something itself, which ours is to follow
    vim.schedule(function()
      vimscript('proofd#server#on_end', signal ~= 0 and 'by signal ' .. signal or
        'with status ' .. code)
    end)
  end)
end

local function on_configuration(_, params)
  return vim.tbl_map(function(item)
    local buf = item.scopeUri and find_buffer(item.scopeUri) or 0
    return is_off[buf] and { enable = false } or vimscript('proofd#settings#of', buf)
  end, params.items)
end

local function on_message(_, params)
  vimscript('proofd#say', ({ 'error', 'warning' })[params.type] or 'info', params.message)
  return vim.NIL
end

local function make_capabilities()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  local action = capabilities.textDocument.codeAction
  capabilities.textDocument.diagnostic = nil -- pushed, as in all versions
  action.isPreferredSupport = true
  action.dataSupport = false                 -- edits come with the actions
  action.resolveSupport = nil
  capabilities.workspace.workspaceEdit.documentChanges = true
  capabilities.workspace.configuration = true
  return capabilities
end

-- What vim.lsp starts: also for vim.lsp.enable('proofd') of Neovim 0.11, by lsp/proofd.lua.
function M.config()
  return {
    name = 'proofd',
    cmd = vimscript('proofd#server#command'),
    capabilities = make_capabilities(),
    get_language_id = function(buf)
      return vimscript('proofd#kind', buf)
    end,
    handlers = {
      ['textDocument/publishDiagnostics'] = on_diagnostics,
      ['workspace/configuration'] = on_configuration,
      ['window/showMessage'] = on_message,
    },
    on_init = on_init,
    on_exit = on_exit,
  }
end

function M.Spawn(command)
  local config = M.config()
  config.cmd = command
  if vim.lsp.start_client and not is_new then
    starting = vim.lsp.start_client(config)
  else
    starting = vim.lsp.start(config, { attach = false, silent = true })
  end
  return starting ~= nil
end

function M.End()
  local client = get_client()
  forget()
  if client then
    call(client, 'stop')
  end
end

function M.Kill()
  local client = get_client() or (starting and vim.lsp.get_client_by_id(starting))
  forget()
  if client then
    call(client, 'stop', true)
  end
end

-- --- texts ---

function M.Open(buf)
  if not client_id or not api.nvim_buf_is_loaded(buf) then
    return
  elseif is_off[buf] then
    is_off[buf] = nil
    return M.Configure()
  elseif vim.lsp.buf_is_attached(buf, client_id) then
    return
  elseif api.nvim_buf_get_offset(buf, api.nvim_buf_line_count(buf)) > 16 * 1024 * 1024 then
    return vimscript('proofd#say', 'warning', 'a buffer of more than 16 MiB is not checked')
  end
  uris[buf] = vim.uri_from_bufnr(buf)
  vim.lsp.buf_attach_client(buf, client_id)
  api.nvim_buf_attach(buf, false, {
    on_lines = function()
      if not client_id or not vim.lsp.buf_is_attached(buf, client_id) then
        return true
      end
      redraw_later(buf)
    end,
    on_detach = function()
      is_off[buf] = nil
    end,
  })
end

-- The buffer stays with the client: one that is taken from it and given back has each of its edits
-- sent twice in old versions.
function M.Close(buf)
  if client_id and vim.lsp.buf_is_attached(buf, client_id) then
    is_off[buf] = true
    M.Configure()
  end
  if redraws[buf] then
    redraws[buf]:stop()
  end
  if told[buf] then
    told[buf] = nil
    vim.diagnostic.reset(namespace, buf)
  end
end

-- Its name or its kind is another.
function M.Reopen(buf, kind)
  local client = get_client()
  if not client or not uris[buf] then
    return
  end
  local lines = api.nvim_buf_get_lines(buf, 0, -1, true)
  call(client, 'notify', 'textDocument/didClose', { textDocument = { uri = uris[buf] } })
  uris[buf] = vim.uri_from_bufnr(buf)
  call(client, 'notify', 'textDocument/didOpen', { textDocument = { uri = uris[buf],
    languageId = kind, version = api.nvim_buf_get_changedtick(buf),
    text = table.concat(lines, '\n') .. '\n' } })
end

-- Neovim's client does these by itself.
function M.Compare() end
function M.Saved() end

function M.Configure()
  local client = get_client()
  if client then
    call(client, 'notify', 'workspace/didChangeConfiguration', { settings = vim.empty_dict() })
  end
end

-- Where they are now, by their marks.
function M.Findings(buf)
  local findings = {}
  for id, diagnostic in pairs(marks[buf] or {}) do
    local mark = api.nvim_buf_get_extmark_by_id(buf, marks_namespace, id, { details = true })
    local details = mark[3]
    if details and (details.end_row > mark[1] or details.end_col > mark[2]) then
      findings[#findings + 1] = { lnum = mark[1] + 1, col = mark[2] + 1,
        end_lnum = details.end_row + 1, end_col = details.end_col + 1,
        message = diagnostic.message, rule = diagnostic.code,
        kind = diagnostic.code:match('^[^/]*'), id = diagnostic.user_data.lsp.data }
    end
  end
  table.sort(findings, function(a, b)
    return a.lnum < b.lnum or (a.lnum == b.lnum and a.col < b.col)
  end)
  return findings
end

-- As entries of a quickfix list. Columns are characters there: the files are not loaded.
function M.Elsewhere()
  local entries = {}
  for uri, diagnostics in pairs(elsewhere) do
    for _, found in ipairs(diagnostics) do
      entries[#entries + 1] = { filename = vim.uri_to_fname(uri), lnum = found.range.start.line + 1,
        col = found.range.start.character + 1, text = found.message,
        type = found.severity == 1 and 'E' or 'W' }
    end
  end
  return entries
end

function M.Uri(buf)
  return vim.uri_from_bufnr(buf)
end

function M.Position(buf, lnum, col)
  local line = api.nvim_buf_get_lines(buf, lnum - 1, lnum, false)[1] or ''
  return { line = lnum - 1, character = to_units(line, col - 1) }
end

-- { lnum, col }
function M.Column(buf, position)
  local place = to_diagnostic(buf, { range = { start = position, ['end'] = position } })
  return { place.lnum + 1, place.col + 1 }
end

-- --- requests ---

-- Waits for the answer, as a table with result or error; an empty one where none came in time.
function M.Ask(buf, method, params, timeout_ms)
  local client = get_client()
  local answer = client and call(client, 'request_sync', method, params, timeout_ms, buf)
  if not answer then
    return vim.empty_dict()
  elseif answer.err then
    return { error = { message = answer.err.message } }
  end
  return { result = answer.result or vim.NIL }
end

-- Calls the function of that name with the answer and extra.
function M.Send(buf, method, params, name, extra)
  local client = get_client()
  if client then
    call(client, 'request', method, params, function(err, result)
      vimscript(name, err and { error = { message = err.message } } or
        { result = result or vim.NIL }, extra)
    end, buf)
  end
end

-- --- windows ---

function M.Choose(titles, message)
  local numbers = {}
  for i = 1, #titles do
    numbers[i] = i
  end
  vim.ui.select(numbers, {
    prompt = message,
    kind = 'proofd',
    format_item = function(i)
      return titles[i]
    end,
  }, function(i)
    if i then
      vimscript('proofd#fix#chosen', i)
    end
  end)
end

function M.Float(lines)
  vim.lsp.util.open_floating_preview(lines, 'markdown',
    { border = 'rounded', focus_id = 'proofd', max_width = 76 })
end

return M
