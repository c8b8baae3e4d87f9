// Section 3.6 of salesforce.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { act } from '../sandbox.mjs';
import { connect, refused } from './client.mjs';

test('once the calls of a day are used up, calls are refused until the day is over', async () => {
  const conn = await connect();
  const query = () => conn.query('SELECT Id FROM Opportunity LIMIT 1');
  await act('use-up-calls', { left: 1 });
  await query();
  const { used, limit } = conn.limitInfo.apiUsage;
  assert.equal(used, limit);

  const error = await refused(query());
  assert.deepEqual([error.errorCode, error.message], ['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.']);

  await act('move-clock', { by: 'PT24H1M' });
  assert.deepEqual((await query()).records, []);
});
