// Sections 2.1, 2.4, 3.1 and 3.4 of salesforce.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { callsDuring } from '../sandbox.mjs';
import { connect, deal, refused } from './client.mjs';

const reference = 'Referral_Identifier__c';
let conn;
let deals;
before(async () => {
  conn = await connect();
  deals = conn.sobject('Opportunity');
});

const httpDate = (time) => new Date(Math.floor(time / 1000) * 1000).toUTCString();

test('create answers an 18-character id with the prefix of its object', async () => {
  const { id, success, errors } = await deals.create(deal());

  assert.match(id, /^006[a-zA-Z0-9]{15}$/);
  assert.deepEqual([success, errors], [true, []]);
});

test('a record names its type and address, and its fields are typed', async () => {
  const { id } = await deals.create(deal({ Name: 'Zoë "O\'Neill" 🦊', Amount: 1250.5 }));

  const record = await deals.retrieve(id);

  assert.deepEqual(record.attributes, { type: 'Opportunity', url: `/services/data/v60.0/sobjects/Opportunity/${id}` });
  assert.deepEqual([record.Id, record.Name, record.Amount, record.CloseDate], [id, 'Zoë "O\'Neill" 🦊', 1250.5, '2026-12-31']);
  assert.match(record.SystemModstamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/);
  assert.deepEqual([record.Sync_With_Partner_Center__c, record.Description], [false, null]);
});

test('fields can be chosen, and 15-character ids are taken', async () => {
  const { id } = await deals.create(deal({ Name: 'Chosen' }));

  const { attributes, ...fields } = await conn.retrieve('Opportunity', id.slice(0, 15), { fields: ['Name', 'Amount'] });

  assert.equal(attributes.type, 'Opportunity');
  assert.equal(fields.Name, 'Chosen');
  assert.ok('Amount' in fields && !('StageName' in fields));
});

test('IsClosed, IsWon, Probability and ForecastCategory follow the stage', async () => {
  const { id } = await deals.create(deal());
  const open = await deals.retrieve(id);
  assert.deepEqual([open.IsClosed, open.IsWon], [false, false]);
  assert.ok(open.Probability < 100);

  await deals.update({ Id: id, StageName: 'Closed Won' });

  const won = await deals.retrieve(id);
  assert.deepEqual([won.IsClosed, won.IsWon, won.Probability, won.ForecastCategory], [true, true, 100, 'Closed']);
});

test('update changes the fields it names and leaves the others', async () => {
  const { id } = await deals.create(deal({ Description: 'kept' }));

  assert.deepEqual(await deals.update({ Id: id, Name: 'Renamed' }), { id, success: true, errors: [] });

  const record = await deals.retrieve(id);
  assert.deepEqual([record.Name, record.Description], ['Renamed', 'kept']);
});

test('a destroyed record is ENTITY_IS_DELETED afterwards, one that never was is NOT_FOUND', async () => {
  const { id } = await deals.create(deal());

  assert.deepEqual(await deals.destroy(id), { id, success: true, errors: [] });

  let gone;
  const calls = await callsDuring(async () => {
    gone = await refused(deals.retrieve(id));
  });
  assert.equal(gone.errorCode, 'ENTITY_IS_DELETED');
  assert.deepEqual(calls.map((call) => call.status), [404]);
  const never = await refused(deals.retrieve('006000000000999AAA'));
  assert.deepEqual([never.errorCode, never.message], ['NOT_FOUND', 'The requested resource does not exist']);
});

test('upsert creates (201), then updates the same record (200)', async () => {
  let made;
  let changed;
  const calls = await callsDuring(async () => {
    made = await deals.upsert(deal({ [reference]: 'R-1' }), reference);
    changed = await deals.upsert(deal({ [reference]: 'R-1', Name: 'Changed' }), reference);
  });

  assert.deepEqual([made.created, changed.created, changed.id], [true, false, made.id]);
  assert.deepEqual(calls.map((call) => call.status), [201, 200]);
  const record = await deals.retrieve(made.id);
  assert.deepEqual([record.Name, record[reference]], ['Changed', 'R-1']);
});

test('before version 46 an upsert that updates answers 204', async () => {
  await deals.upsert(deal({ [reference]: 'R-45' }), reference);
  const old = await connect({ version: '45.0' });

  assert.deepEqual(await old.sobject('Opportunity').upsert(deal({ [reference]: 'R-45' }), reference), { success: true, errors: [] });
});

test('upsert by an external id that two records have is MULTIPLE_CHOICES, with their addresses, and changes none', async () => {
  const twin = () => deals.create(deal({ [reference]: 'R-2', Name: 'Twin' }));
  const twins = [await twin(), await twin()];

  let error;
  const calls = await callsDuring(async () => {
    error = await refused(deals.upsert(deal({ [reference]: 'R-2', Name: 'Changed' }), reference));
  });

  assert.equal(error.errorCode, 'MULTIPLE_CHOICES');
  assert.deepEqual(error.data.toSorted(), twins.map(({ id }) => `/services/data/v60.0/sobjects/Opportunity/${id}`).toSorted());
  assert.deepEqual(calls.map((call) => call.status), [300]);
  assert.equal((await deals.retrieve(twins[0].id)).Name, 'Twin');
});

test('upsert with updateOnly never creates', async () => {
  const url = `/sobjects/Opportunity/${reference}/R-3?updateOnly=true`;

  assert.equal((await refused(conn.requestPatch(url, deal()))).errorCode, 'NOT_FOUND');

  const { id } = await deals.create(deal({ [reference]: 'R-3' }));
  assert.deepEqual(await conn.requestPatch(url, { Name: 'Changed' }), { id, success: true, errors: [], created: false });
});

test('upsert by a field that the object does not have is NOT_FOUND', async () => {
  assert.equal((await refused(deals.upsert(deal({ Other__c: 'x' }), 'Other__c'))).errorCode, 'NOT_FOUND');
});

test('a record is read by its external id', async () => {
  const { id } = await deals.create(deal({ [reference]: 'R-4' }));

  assert.equal((await conn.request(`/sobjects/Opportunity/${reference}/R-4`)).Id, id);
  assert.equal((await refused(conn.request(`/sobjects/Opportunity/${reference}/none`))).errorCode, 'NOT_FOUND');
});

test('If-Unmodified-Since guards a deal: an older time is 412 and changes nothing', async () => {
  const { id } = await deals.create(deal({ Name: 'Guarded' }));
  const modified = Date.parse((await deals.retrieve(id)).LastModifiedDate);
  const patch = (since, Name) => conn.request({
    method: 'PATCH', url: `/sobjects/Opportunity/${id}`, body: JSON.stringify({ Name }),
    headers: { 'content-type': 'application/json', 'If-Unmodified-Since': since },
  });

  let error;
  const calls = await callsDuring(async () => {
    error = await refused(patch(httpDate(modified - 5000), 'x'));
  });
  assert.ok(error.errorCode);
  assert.deepEqual(calls.map((call) => call.status), [412]);
  assert.equal((await deals.retrieve(id)).Name, 'Guarded');

  await patch(httpDate(modified), 'Changed');
  assert.equal((await deals.retrieve(id)).Name, 'Changed');
});

test('an account has an ETag that guards it, a deal has none', async () => {
  const { id } = await conn.sobject('Account').create({ Name: 'Contoso' });
  const { id: other } = await deals.create(deal());
  const read = (path) => fetch(`${conn.instanceUrl}/services/data/v60.0/sobjects/${path}`,
    { headers: { Authorization: `Bearer ${conn.accessToken}` } });
  const etag = (await read(`Account/${id}`)).headers.get('etag');
  assert.match(etag, /^"[^"]+"$/);
  assert.equal((await read(`Opportunity/${other}`)).headers.get('etag'), null);

  const patch = (Name) => conn.request({
    method: 'PATCH', url: `/sobjects/Account/${id}`, body: JSON.stringify({ Name }),
    headers: { 'content-type': 'application/json', 'If-Match': etag },
  });
  await patch('First');
  const calls = await callsDuring(() => refused(patch('Second')));
  assert.deepEqual(calls.map((call) => call.status), [412]);
  assert.equal((await conn.sobject('Account').retrieve(id)).Name, 'First');
});

test('ContactId makes the primary contact role on create, and can not be changed', async () => {
  const { id: contact } = await conn.sobject('Contact').create({ LastName: 'Fox' });
  const { id } = await deals.create(deal({ ContactId: contact }));

  const { records } = await conn.query(`SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '${id}'`);

  assert.deepEqual(records.map((role) => [role.ContactId, role.IsPrimary]), [[contact, true]]);
  assert.equal((await refused(deals.update({ Id: id, ContactId: contact }))).errorCode, 'INVALID_FIELD_FOR_INSERT_UPDATE');
});

test('solutions of a deal are counted by the package, which moves the deal\'s SystemModstamp', async () => {
  const { records: [detail] } = await conn.query(
    "SELECT Id FROM Microsoft_Solution_Detail__c WHERE Solution_Identifier__c = 'SOL-34104-EBB'");
  const { id } = await deals.create(deal({ Sync_With_Partner_Center__c: true }));

  const solution = await conn.sobject('Microsoft_Solutions__c').create({ Opportunity__c: id, Solution__c: detail.Id });
  assert.equal((await deals.retrieve(id)).Solution_Count__c, 1);

  await conn.sobject('Microsoft_Solutions__c').destroy(solution.id);
  const record = await deals.retrieve(id);
  assert.deepEqual([record.Solution_Count__c, record.Sync_With_Partner_Center__c], [0, false]);
});
