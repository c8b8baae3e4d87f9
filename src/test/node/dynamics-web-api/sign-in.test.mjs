// Sections 1, 4.1 and 4.2 of dataverse.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act, address, callsDuring } from '../sandbox.mjs';
import { applicationUser, connect, refusal, refused, seller, signIn } from './client.mjs';

test('a token of the token endpoint opens the Web API: WhoAmI names the application user', async () => {
  const who = await connect().callFunction('WhoAmI');

  assert.equal(who.UserId, applicationUser);
  assert.match(who.BusinessUnitId, /^[0-9a-f-]{36}$/);
  assert.match(who.OrganizationId, /^[0-9a-f-]{36}$/);
});

test('a token answer has the four members, and a wrong secret is refused as Entra ID refuses it', async () => {
  const { status, ...token } = await signIn();
  const wrong = await signIn({ secret: 'wrong' });

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(token).sort(), ['access_token', 'expires_in', 'ext_expires_in', 'token_type']);
  assert.equal(token.token_type, 'Bearer');
  assert.deepEqual([wrong.status, wrong.error, wrong.error_codes], [401, 'invalid_client', [7000215]]);
});

test('an expired token is refused with 401, and a new one is taken', async () => {
  const client = connect();
  await client.callFunction('WhoAmI');
  await act('revoke-tokens');

  const error = await refused(client.callFunction('WhoAmI'));
  assert.equal(error.status, 401);
  assert.match(error.headers['www-authenticate'], /^Bearer /);

  client.forgetToken();
  assert.equal((await client.callFunction('WhoAmI')).UserId, applicationUser);
  assert.equal(client.signIns(), 2);
});

test('the client can act for a user, by systemuserid', async () => {
  const client = connect();

  const id = await client.create({ collection: 'accounts', data: { name: 'Contoso' }, impersonate: seller });

  assert.equal((await act('last-change')).user, seller);
  const row = await client.retrieve({ collection: 'accounts', key: id, select: ['_createdby_value'] });
  assert.equal(row._createdby_value, seller);
});

test('the client can act for a user, by Entra object id', async () => {
  const client = connect();
  const user = await client.retrieve({ collection: 'systemusers', key: seller, select: ['azureactivedirectoryobjectid'] });

  await client.create({ collection: 'accounts', data: { name: 'Contoso' }, impersonateAAD: user.azureactivedirectoryobjectid });

  assert.equal((await act('last-change')).user, seller);
});

test('nobody can act for a user that does not exist', async () => {
  const error = await refused(connect().callFunction({ functionName: 'WhoAmI', impersonate: '00000000-0000-0000-0000-00000000000f' }));

  assert.equal(error.status, 403);
});

test('a tag on a write is kept with the change it made', async () => {
  await connect().create({ collection: 'accounts', data: { name: 'Tagged' }, tag: 'our-connector' });

  assert.equal((await act('last-change')).tag, 'our-connector');
});

const limits = {
  requests: ['0x80072322', 'Number of requests exceeded the limit of 6000 over time window of 300 seconds.'],
  time: ['0x80072321', 'Combined execution time of incoming requests exceeded limit of 1,200,000 milliseconds over time window of 300 '
    + 'seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.'],
  concurrency: ['0x80072326', 'Number of concurrent requests exceeded the limit of 52.'],
};
for (const [limit, [code, message]] of Object.entries(limits)) {
  test(`429 for ${limit} carries code, message and Retry-After, and the client does not try again by itself`, async () => {
    const client = connect();
    await client.callFunction('WhoAmI');
    await act('throttle-next', { limit, seconds: 12 });

    let error;
    const calls = await callsDuring(async () => {
      error = await refused(client.retrieveMultiple({ collection: 'opportunities', select: ['name'] }));
    });

    refusal(429, code, message)(error);
    assert.equal(error.headers['retry-after'], '12');
    assert.deepEqual(calls.map((call) => call.status), [429]);
    assert.deepEqual((await client.retrieveMultiple({ collection: 'opportunities', select: ['name'] })).value, []);
  });
}

test('a missing privilege is 403', async () => {
  const client = connect();
  await act('take-privilege', { privilege: 'prvCreateOpportunity' });

  const error = await refused(client.create({ collection: 'opportunities', data: { name: 'Deal' } }));
  assert.deepEqual([error.status, error.code], [403, '0x80040220']);

  await act('give-privilege', { privilege: 'prvCreateOpportunity' });
  assert.ok(await client.create({ collection: 'opportunities', data: { name: 'Deal' } }));
});

test('an answer says how much of the service protection budget is left', async () => {
  const { access_token } = await signIn();
  const answer = await fetch(`${address}/api/data/v9.2/WhoAmI`, { headers: { Authorization: `Bearer ${access_token}` } });

  assert.ok(Number(answer.headers.get('x-ms-ratelimit-burst-remaining-xrm-requests')) > 0);
  assert.ok(answer.headers.get('x-ms-ratelimit-time-remaining-xrm-requests'));
  assert.equal(answer.headers.get('odata-version'), '4.0');
});
