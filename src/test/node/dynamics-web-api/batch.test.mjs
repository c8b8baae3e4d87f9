// Section 3.5 of dataverse.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, others, refused } from './client.mjs';

// Where a batch as a whole is refused, the client throws the list of its answers, the refusal last.

const client = connect();
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const count = async (table) => (await others.rows(table)).length;
const refusalOf = async (batch) => shown((await refused(batch)).at(-1));
const shown = ({ status, error }) => ({ status, ...error });

test('a change set makes an account, its contact and a deal that refer to each other by content id', async () => {
  client.startBatch();
  client.retrieveMultiple({ collection: 'transactioncurrencies', select: ['isocurrencycode'], filter: "isocurrencycode eq 'EUR'" });
  client.create({ collection: 'accounts', data: { name: 'Contoso' }, contentId: '1' });
  client.create({ collection: 'contacts', data: { lastname: 'Fox', 'parentcustomerid_account@odata.bind': '$1' }, contentId: '2' });
  client.create({
    collection: 'opportunities', contentId: '3',
    data: { name: 'Deal', 'parentaccountid@odata.bind': '$1', 'parentcontactid@odata.bind': '$2' },
  });
  client.create({ collection: 'annotations', data: { subject: 'Note', 'objectid_opportunity@odata.bind': '$3' }, contentId: '4' });
  client.update({ contentId: '$3', data: { description: 'costs $1' } });
  const [currencies, account, contact, deal, note, updated] = await client.executeBatch();

  assert.deepEqual(currencies.value.map((row) => row.isocurrencycode), ['EUR']);
  for (const id of [account, contact, deal, note]) {
    assert.match(id, guid);
  }
  const row = await others.row('opportunity', deal);
  assert.deepEqual([row._parentaccountid_value, row._parentcontactid_value], [account, contact]);
  assert.deepEqual([updated, row.description], [true, 'costs $1']);
  assert.equal((await others.row('contact', contact))._parentcustomerid_value, account);
  assert.equal((await others.row('annotation', note))._objectid_value, deal);
});

test('update, upsert and delete in one change set answer as single calls do', async () => {
  const [changed, deleted] = [await others.create('account', { name: 'a' }),
    await others.create('account', { name: 'b' })];

  client.startBatch();
  client.update({ collection: 'accounts', key: changed, data: { name: 'changed' } });
  client.upsert({ collection: 'accounts', key: "accountnumber='B-1'", data: { name: 'upserted' } });
  client.deleteRecord({ collection: 'accounts', key: deleted });
  client.retrieve({ collection: 'accounts', key: changed, select: ['name'] });
  const answers = await client.executeBatch();

  assert.deepEqual(answers.slice(0, 3), [true, undefined, true]);
  assert.equal(answers[3].name, 'changed');
  assert.equal(await others.row('account', deleted), null);
});

test('a change set that fails is undone, and the batch with it', async () => {
  const before = await count('account');

  client.startBatch();
  client.create({ collection: 'accounts', data: { name: 'good' }, contentId: '1' });
  client.create({ collection: 'accounts', data: { name: 'x'.repeat(200) }, contentId: '2' });
  const error = await refusalOf(client.executeBatch());

  assert.deepEqual([error.status, error.code], [400, '0x80044331']);
  assert.match(error.message, /the 'name' attribute of the 'account' entity exceeded the maximum allowed length of '160'/);
  assert.equal(await count('account'), before);
});

test('processing stops at the first error', async () => {
  const before = await count('account');

  client.startBatch();
  client.create({ collection: 'accounts', data: { name: 'first' }, inChangeSet: false });
  client.create({ collection: 'accounts', data: { name: 'x'.repeat(200) }, inChangeSet: false });
  client.create({ collection: 'accounts', data: { name: 'third' }, inChangeSet: false });
  assert.equal((await refusalOf(client.executeBatch())).status, 400);

  assert.equal(await count('account'), before + 1);
});

test('with continue-on-error the others are done, and the batch itself is 200', async () => {
  const before = await count('account');

  client.startBatch();
  client.create({ collection: 'accounts', data: { name: 'first' }, inChangeSet: false });
  client.create({ collection: 'accounts', data: { name: 'x'.repeat(200) }, inChangeSet: false });
  client.create({ collection: 'accounts', data: { name: 'third' }, inChangeSet: false });
  const [first, second, third] = await client.executeBatch({ continueOnError: true });

  assert.match(first, guid);
  assert.deepEqual([shown(second).status, shown(second).code], [400, '0x80044331']);
  assert.match(third, guid);
  assert.equal(await count('account'), before + 2);
});

test('a stale etag in a batch is 412', async () => {
  const id = await others.create('account', { name: 'a' });
  const { '@odata.etag': etag } = await client.retrieve({ collection: 'accounts', key: id, select: ['name'] });
  await others.update('account', id, { name: 'b' });

  client.startBatch();
  client.update({ collection: 'accounts', key: id, data: { name: 'c' }, ifmatch: etag });
  const error = await refusalOf(client.executeBatch());

  assert.equal(error.status, 412);
  assert.equal((await others.row('account', id)).name, 'b');
});

test('a reference to a content id that does not exist is 400', async () => {
  client.startBatch();
  client.create({ collection: 'contacts', data: { lastname: 'Fox', 'parentcustomerid_account@odata.bind': '$9' }, contentId: '1' });
  const error = await refusalOf(client.executeBatch());

  assert.equal(error.status, 400);
  assert.equal(error.message, "Content-ID Reference: '$9' does not exist in the batch context.");
});

test('actions and functions can be part of a batch', async () => {
  const id = await others.create('opportunity', { name: 'Deal', estimatedvalue: 5 });

  client.startBatch();
  client.callFunction('WhoAmI');
  client.callAction({
    actionName: 'WinOpportunity',
    action: { Status: 3, OpportunityClose: { subject: 'Won', 'opportunityid@odata.bind': `/opportunities(${id})` } },
  });
  const [who] = await client.executeBatch();

  assert.match(who.UserId, guid);
  assert.equal((await others.row('opportunity', id)).statecode, 1);
});
