// The official TypeScript SDK against `wharf serve --tls`: files, agents, environments, sessions, their
// resources, events and threads.
//
// Run by ../run, which starts the server and sets the variables, in a directory where the SDK is
// installed. Every value that comes back is compared with what went in; the first difference ends it.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import Anthropic, { toFile } from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';

// The address and the key come from the variables that the server set.
const client = new Anthropic();
const { agents, environments, sessions } = client.beta;
const UPLOADS = '/mnt/session/uploads';
const managed = ['managed-agents-2026-04-01'];

const message = (text) => ({ type: 'user.message', content: [{ type: 'text', text }] });

/** All items of all pages. */
async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

/** Fails with this class of the SDK's errors. */
async function fails(error, type, call, code) {
  await assert.rejects(call, (caught) => {
    assert.ok(caught instanceof error, `${caught?.constructor.name}: ${caught}`);
    assert.equal(caught.error.error.type, type);
    assert.equal(caught.error.error.details?.error_code, code);
    assert.ok(caught.requestID.startsWith('req_'), caught.requestID);
    return true;
  });
}

/** What an agent would have made, by the emulator's own call. */
async function output(session, name, content) {
  const path = `/_emulator/anthropic/sessions/${session}/outputs?filename=${encodeURIComponent(name)}`;
  const { id } = await client.post(path, { body: content, headers: { 'content-type': 'application/octet-stream' } });
  return id;
}

async function files() {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
  await writeFile('data.bin', content);
  const streamed = await client.files.upload({ file: createReadStream('data.bin') });
  assert.deepEqual([streamed.filename, streamed.size_bytes, streamed.type], ['data.bin', 300_000, 'file']);
  const named = await toFile(content, 'résumé ü.csv', { type: 'text/csv' });
  const made = await client.beta.files.upload({ file: named, expires_in_seconds: 86_400 });
  assert.deepEqual([made.filename, made.mime_type, made.downloadable], ['résumé ü.csv', 'text/csv', false]);
  assert.equal((Date.parse(made.expires_at) - Date.parse(made.created_at)) / 1000, 86_400);
  assert.deepEqual(await client.beta.files.retrieveMetadata(made.id), made);
  const many = await Promise.all(
    Array.from({ length: 12 }, async (_, n) => client.files.upload({ file: await toFile(Buffer.alloc(n), `${n}.txt`) })),
  );
  const listed = await all(client.files.list({ limit: 5 }));
  assert.deepEqual(new Set(listed.map((file) => file.id)), new Set([streamed, made, ...many].map((file) => file.id)));
  // A client that deletes what it lists keeps its place.
  for await (const file of client.files.list({ limit: 4 })) {
    if (file.filename.endsWith('.txt')) assert.equal((await client.files.delete(file.id)).type, 'file_deleted');
  }
  assert.equal((await all(client.files.list())).length, 2);
  const download = () => client.files.download(made.id);
  await fails(Anthropic.BadRequestError, 'invalid_request_error', download, 'file_not_downloadable');
  await fails(Anthropic.NotFoundError, 'not_found_error', () => client.files.retrieveMetadata('file_none'));
  return streamed;
}

async function catalogue() {
  const model = { id: 'claude-opus-5-5', effort: 'low' };
  const first = await agents.create({ name: 'analyst', model, tools: [{ type: 'agent_toolset_20260401' }] });
  assert.deepEqual([first.version, first.model.effort.type], [1, 'low']);
  const second = await agents.update(first.id, { version: 1, system: 'Be brief.', metadata: { team: 'blue' } });
  assert.deepEqual(await agents.retrieve(first.id), second);
  assert.deepEqual(await agents.retrieve(first.id, { version: 1 }), first);
  const versions = await all(agents.versions.list(first.id, { limit: 1 }));
  assert.deepEqual(versions.map((agent) => agent.version), [2, 1]);
  const networking = { type: 'limited', allowed_hosts: ['a.example'] };
  const environment = await environments.create({ name: 'limited', config: { type: 'cloud', networking } });
  const whole = { ...networking, allow_mcp_servers: false, allow_package_managers: false };
  assert.deepEqual(environment.config.networking, whole);
  const changed = await environments.update(environment.id, {
    config: { type: 'cloud', networking: { type: 'limited', allow_mcp_servers: true } },
    metadata: { stage: '1' },
  });
  assert.deepEqual(changed.config.networking, { ...whole, allow_mcp_servers: true });
  assert.deepEqual(await environments.retrieve(environment.id), changed);
  assert.deepEqual((await all(environments.list())).map((one) => one.id), [environment.id]);
  await fails(Anthropic.ConflictError, 'conflict_error', () => environments.create({ name: 'limited' }));
  return { agent: second, environment: changed };
}

async function work(file, { agent, environment }) {
  const made = await sessions.create({
    agent: { type: 'agent', id: agent.id, version: 2 },
    environment_id: environment.id,
    title: 'november sales',
    metadata: { team: 'blue', draft: 'yes' },
    resources: [
      { type: 'file', file_id: file.id, mount_path: '/in/data.bin' },
      { type: 'github_repository', url: 'https://github.example/acme/etl', authorization_token: 'secret' },
      { type: 'memory_store', memory_store_id: 'memstore_1' },
    ],
  });
  assert.deepEqual([made.status, made.agent.version, made.resources[0].mount_path], ['idle', 2, `${UPLOADS}/in/data.bin`]);
  assert.deepEqual(await sessions.retrieve(made.id), made);
  const of = { session_id: made.id };
  const { resources, events, threads } = sessions;
  const added = await resources.add(made.id, { type: 'file', file_id: file.id, mount_path: '/more' });
  assert.deepEqual(await resources.retrieve(added.id, of), added);
  const kinds = (await all(resources.list(made.id, { limit: 1 }))).map((one) => one.type);
  assert.deepEqual(kinds, ['file', 'github_repository', 'memory_store', 'file']);
  await resources.update(made.resources[1].id, { ...of, authorization_token: 'new' });
  assert.equal((await resources.delete(added.id, of)).type, 'session_resource_deleted');
  const changed = await sessions.update(made.id, { title: null, metadata: { draft: null } });
  assert.deepEqual([changed.title, changed.metadata], [null, { team: 'blue' }]);

  const report = Buffer.from('x'.repeat(100_000));
  const id = await output(made.id, 'report.pdf', report);
  const scoped = await all(client.beta.files.list({ scope_id: made.id, betas: managed }));
  assert.deepEqual(scoped.map((one) => one.scope.id), [made.id, made.id]);
  assert.deepEqual(Buffer.from(await (await client.files.download(id)).arrayBuffer()), report);

  // A turn, followed as it happens, and its history.
  const [thread] = await all(threads.list(made.id));
  assert.deepEqual(await threads.retrieve(thread.id, of), thread);
  const follow = async (stream) => {
    const seen = [];
    for await (const event of stream) {
      seen.push(event.type);
      if (event.type === 'session.status_idle') break;
    }
    return seen;
  };
  const streams = [
    await events.stream(made.id, { event_deltas: ['agent.message'] }),
    await threads.events.stream(thread.id, of),
  ];
  const following = Promise.all(streams.map(follow));
  const sent = await events.send(made.id, { events: [message('sleep')] });
  assert.equal(sent.data[0].processed_at, null);
  assert.equal((await sessions.retrieve(made.id)).status, 'running');
  await fails(Anthropic.BadRequestError, 'invalid_request_error', () => sessions.delete(made.id));
  await events.send(made.id, { events: [{ type: 'user.interrupt', session_thread_id: thread.id }] });
  const begin = ['user.message', 'session.status_running', 'span.model_request_start'];
  const end = ['span.model_request_end', 'session.usage', 'session.status_idle'];
  // The client's own events come twice: queued, and processed.
  const seen = ['user.message', ...begin, 'user.interrupt', 'user.interrupt', ...end];
  const turn = [...begin, 'user.interrupt', ...end];
  assert.deepEqual(await following, [seen, seen]);
  const history = await all(events.list(made.id, { limit: 1 }));
  assert.deepEqual(history.map((event) => event.type), ['session.updated', ...turn]);
  assert.deepEqual(await all(threads.events.list(thread.id, { ...of, limit: 3 })), history);
  const times = history.map((event) => event.processed_at);
  assert.deepEqual(times, [...times].sort());
  for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const idle = await all(events.list(made.id, { types: ['session.status_idle'], order: 'desc' }));
  assert.equal(idle[0].stop_reason.type, 'end_turn');

  const others = [];
  for (let n = 0; n < 5; n += 1) others.unshift(await sessions.create({ agent: agent.id, environment_id: environment.id }));
  const ids = async (query) => (await all(sessions.list(query))).map((session) => session.id);
  assert.deepEqual(await ids({ limit: 2 }), [...others.map((session) => session.id), made.id]);
  assert.deepEqual(await ids({ statuses: ['running', 'terminated'] }), []);
  assert.deepEqual(await ids({ memory_store_id: 'memstore_1', order: 'asc' }), [made.id]);
  assert.equal((await sessions.archive(others[0].id)).status, 'terminated');
  await fails(Anthropic.BadRequestError, 'invalid_request_error', () => sessions.list({ statuses: ['bogus'] }));
  await fails(Anthropic.BadRequestError, 'invalid_request_error', () => sessions.list({}, { query: { bogus: 1 } }));
  await fails(Anthropic.NotFoundError, 'not_found_error', () => threads.retrieve('sthr_none', of));
  for await (const session of sessions.list({ include_archived: true, limit: 2 })) {
    assert.equal((await sessions.delete(session.id)).type, 'session_deleted');
  }
  assert.deepEqual(await ids({ include_archived: true }), []);
  await agents.archive(agent.id);
  assert.equal((await all(agents.versions.list(agent.id))).length, 2);
  assert.equal((await environments.delete(environment.id)).type, 'environment_deleted');
}

/** The SDK's own runner of tools, on streams that break; see `runner` in `anthropic/walk.py`. */
async function runner(reopens) {
  const weather = betaTool({
    name: 'weather',
    description: 'The weather in a city.',
    inputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    run: ({ city }) => `7 degrees in ${city}`,
  });
  const { id } = await sessions.create({ agent: 'agent_1', environment_id: 'env_1' });
  const between = reopens ? 'sleep 1ms' : 'tool grep {}';
  const script = `custom weather {"city": "Oslo"}\nask bash {}\n${between}\ncustom weather {"city": "Rome"}`;
  await sessions.events.send(id, { events: [message(script)] });
  const calls = [];
  for await (const call of sessions.events.toolRunner(id, { tools: [weather], maxIdleMs: 1000 })) {
    calls.push([call.name, call.posted, call.confirmation]);
    if (calls.length > 1) continue;
    const history = await all(sessions.events.list(id));
    const [asked] = history.filter((event) => event.type === 'agent.tool_use').map((event) => event.id);
    assert.deepEqual(history.at(-1).stop_reason.event_ids, [asked]);
    const denial = { type: 'user.tool_confirmation', tool_use_id: asked, result: 'deny' };
    await sessions.events.send(id, { events: [denial] });
  }
  const weathers = ['weather', true, undefined];
  const sorted = calls.sort((one, other) => other[1] - one[1]);
  const others = [['bash', false, 'deny'], ...(reopens ? [] : [['grep', false, undefined]])];
  assert.deepEqual(sorted, [weathers, weathers, ...others]);
  const history = await all(sessions.events.list(id));
  const texts = history.filter((event) => event.type === 'agent.message').map((event) => event.content[0].text);
  assert.deepEqual(texts, ['7 degrees in Oslo', '7 degrees in Rome']);
  assert.equal(history.at(-1).stop_reason.type, 'end_turn');
  await sessions.delete(id);
}

if (process.argv[2] === 'runner') {
  await runner(process.argv[3] === 'reopens');
} else {
  await work(await files(), await catalogue());
}
console.log('sdk: all as expected');
