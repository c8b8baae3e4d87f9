// Section 1 of salesforce.md.
import assert from 'node:assert/strict';
import { createSign } from 'node:crypto';
import { test } from 'node:test';
import { act, address, callsDuring } from '../sandbox.mjs';
import { clientId, clientSecret, connect, connection, deal, refused, signIn } from './client.mjs';

const username = process.env.INTEGRATION_USER;
const encoded = (json) => Buffer.from(JSON.stringify(json)).toString('base64url');

function assertion(claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const content = [{ alg: 'RS256' }, { iss: clientId, sub: username, aud: 'https://login.salesforce.com', exp: now + 120, ...claims }]
    .map(encoded).join('.');
  return `${content}.${createSign('RSA-SHA256').update(content).sign(process.env.JWT_KEY, 'base64url')}`;
}

function authorizeByJwt(claims) {
  return connection({ oauth2: { loginUrl: address, clientId } })
    .authorize({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion(claims) });
}

test('client credentials give a session of the integration user, who is cut out of the id address', async () => {
  const conn = connection();

  const user = await signIn(conn);

  assert.match(user.organizationId, /^00D[a-zA-Z0-9]{15}$/);
  assert.match(user.id, /^005[a-zA-Z0-9]{15}$/);
  assert.ok(user.url.endsWith(`/${user.organizationId}/${user.id}`));
  assert.equal(conn.instanceUrl, address);
  const { records: [found] } = await conn.query(`SELECT Username FROM User WHERE Id = '${user.id}'`);
  assert.equal(found.Username, username);
});

test('later calls go to the host that the caller signed in at', async () => {
  const byName = address.replace('127.0.0.1', 'localhost');
  const conn = connection({ loginUrl: byName, oauth2: { loginUrl: byName, clientId, clientSecret } });

  await signIn(conn);

  assert.equal(conn.instanceUrl, byName);
  assert.deepEqual((await conn.query("SELECT Id FROM Opportunity WHERE Name = 'none'")).records, []);
});

test('the answer of the token endpoint has no life time', async () => {
  const answer = await connection().oauth2.requestToken({ grant_type: 'client_credentials' });

  assert.deepEqual(Object.keys(answer).sort(),
    ['access_token', 'id', 'instance_url', 'issued_at', 'scope', 'signature', 'token_type']);
  assert.equal(answer.token_type, 'Bearer');
  assert.match(answer.issued_at, /^\d{13}$/);
});

test('a signed assertion gives a session, with login.salesforce.com or the own host as audience', async () => {
  assert.match((await authorizeByJwt()).id, /^005/);
  assert.match((await authorizeByJwt({ aud: address })).id, /^005/);
});

for (const [what, claims] of Object.entries({
  'has expired': { exp: Math.floor(Date.now() / 1000) - 3600 },
  'is for another audience': { aud: 'https://example.com' },
  'names a user that does not exist': { sub: 'nobody@contoso.example' },
})) {
  test(`an assertion that ${what} is refused`, async () => {
    assert.equal((await refused(authorizeByJwt(claims))).name, 'invalid_grant');
  });
}

test('a wrong secret and a wrong client are refused with an error object', async () => {
  const wrongSecret = await refused(signIn(connection({ oauth2: { loginUrl: address, clientId, clientSecret: 'wrong' } })));
  const wrongClient = await refused(signIn(connection({ oauth2: { loginUrl: address, clientId: 'wrong', clientSecret } })));

  assert.equal(wrongSecret.name, 'invalid_client');
  assert.equal(wrongClient.name, 'invalid_client_id');
  assert.ok(wrongSecret.message && wrongClient.message);
});

test('an unknown grant is refused', async () => {
  assert.equal((await refused(connection().authorize({ grant_type: 'magic' }))).name, 'unsupported_grant_type');
});

test('user name and password are blocked, as in organisations of today', async () => {
  assert.equal((await refused(connection().loginByOAuth2(username, 'sandbox-passwordTOKEN'))).name, 'invalid_grant');
});

test('an expired session is renewed once, through refreshFn, and the call is repeated', async () => {
  const conn = await connect();
  const { id } = await conn.sobject('Opportunity').create(deal({ Name: 'Before' }));
  await act('expire-sessions');

  let name;
  const calls = await callsDuring(async () => {
    name = (await conn.sobject('Opportunity').retrieve(id)).Name;
  });

  assert.equal(name, 'Before');
  assert.deepEqual(calls.map((call) => call.status), [401, 200, 200]);
  assert.match(calls[1].path, /\/services\/oauth2\/token$/);
});

test('without refreshFn an expired session is INVALID_SESSION_ID', async () => {
  const { accessToken } = await connect();
  const conn = connection({ accessToken, refreshFn: undefined, oauth2: {} });
  await act('expire-sessions');

  const error = await refused(conn.query('SELECT Id FROM Opportunity'));

  assert.deepEqual([error.errorCode, error.message], ['INVALID_SESSION_ID', 'Session expired or invalid']);
});

test('a revoked session is over', async () => {
  const conn = await connect();
  const { accessToken } = conn;

  await conn.logout();

  const error = await refused(connection({ accessToken, refreshFn: undefined, oauth2: {} }).query('SELECT Id FROM Opportunity'));
  assert.equal(error.errorCode, 'INVALID_SESSION_ID');
});

test('userinfo names user and organisation', async () => {
  const conn = await connect();

  const info = await conn.request('/services/oauth2/userinfo');

  assert.deepEqual([info.user_id, info.organization_id, info.preferred_username],
    [conn.userInfo.id, conn.userInfo.organizationId, username]);
});
