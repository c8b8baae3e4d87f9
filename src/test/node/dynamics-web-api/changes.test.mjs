// Section 3.6 of dataverse.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act } from '../sandbox.mjs';
import { connect, others, refused } from './client.mjs';

const client = connect();
const tracked = { collection: 'opportunities', select: ['name', 'estimatedvalue'], trackChanges: true };
const deal = (name) => others.create('opportunity', { name, estimatedvalue: 1 });

test('a delta link is followed, and its own delta link again', async () => {
  const [kept, changed, deleted] = [await deal('kept'), await deal('changed'), await deal('deleted')];
  const first = await client.retrieveMultiple(tracked);
  assert.equal(first.value.length, 3);
  assert.match(decodeURIComponent(first.oDataDeltaLink), /\$deltatoken=\d+!\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/);

  await others.update('opportunity', changed, { name: 'changed twice' });
  await others.remove('opportunity', deleted);
  const made = await deal('new');

  const delta = await client.retrieveMultiple(tracked, first.oDataDeltaLink);
  assert.match(delta.oDataContext, /\/\$delta$/);
  const rows = delta.value.filter((row) => row.reason === undefined);
  assert.deepEqual(rows.map((row) => [row.opportunityid, row.name, row.estimatedvalue]),
    [[changed, 'changed twice', 1], [made, 'new', 1]]);
  assert.ok(!rows.some((row) => row.opportunityid === kept));
  const [gone] = delta.value.filter((row) => row.reason !== undefined);
  assert.deepEqual([gone.id, gone.reason], [deleted, 'deleted']);
  assert.match(gone.oDataContext, /#opportunities\/\$deletedEntity$/);

  const quiet = await client.retrieveMultiple(tracked, delta.oDataDeltaLink);
  assert.deepEqual(quiet.value, []);
  await client.update({ collection: 'opportunities', key: kept, data: { name: 'by the client' } });
  const next = await client.retrieveMultiple(tracked, quiet.oDataDeltaLink);
  assert.deepEqual(next.value.map((row) => row.name), ['by the client']);
});

test('a long first read comes in pages, and the delta link stands on the last one', async () => {
  for (let i = 0; i < 5; i++) {
    await deal(`paged ${i}`);
  }
  const all = await client.retrieveAll({ ...tracked, maxPageSize: 2 });
  assert.equal(all.value.length, await client.count({ collection: 'opportunities' }));

  const late = await deal('late');
  const delta = await client.retrieveMultiple(tracked, all.oDataDeltaLink);
  assert.deepEqual(delta.value.map((row) => row.opportunityid), [late]);
});

test('a row made and deleted between two polls still shows up as a deletion', async () => {
  const { oDataDeltaLink } = await client.retrieveAll(tracked);
  const id = await deal('brief');
  await others.remove('opportunity', id);

  const { value } = await client.retrieveMultiple(tracked, oDataDeltaLink);

  assert.deepEqual(value.map((row) => [row.id, row.reason]), [[id, 'deleted']]);
});

test('a filter is refused with change tracking', async () => {
  const error = await refused(client.retrieveMultiple({ ...tracked, filter: 'statecode eq 0' }));

  assert.equal(error.status, 400);
  assert.equal(error.message, "The \"${filter}\" query parameter isn't supported when Change Tracking is enabled.");
});

test('a delta link that is older than seven days is refused', async () => {
  const { oDataDeltaLink } = await client.retrieveAll(tracked);
  await act('move-clock', { by: 'P7DT1M' });
  client.forgetToken();

  assert.equal((await refused(client.retrieveMultiple(tracked, oDataDeltaLink))).status, 400);
  assert.ok((await client.retrieveAll(tracked)).oDataDeltaLink);
});
