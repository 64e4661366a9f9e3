-- A real editor at work: what is found, shown, changed and taken back. Prints one line for each step.
local file = vim.env.TREE .. '/src/lib.rs'
vim.cmd('edit ' .. file)
local id = vim.lsp.start_client({ name = 'raft-lint', cmd = { vim.env.RAFT_LINT, 'lsp' }, root_dir = vim.env.TREE })
vim.lsp.buf_attach_client(0, id)
local function wait(done) return vim.wait(60000, done, 20) end
local function ask(method, params)
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 60000) or {}) do return answer.result end
end
local function say(what, value) io.stdout:write(what .. '=' .. tostring(value) .. '\n') end
local function found() return vim.diagnostic.get(0) end

wait(function() return #found() > 0 end)
local first = found()[1]
say('rule', first.code)
say('line', first.lnum + 1)
local document = { uri = vim.uri_from_bufnr(0) }
local position = { line = first.lnum, character = first.col }
local hover = ask('textDocument/hover', { textDocument = document, position = position })
say('hover', hover.contents.value:match('^[^\n]*'))
local range = { start = position, ['end'] = position }
local actions = ask('textDocument/codeAction', { textDocument = document, range = range, context = { diagnostics = {} } })
for _, action in ipairs(actions) do
  if action.kind == 'quickfix' then
    vim.lsp.util.apply_workspace_edit(action.edit, vim.lsp.get_client_by_id(id).offset_encoding)
    say('comment', vim.trim(vim.api.nvim_buf_get_lines(0, first.lnum, first.lnum + 1, false)[1]))
    break
  end
end
say('silenced', wait(function() return #found() == 0 end))
vim.cmd('silent undo')
say('back', wait(function() return #found() == 1 end))
say('symbol', ask('workspace/symbol', { query = 'RequestVote' })[1].name)
say('map', ask('workspace/executeCommand', { command = 'raft-lint.map' }):match('^[^\n]*'))
vim.lsp.stop_client(id)
say('stopped', wait(function() return #vim.lsp.get_active_clients() == 0 end))
vim.cmd('qa!')
