// Sections 3.1 (metadata), 3.6 and 3.7 of salesforce.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { act, callsDuring } from '../sandbox.mjs';
import { connect, deal } from './client.mjs';

let conn;
let deals;
before(async () => {
  conn = await connect();
  deals = conn.sobject('Opportunity');
});

/** Lets ten minutes pass, and answers the time then; updated and deleted take no notice of seconds. */
const later = () => act('move-clock', { by: 'PT10M' });
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;

test('updated names the records changed in a span, and the next span starts where it ended', async () => {
  const start = await later();
  const { id: made } = await deals.create(deal());
  const end = await later();

  const first = await deals.updated(start, end);
  assert.deepEqual(first.ids, [made]);
  assert.match(first.latestDateCovered, time);

  const { id: other } = await deals.create(deal());
  await deals.update({ Id: made, Name: 'Changed' });
  const next = await deals.updated(first.latestDateCovered, await later());
  assert.deepEqual(next.ids.toSorted(), [made, other].toSorted());
});

test('deleted names the records deleted in a span', async () => {
  const start = await later();
  const { id } = await deals.create(deal());
  await deals.destroy(id);
  const end = await later();

  const { deletedRecords, earliestDateAvailable, latestDateCovered } = await deals.deleted(start, end);

  assert.deepEqual(deletedRecords.map((record) => record.id), [id]);
  for (const stamp of [deletedRecords[0].deletedDate, earliestDateAvailable, latestDateCovered]) {
    assert.match(stamp, time);
  }
});

test('the form with a slash before the question mark is taken, too', async () => {
  const start = await later();
  const { id } = await deals.create(deal());
  const end = await later();
  const span = `start=${encodeURIComponent(start.replace('Z', '+00:00'))}&end=${encodeURIComponent(end)}`;

  assert.deepEqual((await conn.request(`/sobjects/Opportunity/updated/?${span}`)).ids, [id]);
});

test('limits tell the calls that are left, and every answer the calls that were made', async () => {
  const { DailyApiRequests: before } = await conn.limits();
  const { used, limit } = conn.limitInfo.apiUsage;
  assert.equal(limit, before.Max);
  assert.equal(used, before.Max - before.Remaining);

  await conn.query('SELECT Id FROM Opportunity LIMIT 1');

  assert.equal(conn.limitInfo.apiUsage.used, used + 1);
});

test('recent lists records the user worked with', async () => {
  const { id } = await deals.create(deal({ Name: 'Recent' }));
  await deals.retrieve(id);

  const recent = await conn.recent();

  assert.ok(recent.some((record) => record.Id === id && record.attributes.type === 'Opportunity'));
  assert.ok((await deals.recent()).some((record) => record.Id === id));
});

test('describe tells fields with types, lengths, choices and references', async () => {
  const { name, keyPrefix, fields, childRelationships } = await deals.describe();
  const field = (wanted) => fields.find((one) => one.name === wanted);

  assert.deepEqual([name, keyPrefix], ['Opportunity', '006']);
  assert.deepEqual([field('Name').type, field('Name').length, field('Name').nillable], ['string', 120, false]);
  assert.deepEqual([field('Amount').type, field('CloseDate').type, field('IsClosed').updateable], ['currency', 'date', false]);
  assert.ok(field('StageName').picklistValues.some((choice) => choice.value === 'Closed Won' && choice.active));
  const help = field('How_can_Microsoft_help__c');
  assert.deepEqual([help.restrictedPicklist, help.picklistValues.length], [true, 6]);
  assert.deepEqual([field('AccountId').type, field('AccountId').referenceTo, field('AccountId').relationshipName],
    ['reference', ['Account'], 'Account']);
  assert.deepEqual([field('Referral_Identifier__c').externalId, field('Referral_Identifier__c').unique], [true, false]);
  assert.ok(childRelationships.some((child) => child.relationshipName === 'Opportunity_To_Microsoft_Solutions__r'));
});

test('all objects are listed', async () => {
  const { sobjects } = await conn.describeGlobal();

  for (const name of ['Opportunity', 'Account', 'Contact', 'Lead', 'Microsoft_Solutions__c']) {
    assert.ok(sobjects.some((sobject) => sobject.name === name), name);
  }
});

test('versions are listed without a session, and every version answers', async () => {
  const versions = await (await fetch(`${conn.instanceUrl}/services/data`)).json();
  assert.ok(versions.some((version) => version.version === '60.0' && version.url === '/services/data/v60.0'));

  const other = await connect({ version: '66.0' });
  const calls = await callsDuring(() => other.query('SELECT Id FROM Opportunity LIMIT 1'));
  assert.match(calls[0].path, /^\/services\/data\/v66\.0\/query/);
});
