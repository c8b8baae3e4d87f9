// Sections 2.2 (leads) and 3.5 of salesforce.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { act, callsDuring } from '../sandbox.mjs';
import { connect, deal, refused } from './client.mjs';

let conn;
before(async () => {
  conn = await connect();
});

const refusals = [
  ['a missing field', 'Contact', { FirstName: 'Ada' }, 'REQUIRED_FIELD_MISSING', ['LastName'],
    /^Required fields are missing: \[LastName\]$/],
  ['an unknown field', 'Opportunity', deal({ Colour__c: 'red' }), 'INVALID_FIELD', undefined, /Colour__c/],
  ['a read-only field', 'Opportunity', deal({ IsClosed: true }), 'INVALID_FIELD_FOR_INSERT_UPDATE', ['IsClosed'], /IsClosed/],
  ['CurrencyIsoCode in an organisation of one currency', 'Opportunity', deal({ CurrencyIsoCode: 'EUR' }), 'INVALID_FIELD', undefined,
    /CurrencyIsoCode/],
  ['a text that is too long', 'Opportunity', deal({ Name: 'x'.repeat(121) }), 'STRING_TOO_LONG', ['Name'], /max length=120/],
  ['a value outside a restricted picklist', 'Opportunity', deal({ How_can_Microsoft_help__c: 'Money' }),
    'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', ['How_can_Microsoft_help__c'], /Money/],
  ['a number that is too large', 'Opportunity', deal({ Amount: 1e20 }), 'NUMBER_OUTSIDE_VALID_RANGE', ['Amount'], /.+/],
  ['a bad e-mail address', 'Contact', { LastName: 'Fox', Email: 'nowhere' }, 'INVALID_EMAIL_ADDRESS', ['Email'], /nowhere/],
  ['a date that is none', 'Opportunity', deal({ CloseDate: 'soon' }), 'JSON_PARSER_ERROR', undefined, /soon/],
  ['a malformed id', 'Opportunity', deal({ AccountId: 'abc' }), 'MALFORMED_ID', ['AccountId'], /abc/],
  ['a lookup to nothing', 'Opportunity', deal({ AccountId: '001000000000999AAA' }), 'INVALID_CROSS_REFERENCE_KEY', undefined, /.+/],
];
for (const [what, type, fields, errorCode, names, message] of refusals) {
  test(`${what} is ${errorCode}`, async () => {
    let error;
    const calls = await callsDuring(async () => {
      error = await refused(conn.sobject(type).create(fields));
    });

    assert.equal(error.errorCode, errorCode);
    assert.match(error.message, message);
    if (names) {
      assert.deepEqual(error.data.fields, names);
    }
    assert.deepEqual(calls.map((call) => call.status), [400]);
  });
}

test('an unknown object is NOT_FOUND', async () => {
  assert.equal((await refused(conn.sobject('Unicorn__c').create({ Name: 'x' }))).errorCode, 'NOT_FOUND');
});

test('a body that is no JSON is JSON_PARSER_ERROR', async () => {
  const error = await refused(conn.request({
    method: 'POST', url: '/sobjects/Account', body: '{"Name":', headers: { 'content-type': 'application/json' },
  }));

  assert.equal(error.errorCode, 'JSON_PARSER_ERROR');
});

test('a method that an address does not have is METHOD_NOT_ALLOWED', async () => {
  const calls = await callsDuring(() => refused(conn.requestPut('/sobjects/Account', { Name: 'x' })));

  assert.deepEqual(calls.map((call) => call.status), [405]);
});

test('found duplicates are shown, and saved when the caller says so', async () => {
  const account = { Name: 'Twice Ltd', BillingPostalCode: '98052' };
  await conn.sobject('Account').create(account);
  await act('turn-on', { switch: 'DUPLICATE_RULE' });

  const error = await refused(conn.sobject('Account').create(account));
  assert.equal(error.errorCode, 'DUPLICATES_DETECTED');
  assert.equal(error.data.duplicateResut.duplicateRuleEntityType, 'Account');
  assert.equal(error.data.duplicateResut.matchResults[0].matchRecords[0].record.attributes.type, 'Account');

  const saved = await conn.sobject('Account').create(account, { headers: { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' } });
  assert.equal(saved.success, true);
});

test('a rule of the package that fails is FIELD_CUSTOM_VALIDATION_EXCEPTION', async () => {
  await act('turn-on', { switch: 'CANNOT_SYNC_WITHOUT_SOLUTION' });

  const error = await refused(conn.sobject('Opportunity').create(deal({ Sync_With_Partner_Center__c: true })));

  assert.deepEqual([error.errorCode, error.data.fields], ['FIELD_CUSTOM_VALIDATION_EXCEPTION', ['Sync_With_Partner_Center__c']]);
});

test('an unavailable service is tried again by the client', async () => {
  await act('fail', { method: 'GET', path: '/limits', trouble: 'UNAVAILABLE' });

  const calls = await callsDuring(() => conn.limits());

  assert.deepEqual(calls.map((call) => call.status), [503, 200]);
});

test('a write whose request is lost was not done', async () => {
  await act('fail', { method: 'POST', path: '/sobjects/Opportunity', trouble: 'REQUEST_LOST' });

  await refused(conn.sobject('Opportunity').create(deal({ Name: 'Lost request' })));

  assert.equal((await conn.query("SELECT COUNT() FROM Opportunity WHERE Name = 'Lost request'")).totalSize, 0);
});

test('a write whose answer is lost was done, and the client does not repeat it', async () => {
  await act('fail', { method: 'POST', path: '/sobjects/Opportunity', trouble: 'ANSWER_LOST' });

  const calls = await callsDuring(() => refused(conn.sobject('Opportunity').create(deal({ Name: 'Lost answer' }))));

  assert.equal(calls.length, 1);
  assert.equal((await conn.query("SELECT COUNT() FROM Opportunity WHERE Name = 'Lost answer'")).totalSize, 1);
});

test('a record that somebody else holds is UNABLE_TO_LOCK_ROW, until they let it go', async () => {
  const { id } = await conn.sobject('Opportunity').create(deal());
  await act('lock-record', { id, writes: 1 });

  const error = await refused(conn.sobject('Opportunity').update({ Id: id, Name: 'x' }));
  assert.equal(error.errorCode, 'UNABLE_TO_LOCK_ROW');
  assert.match(error.message, /^unable to obtain exclusive access to this record or 1 records: 006/);

  assert.equal((await conn.sobject('Opportunity').update({ Id: id, Name: 'x' })).success, true);
});

test('a converted lead is read-only and leads to what was made of it', async () => {
  const leads = conn.sobject('Lead');
  const { id } = await leads.create({ LastName: 'Fox', Company: 'Contoso' });
  await act('convert-lead', { id });

  const lead = await leads.retrieve(id);
  assert.equal(lead.IsConverted, true);
  const converted = [lead.ConvertedAccountId, lead.ConvertedContactId, lead.ConvertedOpportunityId];
  assert.deepEqual(converted.map((made) => made.slice(0, 3)), ['001', '003', '006']);
  assert.equal((await refused(leads.update({ Id: id, LastName: 'x' }))).name, 'CANNOT_UPDATE_CONVERTED_LEAD');
});
