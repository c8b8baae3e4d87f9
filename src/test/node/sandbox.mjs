// What all scripts share: where the sandbox is, and what others do in it meanwhile.

/** Address of the sandbox, without a slash at its end. */
export const address = process.env.SANDBOX_ADDRESS;

/** Lets a person or another machine act in the sandbox, or something go wrong in it; the Java test says what there is. */
export async function act(name, parameters = {}) {
  const answer = await fetch(`${process.env.BACKSTAGE_ADDRESS}/${name}`, { method: 'POST', body: JSON.stringify(parameters) });
  const body = await answer.text();
  if (!answer.ok) {
    throw new Error(`${name}: ${body}`);
  }
  return JSON.parse(body);
}

/** The calls the sandbox answered while something was done, as {method, path, status}. */
export async function callsDuring(work) {
  await act('forget-calls');
  await work();
  return act('calls');
}
