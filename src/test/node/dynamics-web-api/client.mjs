// dynamics-web-api, pointed at the sandbox as salesforce.md 5.1 says.
import { DynamicsWebApi } from 'dynamics-web-api';
import { act, address } from '../sandbox.mjs';

/** The application user, and a seller, as the sandbox seeds them. */
export const applicationUser = '0a0b0c0d-0000-4000-8000-000000000001';
export const seller = '0a0b0c0d-0000-4000-8000-000000000002';

/** Asks the token endpoint, as a library for Entra ID would (dataverse.md 1.1). */
export async function signIn({ secret = 'sandbox-secret', scope = `${address}/.default` } = {}) {
  const answer = await fetch(`${address}/contoso/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'sandbox-client', client_secret: secret, scope }),
  });
  return { status: answer.status, ...(await answer.json()) };
}

/** What users of the CRM do meanwhile. */
export const others = {
  create: async (table, columns) => (await act('create-row', { table, columns })).id,
  update: (table, id, columns) => act('update-row', { table, id, columns }),
  remove: (table, id) => act('delete-row', { table, id }),
  row: (table, id) => act('show-rows', { table, id }),
  rows: (table) => act('show-rows', { table }),
};

/** A client that keeps its token until it is told to renew it, which is what callers of dynamics-web-api do. */
export function connect(config = {}) {
  let token;
  let signIns = 0;
  const client = new DynamicsWebApi({
    serverUrl: address,
    dataApi: { version: '9.2' },
    onTokenRefresh: async () => {
      if (token === undefined) {
        signIns++;
        token = (await signIn()).access_token;
      }
      return token;
    },
    ...config,
  });
  client.forgetToken = () => { token = undefined; };
  client.signIns = () => signIns;
  return client;
}

/** An error of the Web API: status, code and message (dataverse.md 4.2). */
export function refusal(status, code, message) {
  return (error) => {
    const wanted = message instanceof RegExp ? message.test(error.message) : error.message === message;
    if (error.status !== status || error.code !== code || !wanted) {
      throw new Error(`not ${status} ${code} ${message} but ${error.status} ${error.code} ${error.message}`);
    }
    return true;
  };
}

/** What a promise is refused with. */
export async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}
