// Sections 2.1, 3.2, 3.3, 3.4 and 4.2 of dataverse.md.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { connect, others, refusal, refused } from './client.mjs';

const client = connect();
const strict = connect({ propagateErrors: true }); // throws where the client otherwise answers false or null
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const referralId = 'msft_microsoftpartnercenterreferralidentifier';

const newDeal = (columns = {}) => client.create({ collection: 'opportunities', data: { name: 'Deal', ...columns } });
const read = (id, ...select) => client.retrieve({ collection: 'opportunities', key: id, select });

test('create answers the id, out of OData-EntityId', async () => {
  const id = await newDeal({ estimatedvalue: 1250.5, estimatedclosedate: '2026-12-31' });

  assert.match(id, guid);
  const deal = await read(id, 'name', 'estimatedvalue', 'estimatedclosedate', 'statecode', 'statuscode', 'salesstage');
  assert.equal(deal.name, 'Deal');
  assert.equal(deal.estimatedvalue, 1250.5);
  assert.equal(deal.estimatedclosedate, '2026-12-31');
  assert.deepEqual([deal.statecode, deal.statuscode], [0, 1]);
  assert.match(deal['@odata.etag'], /^W\/"\d+"$/);
});

test('create with representation answers the row', async () => {
  const deal = await client.create({
    collection: 'opportunities', data: { name: 'Whole' }, returnRepresentation: true, select: ['name', 'statecode'],
  });

  assert.match(deal.opportunityid, guid);
  assert.equal(deal.name, 'Whole');
  assert.equal(deal.statecode, 0);
  assert.ok(deal['@odata.etag']);
  assert.ok(!('description' in deal));
});

test('lookups are bound by address and read as _x_value with their annotations', async () => {
  const account = await client.create({ collection: 'accounts', data: { name: 'Contoso' } });
  const id = await newDeal({ 'customerid_account@odata.bind': `/accounts(${account})` });

  const deal = await client.retrieve({
    collection: 'opportunities', key: id, select: ['name', '_customerid_value', 'statuscode'], includeAnnotations: '*',
  });

  assert.equal(deal._customerid_value, account);
  assert.equal(deal._customerid_value_LogicalName, 'account');
  assert.equal(deal._customerid_value_Formatted, 'Contoso');
  assert.equal(deal.statuscode_Formatted, 'In Progress');
});

test('a lookup is bound by an alternate key, and cleared by null', async () => {
  const account = await client.create({ collection: 'accounts', data: { name: 'Keyed', accountnumber: 'K1' } });
  const id = await newDeal({ 'parentaccountid@odata.bind': "/accounts(accountnumber='K1')" });
  assert.equal((await read(id, '_parentaccountid_value'))._parentaccountid_value, account);

  await client.update({ collection: 'opportunities', key: id, data: { 'parentaccountid@odata.bind': null } });

  assert.equal((await read(id, '_parentaccountid_value'))._parentaccountid_value, null);
});

test('update changes the columns it names and leaves the others', async () => {
  const id = await newDeal({ description: 'kept' });

  const done = await client.update({ collection: 'opportunities', key: id, data: { name: 'Renamed' } });

  assert.equal(done, true);
  const deal = await read(id, 'name', 'description');
  assert.deepEqual([deal.name, deal.description], ['Renamed', 'kept']);
});

test('update with representation answers the row', async () => {
  const id = await newDeal();

  const deal = await client.update({
    collection: 'opportunities', key: id, data: { name: 'Renamed' }, returnRepresentation: true, select: ['name'],
  });

  assert.equal(deal.name, 'Renamed');
});

test('one column is written and cleared by its own address', async () => {
  const id = await newDeal({ description: 'old' });

  await client.updateSingleProperty({ collection: 'opportunities', key: id, fieldValuePair: { description: 'new' } });
  assert.equal((await read(id, 'description')).description, 'new');

  await client.deleteRecord({ collection: 'opportunities', key: id, property: 'description' });
  assert.equal((await read(id, 'description')).description, null);
});

test('update never creates: the client sends If-Match *, and a missing row is 404', async () => {
  const id = randomUUID();

  await assert.rejects(client.update({ collection: 'opportunities', key: id, data: { name: 'x' } }),
    refusal(404, '0x80040217', `opportunity With Id = ${id} Does Not Exist`));
});

test('a conditional update with the current etag is done, one with a stale etag resolves to false and changes nothing', async () => {
  const id = await newDeal();
  const { '@odata.etag': etag } = await read(id, 'name');

  assert.equal(await client.update({ collection: 'opportunities', key: id, data: { name: 'First' }, ifmatch: etag }), true);
  assert.equal(await client.update({ collection: 'opportunities', key: id, data: { name: 'Second' }, ifmatch: etag }), false);
  assert.equal((await read(id, 'name')).name, 'First');

  const error = await refused(strict.update({ collection: 'opportunities', key: id, data: { name: 'x' }, ifmatch: etag }));
  assert.equal(error.status, 412);
  assert.equal(error.message, "The version of the existing record doesn't match the RowVersion property provided.");
});

test('somebody else\'s write makes an etag stale', async () => {
  const id = await newDeal();
  const { '@odata.etag': etag } = await read(id, 'name');
  await others.update('opportunity', id, { description: 'by the seller' });

  assert.equal(await client.update({ collection: 'opportunities', key: id, data: { name: 'x' }, ifmatch: etag }), false);
});

test('a conditional read of an unchanged row answers 304, without a body', async () => {
  const id = await newDeal();
  const { '@odata.etag': etag } = await read(id, 'name');

  assert.equal(await client.retrieve({ collection: 'opportunities', key: id, select: ['name'], ifnonematch: etag }), undefined);
  await others.update('opportunity', id, { name: 'Changed' });
  const deal = await client.retrieve({ collection: 'opportunities', key: id, select: ['name'], ifnonematch: etag });
  assert.equal(deal.name, 'Changed');
});

test('upsert by id creates, then updates', async () => {
  const id = randomUUID();

  const created = await client.upsert({
    collection: 'opportunities', key: id, data: { name: 'Made' }, returnRepresentation: true, select: ['name'],
  });
  assert.equal(created.opportunityid, id);
  await client.upsert({ collection: 'opportunities', key: id, data: { name: 'Changed' } });

  assert.equal((await read(id, 'name')).name, 'Changed');
});

test('upsert by alternate key creates, then updates the same row', async () => {
  const key = `${referralId}='R-1'`;

  const answer = await client.upsert({ collection: 'opportunities', key, data: { name: 'Made' } });
  assert.equal(answer, undefined); // OData-EntityId names the key, not an id: the client finds no guid in it
  const made = await client.retrieve({ collection: 'opportunities', key, select: ['name', referralId] });
  assert.deepEqual([made.name, made[referralId]], ['Made', 'R-1']);

  const changed = await client.upsert({
    collection: 'opportunities', key, data: { name: 'Changed' }, returnRepresentation: true, select: ['name'],
  });
  assert.equal(changed.opportunityid, made.opportunityid);
});

test('upsert that must not update answers null when the row is there', async () => {
  const id = await newDeal();

  assert.equal(await client.upsert({ collection: 'opportunities', key: id, data: { name: 'x' }, ifnonematch: '*' }), null);
  assert.equal((await read(id, 'name')).name, 'Deal');
  const error = await refused(strict.upsert({ collection: 'opportunities', key: id, data: { name: 'x' }, ifnonematch: '*' }));
  assert.deepEqual([error.status, error.message], [412, 'A record with matching key values already exists.']);
});

test('upsert that must not create answers null when there is no row', async () => {
  assert.equal(await client.upsert({ collection: 'opportunities', key: randomUUID(), data: { name: 'x' }, ifmatch: '*' }), null);
});

test('a second row with the same alternate key is refused with 412', async () => {
  await newDeal({ [referralId]: 'R-2' });

  await assert.rejects(newDeal({ [referralId]: 'R-2' }), refusal(412, '0x80060892', /A record with the same value for .* already exists/));
});

test('an undefined key is refused with 400', async () => {
  const error = await refused(client.retrieve({ collection: 'opportunities', key: "description='x'", select: ['name'] }));

  assert.equal(error.status, 400);
  assert.match(error.message, /^The key in the request URI is not valid for resource 'Microsoft\.Dynamics\.CRM\./);
});

test('an alternate key that finds nothing is 404', async () => {
  const error = await refused(client.retrieve({ collection: 'opportunities', key: `${referralId}='none'`, select: ['name'] }));

  assert.deepEqual([error.status, error.code], [404, '0x80060891']);
});

test('delete removes the row; a second delete is 404', async () => {
  const id = await newDeal();

  assert.equal(await client.deleteRecord({ collection: 'opportunities', key: id }), true);

  await assert.rejects(client.deleteRecord({ collection: 'opportunities', key: id }),
    refusal(404, '0x80040217', `opportunity With Id = ${id} Does Not Exist`));
});

test('a conditional delete with a stale etag resolves to false and deletes nothing', async () => {
  const id = await newDeal();
  const { '@odata.etag': etag } = await read(id, 'name');
  await others.update('opportunity', id, { name: 'Changed' });

  assert.equal(await client.deleteRecord({ collection: 'opportunities', key: id, ifmatch: etag }), false);
  assert.equal((await read(id, 'name')).name, 'Changed');
});

test('duplicate rules are off until a call turns them on', async () => {
  const contact = { firstname: 'Ada', lastname: 'Fox', emailaddress1: 'ada.fox@contoso.example' };
  await client.create({ collection: 'contacts', data: contact });
  await client.create({ collection: 'contacts', data: contact });

  await assert.rejects(client.create({ collection: 'contacts', data: contact, duplicateDetection: true }),
    refusal(412, '0x80040333', 'A record was not created or updated because a duplicate of the current record already exists.'));
});

test('a single-valued lookup is associated and disassociated', async () => {
  const account = await client.create({ collection: 'accounts', data: { name: 'Contoso' } });
  const id = await newDeal();

  await client.associateSingleValued({
    collection: 'opportunities', primaryKey: id, navigationProperty: 'parentaccountid', relatedCollection: 'accounts', relatedKey: account,
  });
  assert.equal((await read(id, '_parentaccountid_value'))._parentaccountid_value, account);

  await client.disassociateSingleValued({ collection: 'opportunities', primaryKey: id, navigationProperty: 'parentaccountid' });
  assert.equal((await read(id, '_parentaccountid_value'))._parentaccountid_value, null);
});

test('a row of a collection is associated and disassociated', async () => {
  const id = await newDeal();
  const note = await client.create({ collection: 'annotations', data: { subject: 'Note' } });
  const relation = { collection: 'opportunities', primaryKey: id, relationshipName: 'Opportunity_Annotation', relatedKey: note };

  await client.associate({ ...relation, relatedCollection: 'annotations' });
  const notes = await client.retrieve({
    collection: 'opportunities', key: id, select: ['name'], expand: [{ property: 'Opportunity_Annotation', select: ['subject'] }],
  });
  assert.deepEqual(notes.Opportunity_Annotation.map((row) => row.subject), ['Note']);

  await client.disassociate(relation);
  assert.equal((await others.row('annotation', note))._objectid_value, null);
});

const refusals = [
  ['a text that is too long', { name: 'x'.repeat(301) }, 400, '0x80044331', new RegExp("^A validation error occurred\\. "
    + "The length of the 'name' attribute of the 'opportunity' entity exceeded the maximum allowed length of '300'\\.$")],
  ['a choice that is not in the list', { salesstage: 99 }, 400, '0x8004431A', /99/],
  ['an unknown column', { colour: 'red' }, 400, undefined, /colour/],
  ['a value of the wrong type', { estimatedvalue: 'much' }, 400, '0x80048d19', /^Error identified in Payload provided by the user/],
];
for (const [what, columns, status, code, message] of refusals) {
  test(`${what} is refused with ${status}`, async () => {
    const error = await refused(newDeal(columns));

    assert.equal(error.status, status);
    assert.match(error.message, message);
    assert.match(error.code, /^0x[0-9a-fA-F]{8}$/);
    if (code) {
      assert.equal(error.code, code);
    }
  });
}

test('an unknown table is 404', async () => {
  assert.equal((await refused(client.retrieveMultiple({ collection: 'unicorns' }))).status, 404);
});

test('an accent, a quote and an emoji come back as they were sent', async () => {
  const name = 'Zoë "O\'Neill" 🦊 & Söhne';
  const id = await newDeal({ name });

  assert.equal((await read(id, 'name')).name, name);
});
