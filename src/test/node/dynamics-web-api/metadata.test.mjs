// What a client asks about tables before it maps anything; not part of dataverse.md, which names the columns (section 2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, refused } from './client.mjs';

const client = connect();
const opportunity = "LogicalName='opportunity'";

test('a table is described with its set, key and columns', async () => {
  const table = await client.retrieveEntity({
    key: opportunity, select: ['LogicalName', 'EntitySetName', 'PrimaryIdAttribute', 'PrimaryNameAttribute', 'ChangeTrackingEnabled'],
    expand: [{ property: 'Attributes', select: ['LogicalName', 'AttributeType'] }],
  });

  assert.deepEqual([table.EntitySetName, table.PrimaryIdAttribute, table.PrimaryNameAttribute, table.ChangeTrackingEnabled],
    ['opportunities', 'opportunityid', 'name', true]);
  const types = Object.fromEntries(table.Attributes.map((column) => [column.LogicalName, column.AttributeType]));
  assert.deepEqual([types.name, types.estimatedvalue, types.statuscode, types.customerid, types.ownerid],
    ['String', 'Money', 'Status', 'Customer', 'Owner']);
});

test('a column tells its length, a choice its numbers and labels', async () => {
  const name = await client.retrieveAttribute({
    entityKey: opportunity, attributeKey: "LogicalName='name'", castType: 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
  });
  assert.equal(name.MaxLength, 300);

  const { value: [stage] } = await client.retrieveAttributes({
    entityKey: opportunity, castType: 'Microsoft.Dynamics.CRM.PicklistAttributeMetadata', filter: "LogicalName eq 'salesstage'",
    expand: [{ property: 'OptionSet' }],
  });
  assert.deepEqual(stage.OptionSet.Options.map((option) => [option.Value, option.Label.UserLocalizedLabel.Label]),
    [[0, 'Qualify'], [1, 'Develop'], [2, 'Propose'], [3, 'Close']]);
});

test('the client finds the set of a table by its logical name', async () => {
  const byName = connect({ useEntityNames: true });

  const id = await byName.create({ collection: 'opportunity', data: { name: 'By name' } });

  assert.equal((await byName.retrieve({ collection: 'opportunity', key: id, select: ['name'] })).name, 'By name');
  assert.equal(byName.Utility.getCollectionName('transactioncurrency'), 'transactioncurrencies');
});

test('an unknown table has no description', async () => {
  assert.equal((await refused(client.retrieveEntity({ key: "LogicalName='unicorn'" }))).status, 404);
});

test('$metadata is there as CSDL', async () => {
  const csdl = await client.retrieveCsdlMetadata();

  assert.match(csdl, /<edmx:Edmx/);
  assert.match(csdl, /<EntityType Name="opportunity"/);
});

test('the organisation tells its name', async () => {
  const { Detail } = await client.callFunction({
    functionName: 'RetrieveCurrentOrganization', parameters: { AccessType: "Microsoft.Dynamics.CRM.EndpointAccessType'Default'" },
  });

  assert.ok(Detail.UniqueName);
});

test('what is not simulated answers 501 and says so', async () => {
  const error = await refused(client.callAction({
    collection: 'accounts', actionName: 'Microsoft.Dynamics.CRM.CreateMultiple', action: { Targets: [] },
  }));

  assert.equal(error.status, 501);
  assert.match(error.message, /sandbox does not simulate/);
});
