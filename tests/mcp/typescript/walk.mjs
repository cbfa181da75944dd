// The official TypeScript client of the Model Context Protocol against `wharf mcp`.
//
// Run by ../run inside `wharf serve`, with the program, a backend and a shared directory, where the SDK is installed. The walk
// is that of Microsoft's page on files in hosted agent sessions. What comes back is compared with what went in.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { Ajv2020 } from 'ajv/dist/2020.js';

const [wharf, backend, shared] = process.argv.slice(2);
const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => (at * 7919) % 251));
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Runs `work` with a client that is connected to a server with these flags. */
async function connected(flags, work) {
  const client = new Client({ name: 'walk', version: '1' });
  const args = ['mcp', '-b', backend, '--root', shared, '--allow-local-exec', ...flags];
  await client.connect(new StdioClientTransport({ command: wharf, args, env: process.env, stderr: 'inherit' }));
  await work(client);
  await client.close();
}

/** Calls a tool that succeeds; the client checks the result against the schema of the tool. */
async function ok(client, name, args, options) {
  const result = await client.callTool({ name, arguments: args }, undefined, options);
  assert.equal(result.isError, false, `${name}: ${JSON.stringify(result)}`);
  return result.structuredContent;
}

/** Calls a tool that fails with an error of this kind, which the client checks against the schema as well. */
async function fails(client, kind, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, `${name}: ${JSON.stringify(result)}`);
  assert.equal(result.structuredContent.error.kind, kind, `${name}: ${JSON.stringify(result)}`);
}

await connected([], async (client) => {
  const listed = (await client.listTools()).tools;
  const tools = new Set(listed.map((tool) => tool.name));
  const ajv = new Ajv2020({ strict: false });
  for (const { name, inputSchema, outputSchema } of listed) {
    for (const schema of [inputSchema, outputSchema].filter(Boolean)) {
      assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`);
    }
  }
  const { id: sessionId } = await ok(client, 'session_create', {});
  if (tools.has('session_file_mkdir')) await ok(client, 'session_file_mkdir', { sessionId, path: 'data' });

  await writeFile(join(shared, 'input.bin'), content);
  let last = 0;
  const upload = { sessionId, filePath: 'data/input.bin', localPath: 'input.bin' };
  const sent = await ok(client, 'session_file_upload', upload, { onprogress: ({ progress }) => { last = progress; } });
  assert.deepEqual([sent.bytes, sent.sha256], [content.length, sha256(content)]);
  // This client drops notifications that arrive together with the answer.
  assert.ok(last <= content.length, `${last}`);
  await ok(client, 'session_file_upload', { sessionId, filePath: 'data/note.txt', contentText: 'résumé\n' });

  const script = 'mkdir -p "$WHARF_OUTPUTS"; echo result >"$WHARF_OUTPUTS/r.txt"; echo done';
  if (tools.has('agent_invoke')) {
    const turn = await ok(client, 'agent_invoke', { sessionId, inputText: script });
    assert.deepEqual([turn.text.trim(), turn.session], ['done', sessionId]);
  } else {
    const ran = await ok(client, 'session_exec', { sessionId, command: ['sh', '-c', script] });
    assert.deepEqual([ran.exit_code, ran.stdout], [0, 'done\n']);
  }
  const { entries } = await ok(client, 'session_file_list', { sessionId, path: 'data' });
  assert.deepEqual(entries.map((entry) => entry.name), ['input.bin', 'note.txt']);
  const result = await ok(client, 'session_file_download', { sessionId, filePath: '@outputs/r.txt' });
  assert.equal(result.content, 'result\n');
  const local = { sessionId, filePath: '@outputs/r.txt', localPath: 'r.txt' };
  await ok(client, 'session_file_download', local);
  assert.equal(await readFile(join(shared, 'r.txt'), 'utf8'), 'result\n');
  await fails(client, 'conflict', 'session_file_download', local);
  await fails(client, 'not_found', 'session_file_download', { sessionId, filePath: 'none' });
  await fails(client, 'usage', 'session_file_upload', { sessionId, filePath: 'x', localPath: '/etc/passwd' });
  await fails(client, 'usage', 'session_get', {});
  await fails(client, 'usage', 'no_such_tool', {});
  await ok(client, 'session_file_delete', { sessionId, filePath: 'data/note.txt' });
  assert.equal((await ok(client, 'session_delete', { sessionId })).deleted, true);
  await fails(client, 'not_found', 'session_get', { sessionId });
  await Promise.all(['r.txt', 'input.bin'].map((name) => rm(join(shared, name))));
});

// A call that is cancelled rejects at once, and the server goes on.
await connected([], async (client) => {
  const { id: sessionId } = await ok(client, 'session_create', {});
  const stop = new AbortController();
  const tools = new Set((await client.listTools()).tools.map((tool) => tool.name));
  const call = tools.has('agent_invoke')
    ? { name: 'agent_invoke', arguments: { sessionId, inputText: 'sleep 60' } }
    : { name: 'session_exec', arguments: { sessionId, command: ['sleep', '60'], timeoutSeconds: 90 } };
  const waiting = client.callTool(call, undefined, { signal: stop.signal, onprogress: () => {} });
  setTimeout(() => stop.abort('enough'), 500);
  await assert.rejects(waiting);
  const begun = Date.now();
  const again = tools.has('agent_invoke')
    ? { name: 'agent_invoke', arguments: { sessionId, inputText: 'echo free' } }
    : { name: 'session_exec', arguments: { sessionId, command: ['echo', 'free'] } };
  // Until the work has stopped, another message is refused.
  while ((await client.callTool(again)).isError) {
    assert.ok(Date.now() - begun < 30_000, 'the work was stopped');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(Date.now() - begun < 30_000, 'the work was stopped');
  await ok(client, 'session_delete', { sessionId });
});
