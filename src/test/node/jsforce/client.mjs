// jsforce, pointed at the sandbox as salesforce.md 5.1 says.
import jsforce from 'jsforce';
import { address } from '../sandbox.mjs';

export const clientId = 'sandbox-client';
export const clientSecret = 'sandbox-secret';

/** A connection that has not signed in; it takes a new session by itself where one has expired, as refreshFn says. */
export function connection(config = {}) {
  return new jsforce.Connection({
    loginUrl: address,
    instanceUrl: address,
    version: '60.0',
    oauth2: { loginUrl: address, clientId, clientSecret },
    refreshFn: (self, callback) => {
      signIn(self).then(() => callback(null, self.accessToken), callback);
    },
    ...config,
  });
}

export function signIn(self) {
  return self.authorize({ grant_type: 'client_credentials' });
}

/** A connection that is signed in. */
export async function connect(config = {}) {
  const self = connection(config);
  await signIn(self);
  return self;
}

let numbers = 0;

/** Fields of a deal that the sandbox takes. */
export function deal(more = {}) {
  return { Name: `Deal ${++numbers}`, StageName: 'Prospecting', CloseDate: '2026-12-31', ...more };
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
