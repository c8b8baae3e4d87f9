// Section 3.1 of dataverse.md.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { address, callsDuring } from '../sandbox.mjs';
import { connect, refused } from './client.mjs';

const client = connect();
const names = (rows) => rows.map((row) => row.name);
let account;

before(async () => {
  account = await client.create({ collection: 'accounts', data: { name: "O'Neill & Co" } });
  for (let i = 1; i <= 7; i++) {
    await client.create({
      collection: 'opportunities',
      data: {
        name: `Deal ${i}`, estimatedvalue: i * 100, salesstage: i % 2,
        ...(i <= 2 ? { 'parentaccountid@odata.bind': `/accounts(${account})` } : {}),
      },
    });
  }
});

test('retrieveAll follows next links to the end, with the page size on each call', async () => {
  let all;
  const calls = await callsDuring(async () => {
    all = await client.retrieveAll({ collection: 'opportunities', select: ['name'], orderBy: ['name asc'], maxPageSize: 3 });
  });

  assert.deepEqual(names(all.value), [1, 2, 3, 4, 5, 6, 7].map((i) => `Deal ${i}`));
  assert.deepEqual(calls.filter((call) => call.path.includes('opportunities')).map((call) => call.status), [200, 200, 200]);
});

test('a page has a next link until the last one, and its cookie is opaque XML', async () => {
  const first = await client.retrieveMultiple({ collection: 'opportunities', select: ['name'], maxPageSize: 4 });
  assert.equal(first.value.length, 4);
  assert.match(decodeURIComponent(first.oDataNextLink), /\$skiptoken=<cookie pagenumber="2" pagingcookie=".*" istracking="False" \/>$/);

  const second = await client.retrieveMultiple({ collection: 'opportunities', maxPageSize: 4 }, first.oDataNextLink);
  assert.equal(second.value.length, 3);
  assert.equal(second.oDataNextLink, undefined);
});

test('links are built from the host that the caller used', async () => {
  const byName = connect({ serverUrl: address.replace('127.0.0.1', 'localhost') });

  const all = await byName.retrieveAll({ collection: 'opportunities', select: ['name'], maxPageSize: 3 });

  assert.equal(all.value.length, 7);
  assert.match((await byName.retrieveMultiple({ collection: 'opportunities', maxPageSize: 3 })).oDataNextLink, /^http:\/\/localhost:/);
});

test('a list has its context, and each row its etag', async () => {
  const { value, oDataContext } = await client.retrieveMultiple({ collection: 'opportunities', select: ['name'], top: 1 });

  assert.match(oDataContext, /\$metadata#opportunities\(name\)$/);
  assert.match(value[0]['@odata.etag'], /^W\/"\d+"$/);
});

test('$top is ignored beside a page size', async () => {
  const all = await client.retrieveAll({ collection: 'opportunities', select: ['name'], top: 2, maxPageSize: 5 });

  assert.equal(all.value.length, 7);
});

test('$count counts all rows that fit, on one page too', async () => {
  const { oDataCount, value } = await client.retrieveMultiple({
    collection: 'opportunities', select: ['name'], filter: 'estimatedvalue gt 300', count: true, maxPageSize: 2,
  });

  assert.deepEqual([oDataCount, value.length], [4, 2]);
  assert.equal(await client.count({ collection: 'opportunities' }), 7);
  assert.equal(await client.count({ collection: 'opportunities', filter: 'salesstage eq 1' }), 4);
  assert.equal(await client.countAll({ collection: 'opportunities', filter: 'salesstage eq 0' }), 3);
});

const filters = {
  "name eq 'Deal 3'": ['Deal 3'],
  "contains(name,'eal 4') or endswith(name,'5')": ['Deal 4', 'Deal 5'],
  'estimatedvalue ge 200 and estimatedvalue lt 400': ['Deal 2', 'Deal 3'],
  "not startswith(name,'Deal') or estimatedvalue eq 700": ['Deal 7'],
  '_parentaccountid_value ne null': ['Deal 1', 'Deal 2'],
  "Microsoft.Dynamics.CRM.LastXHours(PropertyName='modifiedon',PropertyValue=1) and estimatedvalue eq 200": ['Deal 2'],
  'createdon ge 2020-01-01T00:00:00Z and estimatedvalue le 100': ['Deal 1'],
};
for (const [filter, expected] of Object.entries(filters)) {
  test(`filter: ${filter}`, async () => {
    const { value } = await client.retrieveMultiple({ collection: 'opportunities', select: ['name'], filter, orderBy: ['name'] });

    assert.deepEqual(names(value), expected);
  });
}

test('a quote in a filter is doubled', async () => {
  const { value } = await client.retrieveMultiple({ collection: 'accounts', select: ['name'], filter: "name eq 'O''Neill & Co'" });

  assert.deepEqual(value.map((row) => row.accountid), [account]);
});

test('lookups are expanded with their own columns', async () => {
  const { value } = await client.retrieveMultiple({
    collection: 'opportunities', select: ['name'], filter: `_parentaccountid_value eq ${account}`, orderBy: ['name desc'],
    expand: [{ property: 'parentaccountid', select: ['name'] }],
  });

  assert.deepEqual(value.map((row) => [row.name, row.parentaccountid.name]), [['Deal 2', "O'Neill & Co"], ['Deal 1', "O'Neill & Co"]]);
});

test('money brings its currency along, selected or not', async () => {
  const { value } = await client.retrieveMultiple({ collection: 'opportunities', select: ['estimatedvalue'], top: 1 });

  assert.ok('_transactioncurrencyid_value' in value[0]);
});

test('labels of choices come as annotations', async () => {
  const { value } = await client.retrieveMultiple({
    collection: 'opportunities', select: ['salesstage'], filter: 'estimatedvalue eq 100',
    includeAnnotations: 'OData.Community.Display.V1.FormattedValue',
  });

  assert.equal(value[0].salesstage_Formatted, 'Develop');
});

test('$skip is refused with 400', async () => {
  const error = await refused(client.retrieveMultiple({ collection: 'opportunities', select: ['name'], queryParams: ['$skip=1'] }));

  assert.equal(error.status, 400);
  assert.match(error.message, /skip/i);
});

test('an unknown column in a query is refused with 400', async () => {
  const error = await refused(client.retrieveMultiple({ collection: 'opportunities', select: ['colour'] }));

  assert.equal(error.status, 400);
  assert.match(error.message, /colour/);
});

test('a query that is too long for an address goes as a batch of its own', async () => {
  const filter = Array.from({ length: 120 }, (_, i) => `name eq 'Deal ${i}'`).join(' or ');
  let value;
  const calls = await callsDuring(async () => {
    ({ value } = await client.retrieveMultiple({ collection: 'opportunities', select: ['name'], filter }));
  });

  assert.equal(value.length, 7);
  assert.ok(calls.some((call) => call.path.endsWith('$batch')));
});

const fetchXml = (count) => `<fetch${count ? ` count="${count}"` : ''}><entity name="opportunity"><attribute name="name"/>
  <filter><condition attribute="estimatedvalue" operator="gt" value="200"/></filter><order attribute="name"/></entity></fetch>`;

test('FetchXML of one table is answered', async () => {
  const { value } = await client.fetch({ collection: 'opportunities', fetchXml: fetchXml() });

  assert.deepEqual(names(value), ['Deal 3', 'Deal 4', 'Deal 5', 'Deal 6', 'Deal 7']);
});

test('FetchXML is followed over its paging cookie to the end', async () => {
  let value;
  const calls = await callsDuring(async () => {
    ({ value } = await client.fetchAll({ collection: 'opportunities', fetchXml: fetchXml(2), includeAnnotations: '*' }));
  });

  assert.deepEqual(names(value), ['Deal 3', 'Deal 4', 'Deal 5', 'Deal 6', 'Deal 7']);
  assert.equal(calls.length, 3);
});
