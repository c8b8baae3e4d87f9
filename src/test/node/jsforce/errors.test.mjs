// Section 3.5 of salesforce.md.
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
