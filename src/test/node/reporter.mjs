// Reports Node's tests as lines of JSON for JUnit: {name, passed, skipped, error} for each test, {output} for what a script prints.
import { inspect } from 'node:util';

function reason({ error }) {
  return error ? inspect(error.cause ?? error) : undefined;
}

function line({ type, data }) {
  switch (type) {
    case 'test:pass':
    case 'test:fail':
      return data.nesting === 0 && {
        name: data.name, passed: type === 'test:pass', skipped: data.skip !== undefined, error: reason(data.details),
      };
    case 'test:stdout':
    case 'test:stderr':
      return { output: data.message };
    default:
      return false;
  }
}

export default async function* report(events) {
  for await (const event of events) {
    const told = line(event);
    if (told) {
      yield `${JSON.stringify(told)}\n`;
    }
  }
}
