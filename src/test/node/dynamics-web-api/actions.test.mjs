// Sections 2.2 to 2.4 of dataverse.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, others, refused } from './client.mjs';

const client = connect();
const newDeal = () => client.create({ collection: 'opportunities', data: { name: 'Deal', estimatedvalue: 900 } });
const deal = (id) => others.row('opportunity', id);
const close = (actionName, id, Status, more = {}) => client.callAction({
  actionName,
  action: { Status, OpportunityClose: { subject: 'Closed', 'opportunityid@odata.bind': `/opportunities(${id})`, ...more } },
});

test('WinOpportunity, unbound, closes a deal as won and leaves its activity', async () => {
  const id = await newDeal();

  await close('WinOpportunity', id, 3, { actualrevenue: 1000.5, actualend: '2026-01-31' });

  const row = await deal(id);
  assert.deepEqual([row.statecode, row.statuscode, row.actualvalue, row.actualclosedate], [1, 3, 1000.5, '2026-01-31']);
  const { value } = await client.retrieveMultiple({
    collection: 'opportunitycloses', select: ['subject', 'actualrevenue'], filter: `_opportunityid_value eq ${id}`,
  });
  assert.deepEqual(value.map((activity) => [activity.subject, activity.actualrevenue]), [['Closed', 1000.5]]);
});

test('LoseOpportunity closes a deal with the status it is given', async () => {
  const id = await newDeal();

  await close('LoseOpportunity', id, 5);

  const row = await deal(id);
  assert.deepEqual([row.statecode, row.statuscode], [2, 5]);
});

test('a state can not be set by an update, only by the action', async () => {
  const id = await newDeal();

  const error = await refused(client.update({ collection: 'opportunities', key: id, data: { statecode: 1, statuscode: 3 } }));

  assert.equal(error.status, 400);
  assert.equal((await deal(id)).statecode, 0);
});

test('a closed deal is read-only until it is opened again', async () => {
  const id = await newDeal();
  await close('WinOpportunity', id, 3);

  assert.equal((await refused(client.update({ collection: 'opportunities', key: id, data: { name: 'x' } }))).status, 400);

  await client.update({ collection: 'opportunities', key: id, data: { statecode: 0, statuscode: 1 } });
  await client.update({ collection: 'opportunities', key: id, data: { name: 'x' } });
  assert.equal((await deal(id)).name, 'x');
});

test('QualifyLead, bound, makes account, contact and deal and answers them', async () => {
  const { value: [currency] } = await client.retrieveMultiple({
    collection: 'transactioncurrencies', select: ['isocurrencycode'], filter: "isocurrencycode eq 'EUR'",
  });
  const lead = await client.create({
    collection: 'leads', data: { subject: 'Referral', lastname: 'Fox', firstname: 'Ada', companyname: 'Contoso', leadsourcecode: 4 },
  });

  const answer = await client.callAction({
    collection: 'leads', key: lead, actionName: 'Microsoft.Dynamics.CRM.QualifyLead',
    action: {
      CreateAccount: true, CreateContact: true, CreateOpportunity: true, Status: 3, OpportunityCustomerId: null, SourceCampaignId: null,
      OpportunityCurrencyId: {
        transactioncurrencyid: currency.transactioncurrencyid, '@odata.type': 'Microsoft.Dynamics.CRM.transactioncurrency',
      },
    },
  });

  assert.deepEqual(answer.value.map((row) => row['@odata.type']), ['account', 'contact', 'opportunity']
    .map((table) => `#Microsoft.Dynamics.CRM.${table}`));
  const [account, contact, opportunity] = answer.value;
  assert.equal((await others.row('contact', contact.contactid))._parentcustomerid_value, account.accountid);
  const row = await deal(opportunity.opportunityid);
  assert.deepEqual([row._originatingleadid_value, row._transactioncurrencyid_value], [lead, currency.transactioncurrencyid]);
  const qualified = await others.row('lead', lead);
  assert.deepEqual([qualified.statecode, qualified.statuscode], [1, 3]);
});

test('QualifyLead answers only what it made', async () => {
  const lead = await client.create({ collection: 'leads', data: { subject: 'Referral', lastname: 'Fox', companyname: 'Contoso' } });

  const answer = await client.callAction({
    collection: 'leads', key: lead, actionName: 'Microsoft.Dynamics.CRM.QualifyLead',
    action: { CreateAccount: false, CreateContact: false, CreateOpportunity: true, Status: 3 },
  });

  assert.deepEqual(answer.value.map((row) => row['@odata.type']), ['#Microsoft.Dynamics.CRM.opportunity']);
});

test('QualifyLead without Status is refused', async () => {
  const lead = await client.create({ collection: 'leads', data: { subject: 'Referral', lastname: 'Fox' } });

  const error = await refused(client.callAction({
    collection: 'leads', key: lead, actionName: 'Microsoft.Dynamics.CRM.QualifyLead',
    action: { CreateAccount: true, CreateContact: true, CreateOpportunity: true },
  }));

  assert.equal(error.status, 400);
});
