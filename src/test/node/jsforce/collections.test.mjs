// Section 3.3 of salesforce.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { callsDuring } from '../sandbox.mjs';
import { connect, deal, refused } from './client.mjs';

const reference = 'Referral_Identifier__c';
const bad = { StageName: 'Prospecting', CloseDate: '2026-12-31' }; // has no name
let conn;
let deals;
before(async () => {
  conn = await connect();
  deals = conn.sobject('Opportunity');
});

const named = async (name) => (await conn.query(`SELECT COUNT() FROM Opportunity WHERE Name LIKE '${name}%'`)).totalSize;
const several = (name, count) => Array.from({ length: count }, (_, i) => deal({ Name: `${name} ${i}` }));

test('a list is created in one call; the bad ones are named by statusCode', async () => {
  let results;
  const calls = await callsDuring(async () => {
    results = await deals.create([deal(), bad, deal()]);
  });

  assert.deepEqual(results.map((result) => result.success), [true, false, true]);
  assert.match(results[0].id, /^006/);
  const [error] = results[1].errors;
  assert.deepEqual([error.statusCode, error.fields], ['REQUIRED_FIELD_MISSING', ['Name']]);
  assert.deepEqual(calls.map((call) => [call.method, call.status]), [['POST', 200]]);
});

test('with allOrNone one bad record undoes the others', async () => {
  const results = await deals.create([deal({ Name: 'Undone' }), bad], { allOrNone: true });

  assert.deepEqual(results.map((result) => result.success), [false, false]);
  assert.equal(await named('Undone'), 0);
});

test('a list is updated, read and destroyed', async () => {
  const ids = (await deals.create(several('Listed', 3))).map((result) => result.id);

  const updated = await deals.update(ids.map((Id, i) => ({ Id, Name: `Updated ${i}` })));
  assert.deepEqual(updated, ids.map((id) => ({ id, success: true, errors: [] })));

  const read = await conn.retrieve('Opportunity', ids, { fields: ['Name'] });
  assert.deepEqual(read.map((record) => record.Name), ['Updated 0', 'Updated 1', 'Updated 2']);

  const destroyed = await deals.destroy(ids);
  assert.deepEqual(destroyed, ids.map((id) => ({ id, success: true, errors: [] })));
  assert.equal(await named('Updated'), 0);
});

test('a list is upserted by external id, and says which records are new', async () => {
  const { id } = await deals.create(deal({ [reference]: 'C-1' }));

  const results = await deals.upsert([deal({ [reference]: 'C-1', Name: 'Known' }), deal({ [reference]: 'C-2', Name: 'New' })], reference);

  assert.deepEqual(results.map((result) => [result.success, result.created]), [[true, false], [true, true]]);
  assert.equal(results[0].id, id);
});

test('more than 200 records are refused in one call, and go in several', async () => {
  const error = await refused(deals.create(several('Many', 201)));
  assert.equal(error.errorCode, 'EXCEEDED_ID_LIMIT');

  let results;
  const calls = await callsDuring(async () => {
    results = await deals.create(several('Many', 250), { allowRecursive: true });
  });
  assert.equal(results.filter((result) => result.success).length, 250);
  assert.equal(calls.length, 2);
});

test('a composite request hands ids from one step to the next', async () => {
  const { compositeResponse } = await conn.requestPost('/composite', {
    allOrNone: true,
    compositeRequest: [
      { method: 'POST', url: '/services/data/v60.0/sobjects/Account', referenceId: 'account', body: { Name: 'Contoso' } },
      {
        method: 'POST', url: '/services/data/v60.0/sobjects/Opportunity', referenceId: 'deal', body: deal({ AccountId: '@{account.id}' }),
      },
      { method: 'GET', url: '/services/data/v60.0/sobjects/Opportunity/@{deal.id}?fields=AccountId', referenceId: 'read' },
    ],
  });

  assert.deepEqual(compositeResponse.map((part) => [part.referenceId, part.httpStatusCode]),
    [['account', 201], ['deal', 201], ['read', 200]]);
  assert.equal(compositeResponse[2].body.AccountId, compositeResponse[0].body.id);
});

test('a step of a composite request that fails halts and undoes the others', async () => {
  const { compositeResponse } = await conn.requestPost('/composite', {
    allOrNone: true,
    compositeRequest: [
      { method: 'POST', url: '/services/data/v60.0/sobjects/Opportunity', referenceId: 'good', body: deal({ Name: 'Halted' }) },
      { method: 'POST', url: '/services/data/v60.0/sobjects/Opportunity', referenceId: 'bad', body: bad },
    ],
  });

  assert.deepEqual(compositeResponse.map((part) => part.httpStatusCode), [400, 400]);
  assert.equal(compositeResponse[0].body[0].errorCode, 'PROCESSING_HALTED');
  assert.equal(compositeResponse[1].body[0].errorCode, 'REQUIRED_FIELD_MISSING');
  assert.equal(await named('Halted'), 0);
});

test('a composite request counts as one call', async () => {
  await conn.limits();
  const { used } = conn.limitInfo.apiUsage;

  await conn.requestPost('/composite', {
    compositeRequest: [1, 2, 3].map((i) => ({
      method: 'POST', url: '/services/data/v60.0/sobjects/Opportunity', referenceId: `deal${i}`, body: deal(),
    })),
  });

  assert.equal(conn.limitInfo.apiUsage.used, used + 1);
});

test('each graph is done or not done by itself', async () => {
  const graph = (graphId, body) => ({
    graphId, compositeRequest: [{ method: 'POST', url: '/services/data/v60.0/sobjects/Opportunity', referenceId: 'deal', body }],
  });

  const { graphs } = await conn.requestPost('/composite/graph', { graphs: [graph('good', deal()), graph('bad', bad)] });

  assert.deepEqual(graphs.map(({ graphId, isSuccessful }) => [graphId, isSuccessful]), [['good', true], ['bad', false]]);
});

test('a tree is made all or nothing', async () => {
  const record = (referenceId, fields) => ({ attributes: { type: 'Opportunity', referenceId }, ...fields });

  const made = await conn.requestPost('/composite/tree/Opportunity', { records: [record('a', deal()), record('b', deal())] });
  assert.equal(made.hasErrors, false);
  assert.deepEqual(made.results.map((result) => result.referenceId), ['a', 'b']);

  await refused(conn.requestPost('/composite/tree/Opportunity', { records: [record('a', deal({ Name: 'Felled' })), record('b', bad)] }));
  assert.equal(await named('Felled'), 0);
});

test('the calls of a composite batch are independent', async () => {
  const { hasErrors, results } = await conn.requestPost('/composite/batch', {
    batchRequests: [
      { method: 'POST', url: 'v60.0/sobjects/Opportunity', richInput: deal() },
      { method: 'POST', url: 'v60.0/sobjects/Opportunity', richInput: bad },
      { method: 'GET', url: 'v60.0/limits' },
    ],
  });

  assert.equal(hasErrors, true);
  assert.deepEqual(results.map((result) => result.statusCode), [201, 400, 200]);
});
