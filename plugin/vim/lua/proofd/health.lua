-- SPDX-License-Identifier: LGPL-2.1-or-later
-- :checkhealth proofd

local M = {}

local old = vim.fn.has('nvim-0.10') == 0 and require('health')
local report = old and { start = old.report_start, ok = old.report_ok, warn = old.report_warn,
  error = old.report_error, info = old.report_info } or vim.health

local function check_program()
  local program = vim.fn['proofd#server#command']()[1]
  if vim.fn.executable(program) == 0 then
    return report.error(program .. ' is not installed', {
      'Install proofd', 'Or say where it is: let g:proofd_command = "/path/to/proofd-lsp"' })
  end
  local version = vim.fn.system({ program, '--version' })
  if vim.v.shell_error ~= 0 then
    return report.error(program .. ' --version failed: ' .. version)
  end
  report.ok(vim.trim(version) .. ' (' .. vim.fn.exepath(program) .. ')')
end

local function check_bus()
  if not (vim.env.DBUS_SESSION_BUS_ADDRESS or vim.env.XDG_RUNTIME_DIR) then
    return report.error('There is no D-Bus session: DBUS_SESSION_BUS_ADDRESS is not set', {
      'Log in to a desktop, or run: dbus-run-session nvim' })
  end
  report.ok('There is a D-Bus session')
end

local function check_state()
  for _, line in ipairs(vim.fn['proofd#server#describe']()) do
    report.info(line)
  end
  local n = #vim.fn['proofd#wanted']()
  if n == 0 then
    report.info('No buffer is checked; :ProofStart checks the current one')
  elseif vim.fn['proofd#server#works']() == 0 then
    report.error('Nothing is checked now', { ':ProofStart tries again', ':messages says why' })
  else
    report.ok('Buffers that are checked: ' .. n)
  end
end

function M.check()
  report.start('proofd')
  check_program()
  check_bus()
  check_state()
end

return M
