// Section 3.2 of salesforce.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { act, callsDuring } from '../sandbox.mjs';
import { connect, deal, refused } from './client.mjs';

const all = 2345;
let conn;
before(async () => {
  conn = await connect();
  await act('seed-deals', { count: all });
});

const many = "SELECT Id, Name FROM Opportunity WHERE Name LIKE 'Seeded %' ORDER BY Name";
const names = (records) => records.map((record) => record.Name);

test('a query of more than 2,000 records is followed over nextRecordsUrl to the end', async () => {
  let result;
  const calls = await callsDuring(async () => {
    result = await conn.query(many, { autoFetch: true, maxFetch: 10000 });
  });

  assert.deepEqual([result.totalSize, result.done, result.records.length], [all, true, all]);
  assert.equal(new Set(result.records.map((record) => record.Id)).size, all);
  assert.deepEqual(calls.map((call) => call.status), [200, 200]);
});

test('a page says where the next one is, and queryMore reads it', async () => {
  const first = await conn.query(many);
  assert.deepEqual([first.totalSize, first.done, first.records.length], [all, false, 2000]);
  assert.match(first.nextRecordsUrl, /\/services\/data\/v60\.0\/query\/01g[a-zA-Z0-9]+-2000$/);

  const rest = await conn.queryMore(first.nextRecordsUrl);
  assert.deepEqual([rest.totalSize, rest.done, rest.records.length, rest.nextRecordsUrl], [all, true, all - 2000, undefined]);
});

test('pages can be smaller', async () => {
  const first = await conn.query(many, { headers: { 'Sforce-Query-Options': 'batchSize=500' } });

  assert.equal(first.records.length, 500);
  const whole = await conn.query(many, { autoFetch: true, maxFetch: 10000, headers: { 'Sforce-Query-Options': 'batchSize=500' } });
  assert.equal(whole.records.length, all);
});

test('a locator that does not exist is refused', async () => {
  assert.equal((await refused(conn.queryMore('/services/data/v60.0/query/01g000000000000AAA-2000'))).errorCode, 'INVALID_QUERY_LOCATOR');
});

test('the client\'s query builder is understood: conditions, order, limit, offset', async () => {
  const deals = conn.sobject('Opportunity');
  await deals.create([10, 20, 30, 40].map((Amount) => deal({ Name: `Built ${Amount}`, Amount })));

  const conditions = { Name: { $like: 'Built %' }, Amount: { $gte: 20 }, StageName: ['Prospecting', 'Closed Won'] };
  const found = await deals.find(conditions, ['Id', 'Name']).sort('-Amount').limit(2).skip(1).execute();

  assert.deepEqual(names(found), ['Built 30', 'Built 20']);
  assert.equal(await deals.count({ Name: { $like: 'Built %' } }), 4);
  const either = await deals.find({ $or: [{ Name: 'Built 10' }, { Amount: 40 }] }, 'Name').sort({ Name: 1 });
  assert.deepEqual(names(either), ['Built 10', 'Built 40']);
});

test('a poll by SystemModstamp finds what was changed since', async () => {
  await act('move-clock', { by: 'PT1M' });
  const { id } = await conn.sobject('Opportunity').create(deal({ Name: 'Polled' }));
  const { SystemModstamp: stamp } = await conn.sobject('Opportunity').retrieve(id);
  const since = stamp.replace('+0000', 'Z');

  const { records } = await conn.query(
    `SELECT Id, Name FROM Opportunity WHERE SystemModstamp >= ${since} ORDER BY SystemModstamp, Id LIMIT 200`);

  assert.deepEqual(names(records), ['Polled']);
});

test('parents are read over their path, children by a sub-query', async () => {
  const { id: account } = await conn.sobject('Account').create({ Name: "O'Neill & Co" });
  const { id } = await conn.sobject('Opportunity').create(deal({ AccountId: account }));
  const { records: [detail] } = await conn.query(
    "SELECT Id FROM Microsoft_Solution_Detail__c WHERE Solution_Identifier__c = 'SOL-34104-EBB'");
  await conn.sobject('Microsoft_Solutions__c').create({ Opportunity__c: id, Solution__c: detail.Id });

  const { records: [record] } = await conn.query(`SELECT Id, Account.Name,
    (SELECT Id, Solution__r.Solution_Identifier__c FROM Opportunity_To_Microsoft_Solutions__r)
    FROM Opportunity WHERE Account.Name = 'O\\'Neill & Co'`);

  assert.equal(record.Account.Name, "O'Neill & Co");
  assert.equal(record.Account.attributes.type, 'Account');
  const children = record.Opportunity_To_Microsoft_Solutions__r;
  assert.deepEqual([children.totalSize, children.done], [1, true]);
  assert.equal(children.records[0].Solution__r.Solution_Identifier__c, 'SOL-34104-EBB');
});

test('a sub-query without children is null', async () => {
  const { id } = await conn.sobject('Opportunity').create(deal());

  const { records: [record] } = await conn.query(
    `SELECT Id, (SELECT Id FROM Opportunity_To_Microsoft_Solutions__r) FROM Opportunity WHERE Id = '${id}'`);

  assert.equal(record.Opportunity_To_Microsoft_Solutions__r, null);
});

test('queryAll shows deleted records, query does not', async () => {
  const { id } = await conn.sobject('Opportunity').create(deal({ Name: 'Gone' }));
  await conn.sobject('Opportunity').destroy(id);
  const soql = `SELECT Id, IsDeleted FROM Opportunity WHERE Name = 'Gone'`;

  assert.deepEqual((await conn.query(soql)).records, []);
  assert.deepEqual((await conn.query(soql, { scanAll: true })).records.map((record) => [record.Id, record.IsDeleted]), [[id, true]]);
});

test('an unknown field, an unknown object and bad syntax are refused', async () => {
  const codes = [];
  for (const soql of ['SELECT Colour FROM Opportunity', 'SELECT Id FROM Unicorn__c', 'SELECT FROM WHERE']) {
    codes.push((await refused(conn.query(soql))).errorCode);
  }

  assert.deepEqual(codes, ['INVALID_FIELD', 'INVALID_TYPE', 'MALFORMED_QUERY']);
});
